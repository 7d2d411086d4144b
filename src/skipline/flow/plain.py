"""Values of a run as plain JSON data of bounded size, because a run travels as JSON between its turns."""

from collections.abc import Callable, Mapping
from datetime import datetime
from math import isfinite
from typing import Any

from skipline.expr.values import write_time

Warn = Callable[[str], None]

MAX_ITEMS = 1_000
MAX_CHARACTERS = 20_000
MAX_DEPTH = 16
_AS_IS = frozenset({bool, int, type(None)})


def make_plain(value: Any, warn: Warn, depth: int = 0) -> Any:
    """`value` as JSON data: times as RFC 3339 texts, too long lists and texts cut short with a warning."""
    kind = value.__class__
    if kind in _AS_IS or (kind is str and len(value) <= MAX_CHARACTERS):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, datetime):
        return write_time(value)
    if isinstance(value, Mapping | list | tuple):
        return _plain_group(value, warn, depth + 1)
    return _cut(str(value), MAX_CHARACTERS, "characters", warn)


def _plain_group(group: Mapping[Any, Any] | list[Any] | tuple[Any, ...], warn: Warn, depth: int) -> Any:
    if depth > MAX_DEPTH:
        warn(f"Parts of a value deeper than {MAX_DEPTH} were left out.")
        return None
    if isinstance(group, Mapping):
        items = _cut(list(group.items()), MAX_ITEMS, "keys", warn)
        return {str(key): make_plain(value, warn, depth) for key, value in items}
    return [make_plain(value, warn, depth) for value in _cut(list(group), MAX_ITEMS, "items", warn)]


def _cut(long: Any, most: int, unit: str, warn: Warn) -> Any:
    if len(long) <= most:
        return long
    warn(f"A value of {len(long)} {unit} was cut to {most}.")
    return long[:most]
