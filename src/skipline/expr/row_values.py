"""Checks and reads what is written as a row's value, before any call is made."""

from datetime import datetime

from skipline.expr.errors import ExprMistake
from skipline.expr.rows import Operator, Row, Scalar
from skipline.expr.values import as_boolean, as_number, as_time

MOST_CHOICES = 1_000
_TAKES_NONE = frozenset({Operator.IS_SET, Operator.IS_NOT_SET, Operator.IS_TRUE, Operator.IS_FALSE})
_TAKES_MANY = frozenset({Operator.IS_ONE_OF, Operator.IS_NONE_OF})


def check_value(row: Row) -> None:
    """Raises `ExprMistake` when the value's shape is not what the operator takes."""
    parts = row.value if isinstance(row.value, tuple) else (row.value,)
    if row.operator in _TAKES_NONE:
        if row.value is not None:
            raise ExprMistake(f"`{row.operator}` compares with nothing", fix="remove `value`")
        return
    if row.operator in _TAKES_MANY:
        _check_list(row, parts)
    elif row.operator is Operator.BETWEEN:
        if not isinstance(row.value, tuple) or len(parts) != 2:
            raise ExprMistake("`between` needs two values, the lowest and the highest", fix="write value: [10, 20]")
    elif isinstance(row.value, tuple):
        fix = {Operator.IS: "use is_one_of", Operator.IS_NOT: "use is_none_of"}.get(
            row.operator, "use one row for each"
        )
        raise ExprMistake(f"`{row.operator}` compares with one value, not a list", fix=fix)
    _check_parts(row, parts)


def _check_list(row: Row, parts: tuple[Scalar, ...]) -> None:
    if not isinstance(row.value, tuple) or not parts:
        raise ExprMistake(f"`{row.operator}` needs a list of values", fix=f"write value: [{_shown(parts)}]")
    if len(parts) > MOST_CHOICES:
        raise ExprMistake(f"`{row.operator}` takes at most {MOST_CHOICES:,} values", fix="use a table")


def _check_parts(row: Row, parts: tuple[Scalar, ...]) -> None:
    if None in parts:
        fix = {Operator.IS: "use is_not_set", Operator.IS_NOT: "use is_set"}.get(row.operator, "write a value")
        raise ExprMistake(f"`{row.operator}` needs a value to compare with", fix=fix)
    if any(isinstance(part, str) and "{{" in part for part in parts):
        raise ExprMistake("a row compares with fixed values, not with texts that have holes", fix="use a formula")


def _shown(parts: tuple[Scalar, ...]) -> str:
    return ", ".join(str(part) for part in parts[:3] if part is not None) or "a, b"


def check_order(is_ordered: bool) -> None:
    """Raises `ExprMistake` unless the two values of `between` are in order."""
    if not is_ordered:
        raise ExprMistake("the first value of `between` is higher than the second", fix="swap them")


def refuse_kinds(row: Row, kind: str, kinds: tuple[str, ...], compared: str, fix: str) -> None:
    """Raises `ExprMistake` when the variable's type is one that the operator cannot compare."""
    if kind in kinds:
        raise ExprMistake(f"`{row.operator}` compares {compared}, and {row.variable} is a {kind}", fix=fix)


def single_value(row: Row) -> Scalar:
    """The one value to compare with."""
    return row.value if not isinstance(row.value, tuple) else None


def several_values(row: Row) -> tuple[Scalar, ...]:
    """The values to compare with."""
    return row.value if isinstance(row.value, tuple) else ()


def read_number(written: Scalar, row: Row) -> float:
    """A written number; raises `ExprMistake`."""
    number = as_number(written)
    if number is None:
        raise ExprMistake(f"`{row.operator}` needs a number here, not {written!r}", fix="write a number such as 1000")
    return number


def read_boolean(written: Scalar) -> bool:
    """A written true or false; raises `ExprMistake`."""
    truth = as_boolean(written)
    if truth is None:
        raise ExprMistake(f"{written!r} is neither true nor false", fix="use is_true or is_false")
    return truth


def read_time(written: Scalar) -> datetime:
    """A written time; raises `ExprMistake`."""
    moment = as_time(written)
    if moment is None:
        raise ExprMistake(f"{written!r} is not a time", fix='write "2026-05-01" or "2026-05-01T12:00:00Z"')
    return moment
