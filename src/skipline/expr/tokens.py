"""Cuts the source of a formula into tokens (CEL language definition, section "Syntax")."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from skipline.base.sentence import say
from skipline.expr.errors import ExprMistake

LONGEST_FORMULA = 2_000


class Kind(Enum):
    """What a token is."""

    NAME = auto()
    NUMBER = auto()
    TEXT = auto()
    SIGN = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One token as it was written; `column` counts from 1."""

    kind: Kind
    written: str
    column: int


_TOKEN = re.compile(
    r"""(?P<SPACE>(?:\s|//[^\n]*)+)
    |(?P<TEXT>[rR]?(?:'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"))
    |(?P<NUMBER>0[xX][0-9a-fA-F]+|(?:\d+\.\d+|\.\d+|\d+)(?:[eE][+-]?\d+)?)
    |(?P<NAME>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<SIGN>&&|\|\||==|!=|<=|>=|[-+*/%!<>?:.,()\[\]{}|])
    """,
    re.VERBOSE | re.ASCII | re.DOTALL,
)


_FIXES = {"=": say("write == to compare"), "&": say("write && for and")}


def read_tokens(source: str) -> list[Token]:
    """The tokens of `source`, an END token last. Raises `ExprMistake`."""
    if len(source) > LONGEST_FORMULA:
        sentence = say("the formula is longer than {most:,} characters", most=LONGEST_FORMULA)
        raise ExprMistake(sentence, fix=say("split it in two"))
    if not source.isascii():
        _check_characters(source)
    tokens, position = [], 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            raise _unreadable(source, position)
        if match.lastgroup != "SPACE":
            tokens.append(Token(Kind[match.lastgroup or ""], match[0], position + 1))
        position = match.end()
    return [*tokens, Token(Kind.END, "", len(source) + 1)]


def _check_characters(source: str) -> None:
    try:
        source.encode()
    except UnicodeEncodeError as error:
        raise ExprMistake(say("there is half a character here"), column=error.start + 1, fix=say("delete it")) from None


def _unreadable(source: str, position: int) -> ExprMistake:
    char = source[position]
    if char in "'\"":
        return ExprMistake(say("a quoted text has no end"), column=position + 1, fix=say("close the quote"))
    sentence = say("{char!r} cannot stand in a formula", char=char)
    return ExprMistake(sentence, column=position + 1, fix=_FIXES.get(char, ""))
