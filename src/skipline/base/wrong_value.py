"""The error by which something refuses what was written for it, so that it can be told in other languages."""


class WrongValue(ValueError):
    """`sentence` says what is wrong, `fix` what to write instead, both made by `say`; its text is both in English."""

    def __init__(self, sentence: str, fix: str = "") -> None:
        super().__init__(sentence, fix)
        self.sentence = sentence
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.sentence}: {self.fix}" if self.fix else str(self.sentence)
