"""Which entries of `skipline.yaml` a flow names."""

from collections.abc import Iterator, Mapping
from typing import Any

from skipline.flow.compiled import CompiledFlow
from skipline.flow.written import FieldValue, field_values

SECTION_OF_KIND: Mapping[str, str] = {
    "source": "sources",
    "table": "tables",
    "hours": "hours",
    "tier": "tiers",
    "trunk": "trunks",
    "queue": "queues",
    "skill": "skills",
    "agent": "agents",
    "agents": "agents",
    "accounts": "channels",
    "numbers": "numbers",
}
"""The section that a field of each kind names something of."""


def named_in(flow: CompiledFlow) -> Iterator[tuple[str, str]]:
    """The section and the name of everything that a flow's steps and triggers name in fields of their own, once each.
    What stands in holes is known only during a run; what formulas ask about is not looked for."""
    pieces: list[Any] = [*flow.triggers, *(step.step for step in flow.steps.values())]
    found = ((SECTION_OF_KIND[one.kind], name) for piece in pieces for one in _naming(piece) for name in _names(one))
    yield from dict.fromkeys(found)


def _naming(piece: Any) -> Iterator[FieldValue]:
    return (one for one in field_values(piece) if one.kind in SECTION_OF_KIND)


def _names(one: FieldValue) -> Iterator[str]:
    for name in one.value if isinstance(one.value, tuple) else (one.value,):
        if isinstance(name, str) and name and "{{" not in name:
            yield name
