"""Turns what cel-expr-python says into sentences without its codes, types and drawings."""

import re

from skipline.base.sentence import all_of, say
from skipline.expr.errors import ExprMistake
from skipline.expr.writing import Written

_WHERE = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
_NO_OVERLOAD = re.compile(r"found no matching overload for '([^']*)' applied to '\((.*)\)'")
_AT_RUN_TIME = re.compile(r"No matching overloads found : (?:\((?P<receiver>[^)]*)\))?([^ (]*)(?:\((.*)\))?")
_SIGNS = {"_[_]": "[ ]", "_[?_]": "[ ]", "@in": "in", "text": "string", "finds": "matches"}
_WORDS = (
    (
        re.compile(r"(google\.protobuf\.)?StringValue|string_wrapper|wrapper\(string\)|\bstring\b", re.IGNORECASE),
        say("a text"),
    ),
    (re.compile(r"double_wrapper|wrapper\(double\)|\bdouble\b|\bu?int(64)?\b", re.IGNORECASE), say("a number")),
    (re.compile(r"bool_wrapper|wrapper\(bool\)|\bbool\b", re.IGNORECASE), say("yes or no")),
    (re.compile(r"(google\.protobuf\.)?\btimestamp\b", re.IGNORECASE), say("a time")),
    (re.compile(r"(google\.protobuf\.)?\bduration\b", re.IGNORECASE), say("a duration")),
    (re.compile(r"\bnull(_type)?\b", re.IGNORECASE), say("nothing")),
    (re.compile(r"\blist(\([^)]*\))?", re.IGNORECASE), say("a list")),
    (re.compile(r"\bmap(\([^)]*\))?", re.IGNORECASE), say("a map")),
    (re.compile(r"\bdyn\b", re.IGNORECASE), say("a value")),
)


def mistake_of(message: str, written: Written) -> ExprMistake:
    """What the compiler said, as a sentence about the formula that a person wrote."""
    if "recursion depth" in message:
        return ExprMistake(say("the formula joins or nests too many parts"), fix=say("split it in two"))
    where = _WHERE.search(message)
    if where is None:
        return ExprMistake(_plain(message))
    column = written.column(int(where[2])) if where[1] == "1" else None
    overload = _NO_OVERLOAD.search(where[3])
    if overload is not None:
        return ExprMistake(_misfit(overload[1], overload[2]), column=column)
    used = re.search(r"expression of type '(.*)' cannot be the (operand|range)", where[3])
    if used is not None:
        kind = _kind_word(used[1])
        if used[2] == "operand":
            return ExprMistake(say("{kind} has no parts", kind=kind), column=column)
        return ExprMistake(say("{kind} has no items to go through", kind=kind), column=column)
    return ExprMistake(_plain(where[3]), column=column)


def failure_of(message: str) -> str:
    """What the evaluation said, as a sentence for the trace."""
    if "budget" in message:
        return "the formula goes through too many items"
    overload = _AT_RUN_TIME.search(message)
    if overload is not None:
        kinds = (overload["receiver"], overload[3])
        return _misfit(overload[2], ", ".join(kind for kind in kinds if kind))
    index = re.search(r"index=(-?\d+) size=(\d+)", message)
    if index is not None:
        return f"the list has {index[2]} items and none with number {index[1]}"
    missing = re.search(r'(?:Key not found in map : "|No value with name "v_)(.*?)"', message)
    if missing is not None:
        return f"there is no `{missing[1]}`"
    return _plain(message)


def _misfit(operator: str, kinds: str) -> str:
    words = [_kind_word(kind) for kind in re.split(r", (?![^(]*\))", kinds)]
    if operator == "_?_:_":
        return say("both sides of `? :` should be of one type, not {kinds}", kinds=all_of(words[-2:]))
    sign = _SIGNS.get(operator.strip("."), operator)
    return say("`{sign}` does not work with {kinds}", sign=sign.strip("_."), kinds=all_of(words))


def _kind_word(kind: str) -> str:
    for pattern, word in _WORDS:
        if pattern.search(kind):
            return word
    return kind


def _plain(message: str) -> str:
    """A message of the library without its status codes and drawings."""
    line = next(iter(message.splitlines()), "")
    if not line:
        return say("it cannot be worked out")
    return re.sub(r"^(ERROR: )?([A-Z_]{5,}: )+|\s*\[[A-Z_]+\]$|\s*\(in container ''\)", "", line)
