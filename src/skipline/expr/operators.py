"""What each operator of a condition row means, as functions that are made once and called often.

Every function is total: it takes any plain value and says true or false. A value that cannot be compared raises
`Misfit`, which the row turns into false and a warning for the trace.
"""

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from skipline.base.sentence import say
from skipline.expr.errors import ExprMistake
from skipline.expr.kind_words import a_kind
from skipline.expr.patterns import Pattern
from skipline.expr.row_values import (
    check_order,
    check_value,
    read_boolean,
    read_number,
    read_time,
    refuse_kinds,
    several_values,
    single_value,
)
from skipline.expr.rows import Operator, Row, Scalar
from skipline.expr.values import as_boolean, as_number, as_text, as_time, is_empty

Test = Callable[[Any], bool]
"""Whether a row holds for the variable's value."""


class Misfit(Exception):
    """A value is not of the kind that the operator compares; the message says which it should be."""


def make_test(row: Row, kind: str) -> Test:
    """The test of `row` for a variable of type `kind`. Raises `ExprMistake` for a value that makes no sense."""
    check_value(row)
    return _MAKERS[row.operator](row, kind)


def _folded(match_case: bool) -> Callable[[str], str]:
    """How texts are made comparable. NFKC, so that `é` is `é` however it was typed."""

    def fold(text: str) -> str:
        if text.isascii():
            return text.strip() if match_case else text.strip().lower()
        normal = unicodedata.normalize("NFKC", text).strip()
        return normal if match_case else unicodedata.normalize("NFKC", normal.casefold())

    return fold


def _equals(expected: Scalar, row: Row, kind: str) -> Test:
    """Whether one value is `expected`, compared as what the variable or else the expected value is."""
    if kind == "time":
        moment = read_time(expected)
        return lambda value: as_time(value) == moment
    if kind == "boolean" or isinstance(expected, bool):
        truth = read_boolean(expected)
        return lambda value: as_boolean(value) is truth
    if kind == "number" or isinstance(expected, int | float):
        number = read_number(expected, row)
        return lambda value: as_number(value) == number
    fold = _folded(row.match_case)
    text = fold(str(expected))
    return lambda value: (written := as_text(value)) is not None and fold(written) == text


def _any_item(test: Test) -> Test:
    """`test` for a value, or for any item of a list."""
    return lambda value: any(test(item) for item in value) if isinstance(value, list | tuple) else test(value)


def _negated(test: Test) -> Test:
    return lambda value: not test(value)


def _is(row: Row, kind: str) -> Test:
    return _any_item(_equals(single_value(row), row, kind))


def _is_one_of(row: Row, kind: str) -> Test:
    if kind in ("text", "list", "any") and all(isinstance(part, str) for part in several_values(row)):
        return _any_item(_text_among(row))
    tests = [_equals(expected, row, kind) for expected in several_values(row)]
    return _any_item(lambda value: any(test(value) for test in tests))


def _text_among(row: Row) -> Test:
    fold = _folded(row.match_case)
    choices = frozenset(fold(str(part)) for part in several_values(row))
    return lambda value: (written := as_text(value)) is not None and fold(written) in choices


def _contains(row: Row, kind: str) -> Test:
    part = _in_text(row, kind, lambda text, part: part in text)
    item = _equals(single_value(row), row, "any")
    return lambda value: any(item(one) for one in value) if isinstance(value, list | tuple) else part(value)


def _in_text(row: Row, kind: str, holds: Callable[[str, str], bool]) -> Test:
    if kind in ("boolean", "time", "map"):
        names = {"operator": row.operator, "variable": row.variable, "kind": a_kind(kind)}
        raise ExprMistake(say("`{operator}` looks into texts, and {variable} is {kind}", **names))
    fold = _folded(row.match_case)
    part = fold(str(single_value(row)))
    if not part:
        raise ExprMistake(say("`{operator}` needs a text that is not empty", operator=row.operator))

    def test(value: Any) -> bool:
        text = as_text(value)
        if text is None:
            raise Misfit("a text")
        return holds(fold(text), part)

    return test


def _matches(row: Row, kind: str) -> Test:
    written = single_value(row)
    if not isinstance(written, str):
        fix = say('write it in quotes: "{written}"', written=written)
        raise ExprMistake(say("`matches` needs a pattern"), fix=fix)
    pattern = Pattern(written, match_case=row.match_case)

    def test(value: Any) -> bool:
        text = as_text(value)
        if text is None:
            raise Misfit("a text")
        return pattern.is_in(text)

    return _any_item(test)


def _numeric(holds: Callable[[float, float], bool]) -> Callable[[Row, str], Test]:
    def make(row: Row, kind: str) -> Test:
        fix = say("use before or after for times")
        refuse_kinds(row, kind, ("boolean", "time", "list", "map"), say("numbers"), fix)
        bound = read_number(single_value(row), row)
        return lambda value: holds(_number_of(value), bound)

    return make


def _temporal(holds: Callable[[Any, Any], bool]) -> Callable[[Row, str], Test]:
    def make(row: Row, kind: str) -> Test:
        fix = say("use less_than or greater_than")
        refuse_kinds(row, kind, ("boolean", "number", "list", "map"), say("times"), fix)
        bound = read_time(single_value(row))
        return lambda value: holds(_time_of(value), bound)

    return make


def _between(row: Row, kind: str) -> Test:
    refuse_kinds(row, kind, ("boolean", "list", "map"), say("numbers or times"), "")
    low, high = several_values(row)
    if kind == "time" or (kind != "number" and as_time(low) is not None and as_number(low) is None):
        first, last = read_time(low), read_time(high)
        check_order(first <= last)
        return lambda value: first <= _time_of(value) <= last
    lowest, highest = read_number(low, row), read_number(high, row)
    check_order(lowest <= highest)
    return lambda value: lowest <= _number_of(value) <= highest


def _number_of(value: Any) -> float:
    number = as_number(value)
    if number is None:
        raise Misfit("a number")
    return number


def _time_of(value: Any) -> Any:
    moment = as_time(value)
    if moment is None:
        raise Misfit("a time")
    return moment


_MAKERS: Mapping[Operator, Callable[[Row, str], Test]] = {
    Operator.IS: _is,
    Operator.IS_NOT: lambda row, kind: _negated(_is(row, kind)),
    Operator.IS_ONE_OF: _is_one_of,
    Operator.IS_NONE_OF: lambda row, kind: _negated(_is_one_of(row, kind)),
    Operator.CONTAINS: _contains,
    Operator.STARTS_WITH: lambda row, kind: _any_item(_in_text(row, kind, str.startswith)),
    Operator.ENDS_WITH: lambda row, kind: _any_item(_in_text(row, kind, str.endswith)),
    Operator.MATCHES: _matches,
    Operator.GREATER_THAN: _numeric(lambda value, bound: value > bound),
    Operator.AT_LEAST: _numeric(lambda value, bound: value >= bound),
    Operator.LESS_THAN: _numeric(lambda value, bound: value < bound),
    Operator.AT_MOST: _numeric(lambda value, bound: value <= bound),
    Operator.BETWEEN: _between,
    Operator.IS_SET: lambda row, kind: lambda value: not is_empty(value),
    Operator.IS_NOT_SET: lambda row, kind: is_empty,
    Operator.IS_TRUE: lambda row, kind: lambda value: as_boolean(value) is True,
    Operator.IS_FALSE: lambda row, kind: lambda value: as_boolean(value) is False,
    Operator.BEFORE: _temporal(lambda value, bound: bool(value < bound)),
    Operator.AFTER: _temporal(lambda value, bound: bool(value > bound)),
}
