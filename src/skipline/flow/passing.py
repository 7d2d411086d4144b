"""What a step read and what it kept, as its trace entry tells it: `input` and `output` beside the reason.

Names are those of the flow (`contact.phone`, `loyalty_status`). The whole of a map (`call.headers`) is not told,
because it may hold what only the other side should see; its parts are, when a step names them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from skipline.base.value_types import shorten

INPUT, OUTPUT = "input", "output"
MOST_TOLD = 40
LONGEST_TOLD = 500


def note_input(detail: dict[str, Any], names: Iterable[str], visible: Mapping[str, Any]) -> None:
    """Note the values that these names have; one that has none is not told."""
    told = detail.get(INPUT, {})
    for name in names:
        if name not in told and len(told) < MOST_TOLD and (value := _value_of(name, visible)) is not None:
            told[name] = value
            detail[INPUT] = told


def note_output(detail: dict[str, Any], name: str, value: Any) -> None:
    """Note a variable that was set."""
    told = detail.setdefault(OUTPUT, {})
    if name in told or len(told) < MOST_TOLD:
        told[name] = value


def _value_of(name: str, visible: Mapping[str, Any]) -> Any:
    value: Any = visible
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return _told(value)


def _told(value: Any) -> Any:
    """A value as the trace keeps it, whatever becomes of the variable afterwards; None: it is not told."""
    if isinstance(value, str):
        return shorten(value, LONGEST_TOLD)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_told(one) for one in value[:MOST_TOLD] if not isinstance(one, Mapping | list | tuple)]
    return None if isinstance(value, Mapping) else value
