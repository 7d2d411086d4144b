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
_AS_IT_IS = frozenset({bool, int, float})


def note_input(detail: dict[str, Any], names: Iterable[str], visible: Mapping[str, Any]) -> None:
    """Note the values that these names have; one that has none is not told."""
    for name in names:
        note_read(detail, name, visible)


def note_read(detail: dict[str, Any], name: str, visible: Mapping[str, Any]) -> None:
    """The same for one name. Each condition of each step comes by here, so what is usual is done first."""
    value: Any = visible.get(name) if "." not in name else _value_at(name, visible)
    kind = value.__class__
    if kind not in _AS_IT_IS and not (kind is str and len(value) <= LONGEST_TOLD):
        value = _told(value)
    if value is None:
        return
    told = detail.get(INPUT)
    if told is None:
        detail[INPUT] = {name: value}
    elif name not in told and len(told) < MOST_TOLD:
        told[name] = value


def note_output(detail: dict[str, Any], name: str, value: Any) -> None:
    """Note a variable that was set."""
    told = detail.get(OUTPUT)
    if told is None:
        detail[OUTPUT] = {name: value}
    elif name in told or len(told) < MOST_TOLD:
        told[name] = value


def _value_at(name: str, visible: Mapping[str, Any]) -> Any:
    value: Any = visible
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _told(value: Any) -> Any:
    """A value as the trace keeps it, whatever becomes of the variable afterwards; None: it is not told."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TOLD else shorten(value, LONGEST_TOLD)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_told(one) for one in value[:MOST_TOLD] if not isinstance(one, Mapping | list | tuple)]
    return None if isinstance(value, Mapping) else value
