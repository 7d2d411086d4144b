"""The two ways an expression goes wrong: as it is written, and as it is worked out."""


class ExprMistake(Exception):
    """An expression cannot be used as it is written.

    `column` counts from 1 within the expression's own text; None where the whole of it is meant. `fix` says what to
    write instead, and may be empty.
    """

    def __init__(self, sentence: str, *, column: int | None = None, fix: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.column = column
        self.fix = fix


class FormulaFailed(Exception):
    """A formula has no value for these variables; the message is a sentence for the trace."""
