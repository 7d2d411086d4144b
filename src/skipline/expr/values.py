"""Reads loosely typed values, and writes them.

Values are plain JSON data, and aware times. Companies' systems are careless with types, so that 1200 and "1200" are
the same number; what cannot be read as the wanted type without guessing is None, and nothing here ever raises
anything but `FormulaFailed`.
"""

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from skipline.expr.errors import FormulaFailed

_LARGEST_EXACT = 2**53
_NUMBER = re.compile(r"[+-]?\d{1,300}(\.\d{1,300})?([eE][+-]?\d{1,3})?", re.ASCII)
_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def find(variables: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """The value that `path` leads to through maps and lists; None when there is none."""
    value: Any = variables
    for name in path:
        if isinstance(value, Mapping):
            value = value.get(name)
        elif isinstance(value, list | tuple) and name.isascii() and name.isdecimal() and len(name) < 6:
            value = value[int(name)] if int(name) < len(value) else None
        else:
            return None
    return value


def is_empty(value: Any) -> bool:
    """Whether nothing is known: no value, an empty text, list or map."""
    return value is None or (isinstance(value, str | list | tuple | Mapping) and len(value) == 0) or value == ""


def as_number(value: Any) -> float | None:
    """`value` as a number; None when it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and not _NUMBER.fullmatch(value.strip()):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def as_boolean(value: Any) -> bool | None:
    """`value` as yes or no; None when it is neither."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float) and value in (0, 1):
        return value == 1
    return _BOOLEANS.get(value.strip().lower()) if isinstance(value, str) and len(value) < 20 else None


def as_time(value: Any) -> datetime | None:
    """`value` as an aware time in UTC; a date alone is its midnight, a time without zone is UTC."""
    if isinstance(value, datetime):
        return _in_utc(value)
    if not isinstance(value, str) or not 10 <= len(value.strip()) <= 40 or value.strip()[4] != "-":
        return None
    try:
        return _in_utc(datetime.fromisoformat(value.strip()))
    except ValueError:
        return None


def _in_utc(moment: datetime) -> datetime | None:
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def as_text(value: Any) -> str | None:
    """`value` as one text; None for lists, maps and nothing."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, list | tuple | Mapping):
        return None
    return write_text(value)


def write_text(value: Any) -> str:
    """`value` as a text prints it: nothing is empty, true is `yes`, 3.0 is `3`, a list is its parts with commas."""
    match value:
        case None:
            return ""
        case str():
            return value
        case list() | tuple() | Mapping():
            return _write_compound(value)
    return _write_single(value)


def _write_compound(value: Any) -> str:
    try:
        if isinstance(value, Mapping):
            return json.dumps(dict(value), ensure_ascii=False, skipkeys=True, default=write_text)
        return ", ".join(write_text(part) for part in value)
    except (RecursionError, ValueError):
        return "…"


def _write_single(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) <= _LARGEST_EXACT:
        return str(int(value))
    if isinstance(value, datetime):
        return write_time(value)
    return write_text(value.total_seconds()) if isinstance(value, timedelta) else str(value)


def write_time(moment: datetime) -> str:
    """RFC 3339 in UTC, e.g. `2026-05-01T12:00:00Z`."""
    return (as_time(moment) or moment).isoformat().replace("+00:00", "Z")


def plain(value: Any) -> Any:
    """What a formula gave, as plain JSON data: times as RFC 3339 texts, durations in seconds, whole doubles as whole
    numbers. Raises `FormulaFailed` for what is none, such as 1 / 0."""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise FormulaFailed("the result is not a number that exists (was something divided by 0?)")
        return int(value) if value.is_integer() and abs(value) <= _LARGEST_EXACT else value
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime):
        return write_time(value)
    if isinstance(value, timedelta):
        return plain(value.total_seconds())
    if isinstance(value, Mapping):
        return {write_text(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    raise FormulaFailed("the result is not a value that can be kept")
