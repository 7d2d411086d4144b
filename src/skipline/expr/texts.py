"""Texts with holes: `Hello {{ contact.name | default:"there" }}`."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from skipline.base.sentence import say
from skipline.base.spelling import advice
from skipline.expr.errors import ExprMistake, FormulaFailed
from skipline.expr.formats import FORMATS, Format
from skipline.expr.formulas import Formula, Warn
from skipline.expr.nodes import Node
from skipline.expr.syntax import Reader
from skipline.expr.tokens import LONGEST_FORMULA, Kind, Token, read_tokens
from skipline.expr.values import write_text

LONGEST_SOURCE = 20_000
LONGEST_RESULT = 100_000
MOST_HOLES = 100


@dataclass(frozen=True, slots=True)
class Hole:
    """A formula in a text and the formats its value goes through, with their arguments."""

    formula: Formula
    formats: tuple[tuple[Format, Any], ...] = ()

    @property
    def is_code(self) -> bool:
        """Whether the value comes out encoded for a URL or for JSON."""
        return bool(self.formats) and self.formats[-1][0].is_code

    def value(self, variables: Mapping[str, Any], warn: Warn) -> Any:
        """The hole's value. One that fails is None and a warning, unless a format stands in for it."""
        try:
            value = self.formula.value(variables)
        except FormulaFailed as failure:
            value = None
            if not any(one.takes_missing and not one.is_code for one, _ in self.formats):
                warn(f"{{{{ {self.formula.source} }}}} printed nothing: {failure}")
        for one, argument in self.formats:
            value = one.apply(value, argument) if value is not None or one.takes_missing else None
        return value


class Text:
    """A text, compiled once. `names` are the names its holes use, with their parts, such as `contact.name`."""

    __slots__ = ("_parts", "is_fixed", "names", "source")

    def __init__(self, source: str, parts: tuple[str | Hole, ...]) -> None:
        self.source = source
        self._parts = parts
        self.names = frozenset(name for part in parts if isinstance(part, Hole) for name in part.formula.names)
        # Without holes it always says the same.
        self.is_fixed = not any(isinstance(part, Hole) for part in parts)

    def render(self, variables: Mapping[str, Any], warn: Warn, encode: Callable[[str], str] | None = None) -> str:
        """The text with its holes filled. `encode` is given what each hole prints before it is put in, but not that of
        a hole whose last format is `url` or `json`: that is encoded already."""
        if self.is_fixed and len(self._parts) == 1:
            return _bounded(str(self._parts[0]), warn)
        printed = []
        for part in self._parts:
            if isinstance(part, str):
                printed.append(part)
                continue
            text = write_text(part.value(variables, warn))
            printed.append(text if encode is None or part.is_code else encode(text))
        return _bounded("".join(printed), warn)

    def value(self, variables: Mapping[str, Any], warn: Warn) -> Any:
        """As `render`, but a text that is one hole alone keeps the type of its value."""
        if len(self._parts) == 1 and isinstance(self._parts[0], Hole):
            return self._parts[0].value(variables, warn)
        return self.render(variables, warn)


def _bounded(text: str, warn: Warn) -> str:
    if len(text) <= LONGEST_RESULT:
        return text
    warn(f"the text was cut after {LONGEST_RESULT:,} characters")
    return text[:LONGEST_RESULT]


MakeFormula = Callable[[str, Node], Formula]
"""Makes a formula of its source and tree."""


def read_text(source: str, make: MakeFormula) -> Text:
    """The text that `source` says. Raises `ExprMistake`, with columns of the whole text."""
    if len(source) > LONGEST_SOURCE:
        raise ExprMistake(say("the text is longer than {most:,} characters", most=LONGEST_SOURCE))
    parts: list[str | Hole] = []
    position = 0
    while (opened := source.find("{{", position)) >= 0:
        closed = _end_of_hole(source, opened)
        parts += [source[position:opened]] if opened > position else []
        parts.append(_read_hole(source[opened + 2 : closed], opened + 2, make))
        position = closed + 2
    if len(parts) > 2 * MOST_HOLES:
        raise ExprMistake(say("the text has more than {most} holes", most=MOST_HOLES))
    return Text(source, (*parts, source[position:]) if position < len(source) else tuple(parts))


def _end_of_hole(source: str, opened: int) -> int:
    """Where the }} is that closes the hole; quotes and the braces of maps are passed over."""
    quote, depth = "", 0
    for position in range(opened + 2, min(len(source), opened + LONGEST_FORMULA + 4)):
        char = source[position]
        if quote:
            quote = "" if char == quote and source[position - 1] != "\\" else quote
        elif char in "\"'":
            quote = char
        elif char == "{":
            depth += 1
        elif char == "}" and depth:
            depth -= 1
        elif char == "}" and source[position : position + 2] == "}}":
            return position
    fix = say("close the hole with }}}}")
    raise ExprMistake(say("this {{{{ has no }}}} after it"), column=opened + 1, fix=fix)


def _read_hole(inside: str, offset: int, make: MakeFormula) -> Hole:
    """The hole whose inside stands `offset` characters into the text."""
    try:
        reader = Reader(read_tokens(inside))
        node = reader.formula()
        end = reader.here.column - 1
        formats = _read_formats(reader)
        return Hole(make(inside[:end].strip(), node), formats)
    except ExprMistake as mistake:
        column = None if mistake.column is None else mistake.column + offset
        raise ExprMistake(mistake.sentence, column=column, fix=mistake.fix) from None


def _read_formats(reader: Reader) -> tuple[tuple[Format, Any], ...]:
    found: list[tuple[Format, Any]] = []
    while reader.skip("|"):
        name = reader.advance()
        if name.written not in FORMATS:
            sentence = say("there is no format `{format}`", format=name.written)
            raise ExprMistake(sentence, column=name.column, fix=advice(name.written, FORMATS))
        argument = _read_argument(reader.advance()) if reader.skip(":") else None
        one = FORMATS[name.written]
        found.append((one, one.check_argument(name.written, argument, name.column)))
    if reader.here.kind is not Kind.END:
        raise ExprMistake(say("{sign} is not expected here", sign=reader.here.written), column=reader.here.column)
    return tuple(found)


def _read_argument(token: Token) -> float | str:
    if token.kind is Kind.NUMBER and token.written.replace(".", "").isdecimal():
        return float(token.written)
    if token.kind is Kind.TEXT:
        try:
            return str(ast.literal_eval(token.written))
        except (SyntaxError, ValueError):
            raise ExprMistake(say("this text has a broken escape"), column=token.column) from None
    raise ExprMistake(say("a number or a text in quotes is needed after the colon"), column=token.column)
