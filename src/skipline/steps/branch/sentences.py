"""Says in words why a condition holds, for the trace."""

from collections.abc import Mapping
from typing import Any

from skipline.base.value_types import shorten, write_plain
from skipline.expr.rows import Operator, Row

_WITHOUT_VALUE = {
    Operator.IS_SET: "is set",
    Operator.IS_NOT_SET: "is not set",
    Operator.IS_TRUE: "is true",
    Operator.IS_FALSE: "is false",
}


def describe_match(row: Row, variables: Mapping[str, Any]) -> str:
    """For example `loyalty_status is gold, which is one of gold, platinum`."""
    if row.operator in _WITHOUT_VALUE:
        return f"{row.variable} {_WITHOUT_VALUE[row.operator]}"
    if row.operator is Operator.IS:
        return describe_value(row.variable, variables)
    comparison = row.operator.value.replace("_", " ")
    link = "which" if comparison.startswith(("is", "contains", "starts", "ends", "matches")) else "which is"
    return f"{describe_value(row.variable, variables)}, {link} {comparison} {_comparand(row)}"


def describe_value(name: str, variables: Mapping[str, Any]) -> str:
    """For example `loyalty_status is gold`, or `loyalty_status has no value`."""
    value = _value_at(name, variables)
    return f"{name} has no value" if value is None else f"{name} is {shorten(write_plain(value), 60)}"


def _comparand(row: Row) -> str:
    if isinstance(row.value, tuple):
        joint = " and " if row.operator is Operator.BETWEEN else ", "
        return shorten(joint.join(write_plain(part) for part in row.value))
    return shorten(write_plain(row.value))


def _value_at(name: str, variables: Mapping[str, Any]) -> Any:
    value: Any = variables
    for part in name.split("."):
        if value.__class__ is dict or isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list | tuple) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value
