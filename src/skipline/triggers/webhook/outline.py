"""The values of a body with their JSON pointers, few enough to be shown, for choosing what to keep."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from skipline.base.value_types import ValueType, conform
from skipline.model.delivery_report import PayloadValue

MOST_VALUES = 300
MOST_CHARACTERS = 200
_DEEPEST = 32


def outline(payload: Any) -> tuple[tuple[PayloadValue, ...], bool]:
    """The first values of `payload` in its own order, and whether there were more."""
    found = list(islice(_values(payload, "", 0), MOST_VALUES + 1))
    return tuple(found[:MOST_VALUES]), len(found) > MOST_VALUES


def _values(value: Any, pointer: str, depth: int) -> Iterator[PayloadValue]:
    if isinstance(value, dict | list) and depth < _DEEPEST:
        if isinstance(value, list):
            yield PayloadValue(pointer=pointer, type=ValueType.LIST)
        members = value.items() if isinstance(value, dict) else enumerate(value)
        for name, member in members:
            yield from _values(member, f"{pointer}/{_escaped(str(name))}", depth + 1)
    elif not isinstance(value, dict | list):
        yield PayloadValue(pointer=pointer, type=_type_of(value), value=_cut(value))


def _escaped(name: str) -> str:
    """A name inside a pointer (RFC 6901 section 3)."""
    return name.replace("~", "~0").replace("/", "~1")


def _type_of(value: Any) -> ValueType:
    if value is None:
        return ValueType.ANY
    if isinstance(value, bool):
        return ValueType.BOOLEAN
    if isinstance(value, int | float):
        return ValueType.NUMBER
    return ValueType.TIME if _is_time(value) else ValueType.TEXT


def _is_time(text: str) -> bool:
    try:
        conform(text, ValueType.TIME)
    except ValueError:
        return False
    return "T" in text


def _cut(value: Any) -> Any:
    return f"{value[: MOST_CHARACTERS - 1]}…" if isinstance(value, str) and len(value) > MOST_CHARACTERS else value
