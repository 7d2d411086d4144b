"""What follows from condition rows: when one row makes another certain, and when two cannot both hold.

A row allows a set of values, forbids a set, or sets a range of numbers. Everything said here is certain; where the
values do not tell (texts with patterns, times), nothing follows.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Protocol

from skipline.expr.rows import Operator, Row
from skipline.flow.mistakes import Path
from skipline.flow.written import field_values

_PLAIN_NUMBER = re.compile(r"-?(0|[1-9]\d{0,300})(\.\d{1,300})?", re.ASCII)


class Conditions(Protocol):
    """A path of a branch: taken when all of `all_` hold, one of `any_` does, and the formula is true."""

    @property
    def id(self) -> str: ...
    @property
    def all_(self) -> tuple[Row, ...]: ...
    @property
    def any_(self) -> tuple[Row, ...]: ...
    @property
    def formula(self) -> str: ...


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a row says about its variable. None: it says nothing of that kind. `range` has its ends and whether each
    belongs to it."""

    allowed: frozenset[str] | None = None
    forbidden: frozenset[str] | None = None
    range: tuple[float, bool, float, bool] | None = None
    wants_value: bool = True


def paths_in(piece: object) -> Iterator[tuple[Path, tuple[Conditions, ...]]]:
    """Every field of kind `paths` in a piece, with its place."""
    for one in field_values(piece):
        if one.kind == "paths":
            yield one.path, one.value


def covers(earlier: Conditions, later: Conditions) -> bool:
    """Whether everybody who matches `later` matches `earlier` too."""
    if earlier.formula and earlier.formula != later.formula:
        return False
    return all(_is_certain(row, later) for row in earlier.all_) and _is_one_certain(earlier.any_, later)


def contradiction(path: Conditions) -> tuple[Row, Row] | None:
    """Two rows of a path that cannot both hold, or one that never holds (given twice)."""
    for place, row in enumerate(path.all_):
        if _is_empty(row):
            return row, row
        for other in path.all_[:place]:
            if excludes(other, row):
                return other, row
    return _contradiction_with_all_any(path)


def implies(row: Row, other: Row) -> bool:
    """Whether `other` holds whenever `row` does."""
    if row == other:
        return True
    if row.variable != other.variable or (other.match_case and not row.match_case):
        return False
    first, second = _meaning(row), _meaning(other)
    if first is None or second is None or not first.wants_value:
        return False
    if other.operator is Operator.IS_SET:
        return first.allowed is not None or first.range is not None
    if first.allowed is not None:
        return all(_fits(value, second) for value in first.allowed)
    return first.range is not None and second.range is not None and _is_within(first.range, second.range)


def excludes(row: Row, other: Row) -> bool:
    """Whether the two rows can never both hold."""
    if row.variable != other.variable:
        return False
    first, second = _meaning(row), _meaning(other)
    if first is None or second is None:
        return False
    if first.wants_value != second.wants_value:
        return True
    if first.allowed is not None or second.allowed is not None:
        values, limits = (first.allowed, second) if first.allowed is not None else (second.allowed, first)
        return not any(_fits(value, limits) for value in values or ())
    return first.range is not None and second.range is not None and _is_apart(first.range, second.range)


def describe(row: Row) -> str:
    """The row as people say it."""
    words = row.operator.value.replace("_", " ")
    values = row.value if isinstance(row.value, tuple) else (row.value,)
    return " ".join([row.variable, words, ", ".join(str(value) for value in values if value is not None)]).strip()


def _is_certain(row: Row, later: Conditions) -> bool:
    if any(implies(one, row) for one in later.all_):
        return True
    return bool(later.any_) and all(implies(one, row) for one in later.any_)


def _is_one_certain(rows: Sequence[Row], later: Conditions) -> bool:
    if not rows or any(implies(one, row) for one in later.all_ for row in rows):
        return True
    return bool(later.any_) and all(any(implies(one, row) for row in rows) for one in later.any_)


def _contradiction_with_all_any(path: Conditions) -> tuple[Row, Row] | None:
    """Every row of `any_` contradicts some row of `all_`: then none of them can hold."""
    pairs = [_excluding(path.all_, row) for row in path.any_]
    return pairs[0] if pairs and all(pair is not None for pair in pairs) else None


def _excluding(rows: Sequence[Row], row: Row) -> tuple[Row, Row] | None:
    if _is_empty(row):
        return row, row
    return next(((other, row) for other in rows if excludes(other, row)), None)


def _is_empty(row: Row) -> bool:
    meaning = _meaning(row)
    if meaning is None:
        return False
    if meaning.range is not None:
        low, has_low, high, has_high = meaning.range
        return low > high or (low == high and not (has_low and has_high))
    return meaning.allowed == frozenset()


def _meaning(row: Row) -> _Meaning | None:
    values = row.value if isinstance(row.value, tuple) else (row.value,)
    match row.operator:
        case Operator.IS | Operator.IS_ONE_OF:
            return _Meaning(allowed=frozenset(map(_same, values)))
        case Operator.IS_NOT | Operator.IS_NONE_OF:
            return _Meaning(forbidden=frozenset(map(_same, values)))
        case Operator.IS_TRUE | Operator.IS_FALSE:
            return _Meaning(allowed=frozenset({"true" if row.operator is Operator.IS_TRUE else "false"}))
        case Operator.IS_SET | Operator.IS_NOT_SET:
            return _Meaning(wants_value=row.operator is Operator.IS_SET)
    ends = _range(row.operator, [_number(value) for value in values])
    return _Meaning(range=ends) if ends is not None else None


def _range(operator: Operator, numbers: list[float | None]) -> tuple[float, bool, float, bool] | None:
    known = [number for number in numbers if number is not None]
    if len(known) != len(numbers):
        return None
    ranges: Mapping[Operator, Any] = {
        Operator.GREATER_THAN: lambda: (known[0], False, inf, False),
        Operator.AT_LEAST: lambda: (known[0], True, inf, False),
        Operator.LESS_THAN: lambda: (-inf, False, known[0], False),
        Operator.AT_MOST: lambda: (-inf, False, known[0], True),
        Operator.BETWEEN: lambda: (known[0], True, known[-1], True),
    }
    found: tuple[float, bool, float, bool] | None = ranges[operator]() if operator in ranges else None
    return found


def _same(value: object) -> str:
    """How a value is compared: without case and spaces, numbers as numbers."""
    if isinstance(value, bool):
        return "true" if value else "false"
    number = _number(value)
    return str(number) if number is not None else str(value).strip().casefold()


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    # A text such as +31201234567 or 007 is no number: its zeros and signs count.
    return float(value) if not isinstance(value, str) or _PLAIN_NUMBER.fullmatch(value.strip()) else None


def _fits(value: str, meaning: _Meaning) -> bool:
    """Whether a variable with this value can satisfy what the other row says."""
    if meaning.allowed is not None:
        return value in meaning.allowed
    if meaning.forbidden is not None:
        return value not in meaning.forbidden
    if meaning.range is None:
        return meaning.wants_value
    number = _number(value)
    return number is not None and _is_within((number, True, number, True), meaning.range)


def _is_within(inner: tuple[float, bool, float, bool], outer: tuple[float, bool, float, bool]) -> bool:
    is_low_in = inner[0] > outer[0] or (inner[0] == outer[0] and (outer[1] or not inner[1]))
    is_high_in = inner[2] < outer[2] or (inner[2] == outer[2] and (outer[3] or not inner[3]))
    return is_low_in and is_high_in


def _is_apart(one: tuple[float, bool, float, bool], other: tuple[float, bool, float, bool]) -> bool:
    low, has_low, high, has_high = max(one[0], other[0]), True, min(one[2], other[2]), True
    for ends in (one, other):
        has_low = has_low and (ends[0] < low or ends[1])
        has_high = has_high and (ends[2] > high or ends[3])
    return low > high or (low == high and not (has_low and has_high))
