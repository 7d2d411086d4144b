"""What follows from condition rows: when one row makes another certain, and when two cannot both hold.

A row allows certain values, forbids certain values, sets a range of numbers, or says that there is a value or none.
Everything said here is certain for a variable that holds one value; about lists, maps and times, about patterns, and
about rows that mind upper case, nothing is said.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Protocol

from skipline.expr.rows import Operator, Row
from skipline.flow.issue import Severity
from skipline.flow.mistakes import Path
from skipline.flow.ranges import Range, is_apart, is_within
from skipline.flow.written import field_values

KindOf = Callable[[str], str]
"""The type of a variable, in the words of `skipline.expr.scope.Scope`."""

_Key = tuple[str, object]
"""A value and how it is compared: as a text, as a number, or as yes or no."""

EMPTY_TEXT: _Key = ("text", "")


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
    """What a row says about its variable; None: nothing of that kind."""

    allowed: frozenset[_Key] | None = None
    forbidden: frozenset[_Key] | None = None
    range: Range | None = None
    is_set: bool | None = None


def paths_in(piece: object) -> Iterator[tuple[Path, tuple[Conditions, ...]]]:
    """Every field of kind `paths` in a piece, with its place."""
    for one in field_values(piece):
        if one.kind == "paths":
            yield one.path, one.value


def covers(earlier: Conditions, later: Conditions, kind_of: KindOf) -> bool:
    """Whether everybody who matches `later` matches `earlier` too."""
    if earlier.formula and earlier.formula != later.formula:
        return False
    return all(_is_certain((row,), later, kind_of) for row in earlier.all_) and (
        not earlier.any_ or _is_certain(earlier.any_, later, kind_of)
    )


def contradiction(path: Conditions, kind_of: KindOf) -> tuple[Row, Row] | None:
    """Two rows of a path that cannot both hold; with rows under `any_`, the first pair when none of them can."""
    for place, row in enumerate(path.all_):
        if (found := _excluding(path.all_[:place], row, kind_of)) is not None:
            return found
    pairs = [_excluding(path.all_, row, kind_of) for row in path.any_]
    return pairs[0] if pairs and None not in pairs else None


def implies(row: Row, other: Row, kind: str) -> bool:
    """Whether `other` holds whenever `row` does, both being about a variable of type `kind`."""
    # Compared as written, because Python takes 1 and True for equal and a row does not.
    if repr(row) == repr(other):
        return True
    first, second = _meaning(row, kind), _meaning(other, kind)
    if row.variable != other.variable or first is None or second is None:
        return False
    if first.allowed is not None:
        return all(_satisfies(key, second) is True for key in first.allowed)
    if first.range is not None:
        return second.is_set is True or (second.range is not None and is_within(first.range, second.range))
    return False


def excludes(row: Row, other: Row, kind: str) -> bool:
    """Whether the two rows can never both hold for a variable of type `kind`."""
    first, second = _meaning(row, kind), _meaning(other, kind)
    if row.variable != other.variable or first is None or second is None:
        return False
    for one, another in ((first, second), (second, first)):
        if one.allowed is not None and all(_satisfies(key, another) is False for key in one.allowed):
            return True
        if one.is_set is False and (another.is_set is True or another.range is not None):
            return True
    return first.range is not None and second.range is not None and is_apart(first.range, second.range)


def severity_of(rows: Iterable[Row], kind_of: KindOf) -> Severity:
    """An error where every variable surely holds one value; a warning where one may hold a list."""
    is_sure = all(kind_of(row.variable) != "any" for row in rows)
    return Severity.ERROR if is_sure else Severity.WARNING


def _is_certain(rows: Sequence[Row], later: Conditions, kind_of: KindOf) -> bool:
    """Whether one of `rows` holds for everybody who matches `later`."""

    def settles(one: Row) -> bool:
        return any(implies(one, row, kind_of(row.variable)) for row in rows)

    return any(map(settles, later.all_)) or (bool(later.any_) and all(map(settles, later.any_)))


def _excluding(rows: Sequence[Row], row: Row, kind_of: KindOf) -> tuple[Row, Row] | None:
    return next(((other, row) for other in rows if excludes(other, row, kind_of(row.variable))), None)


def _meaning(row: Row, kind: str) -> _Meaning | None:
    if row.match_case or kind in ("list", "map", "time"):
        return None
    match row.operator:
        case Operator.IS_SET | Operator.IS_NOT_SET:
            return _Meaning(is_set=row.operator is Operator.IS_SET)
        case Operator.IS_TRUE | Operator.IS_FALSE:
            return _Meaning(allowed=frozenset({("truth", row.operator is Operator.IS_TRUE)}))
    values = row.value if isinstance(row.value, tuple) else (row.value,)
    if row.operator in _RANGES:
        return _ranged(row.operator, values)
    keys = frozenset(key for value in values if (key := _key(value, kind)) is not None)
    return _LISTED[row.operator](keys) if row.operator in _LISTED and len(keys) == len(set(values)) else None


_LISTED: dict[Operator, Callable[[frozenset[_Key]], _Meaning]] = {
    Operator.IS: lambda keys: _Meaning(allowed=keys),
    Operator.IS_ONE_OF: lambda keys: _Meaning(allowed=keys),
    Operator.IS_NOT: lambda keys: _Meaning(forbidden=keys),
    Operator.IS_NONE_OF: lambda keys: _Meaning(forbidden=keys),
}
_RANGES: dict[Operator, Callable[[float, float], Range]] = {
    Operator.GREATER_THAN: lambda low, _: Range(low, has_low=False),
    Operator.AT_LEAST: lambda low, _: Range(low),
    Operator.LESS_THAN: lambda high, _: Range(-inf, high, has_high=False),
    Operator.AT_MOST: lambda high, _: Range(-inf, high),
    Operator.BETWEEN: Range,
}


def _ranged(operator: Operator, values: Sequence[object]) -> _Meaning | None:
    numbers = [float(value) for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    if not numbers or len(numbers) != len(values):
        return None
    return _Meaning(range=_RANGES[operator](numbers[0], numbers[-1]))


def _key(value: object, kind: str) -> _Key | None:
    """How the row operators compare this value (`expr/operators.py`); None where that is not certain."""
    if isinstance(value, bool):
        return "truth", value
    if isinstance(value, int | float):
        return ("number", float(value)) if kind != "boolean" else None
    if isinstance(value, str) and kind in ("text", "any"):
        return "text", unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).strip().casefold())
    return None


def _satisfies(key: _Key, meaning: _Meaning) -> bool | None:
    """Whether a variable with this value does what the row says; None where that is not certain."""
    if meaning.is_set is not None:
        return meaning.is_set if key != EMPTY_TEXT else None
    if meaning.range is not None:
        return is_within(Range(key[1], key[1]), meaning.range) if isinstance(key[1], float) else None
    keys = meaning.allowed if meaning.allowed is not None else meaning.forbidden
    if keys is None:
        return None
    if key in keys:
        return meaning.allowed is not None
    is_comparable = all(other[0] == key[0] for other in keys)
    return meaning.allowed is None if is_comparable else None
