"""Checks and reads what is written as a row's value, before any call is made."""

from datetime import datetime

from skipline.base.sentence import say
from skipline.expr.errors import ExprMistake
from skipline.expr.kind_words import a_kind
from skipline.expr.rows import Operator, Row, Scalar
from skipline.expr.values import as_boolean, as_number, as_time

MOST_CHOICES = 1_000
_TAKES_NONE = frozenset({Operator.IS_SET, Operator.IS_NOT_SET, Operator.IS_TRUE, Operator.IS_FALSE})
_TAKES_MANY = frozenset({Operator.IS_ONE_OF, Operator.IS_NONE_OF})
_FOR_LISTS = {Operator.IS: say("use is_one_of"), Operator.IS_NOT: say("use is_none_of")}
_FOR_NOTHING = {Operator.IS: say("use is_not_set"), Operator.IS_NOT: say("use is_set")}


def check_value(row: Row) -> None:
    """Raises `ExprMistake` when the value's shape is not what the operator takes."""
    parts = row.value if isinstance(row.value, tuple) else (row.value,)
    if row.operator in _TAKES_NONE:
        if row.value is not None:
            raise ExprMistake(
                say("`{operator}` compares with nothing", operator=row.operator), fix=say("remove `value`")
            )
        return
    if row.operator in _TAKES_MANY:
        _check_list(row, parts)
    elif row.operator is Operator.BETWEEN:
        if not isinstance(row.value, tuple) or len(parts) != 2:
            raise ExprMistake(
                say("`between` needs two values, the lowest and the highest"), fix=say("write value: [10, 20]")
            )
    elif isinstance(row.value, tuple):
        sentence = say("`{operator}` compares with one value, not a list", operator=row.operator)
        raise ExprMistake(sentence, fix=_FOR_LISTS.get(row.operator, say("use one row for each")))
    _check_parts(row, parts)


def _check_list(row: Row, parts: tuple[Scalar, ...]) -> None:
    if not isinstance(row.value, tuple) or not parts:
        fix = say("write value: [{values}]", values=_shown(parts))
        raise ExprMistake(say("`{operator}` needs a list of values", operator=row.operator), fix=fix)
    if len(parts) > MOST_CHOICES:
        sentence = say("`{operator}` takes at most {most:,} values", operator=row.operator, most=MOST_CHOICES)
        raise ExprMistake(sentence, fix=say("use a table"))


def _check_parts(row: Row, parts: tuple[Scalar, ...]) -> None:
    if None in parts:
        fix = _FOR_NOTHING.get(row.operator, say("write a value"))
        raise ExprMistake(say("`{operator}` needs a value to compare with", operator=row.operator), fix=fix)
    if any(isinstance(part, str) and "{{" in part for part in parts):
        raise ExprMistake(
            say("a row compares with fixed values, not with texts that have holes"), fix=say("use a formula")
        )


def _shown(parts: tuple[Scalar, ...]) -> str:
    return ", ".join(str(part) for part in parts[:3] if part is not None) or "a, b"


def check_order(is_ordered: bool) -> None:
    """Raises `ExprMistake` unless the two values of `between` are in order."""
    if not is_ordered:
        raise ExprMistake(say("the first value of `between` is higher than the second"), fix=say("swap them"))


def refuse_kinds(row: Row, kind: str, kinds: tuple[str, ...], compared: str, fix: str) -> None:
    """Raises `ExprMistake` when the variable's type is one that the operator cannot compare."""
    if kind in kinds:
        names = {"operator": row.operator, "variable": row.variable, "kind": a_kind(kind)}
        raise ExprMistake(
            say("`{operator}` compares {compared}, and {variable} is {kind}", compared=compared, **names), fix=fix
        )


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
        sentence = say("`{operator}` needs a number here, not {written!r}", operator=row.operator, written=written)
        raise ExprMistake(sentence, fix=say("write a number such as 1000"))
    return number


def read_boolean(written: Scalar) -> bool:
    """A written true or false; raises `ExprMistake`."""
    truth = as_boolean(written)
    if truth is None:
        sentence = say("{written!r} is neither true nor false", written=written)
        raise ExprMistake(sentence, fix=say("use is_true or is_false"))
    return truth


def read_time(written: Scalar) -> datetime:
    """A written time; raises `ExprMistake`."""
    moment = as_time(written)
    if moment is None:
        fix = say('write "2026-05-01" or "2026-05-01T12:00:00Z"')
        raise ExprMistake(say("{written!r} is not a time", written=written), fix=fix)
    return moment
