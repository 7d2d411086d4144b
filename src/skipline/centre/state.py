"""What the centre knows between two events: which flow owns which number, and the run of each call."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from skipline.flow.compiled import CompiledFlow
from skipline.model.call import Call
from skipline.model.commands import Issued
from skipline.model.configuration import Trunk
from skipline.model.events import CallEnded, Event
from skipline.model.ids import CallId
from skipline.model.run import Run


@dataclass(slots=True)
class Centre:
    """The state of one centre. `flows` maps a live number (E.164) to the flow that owns it; `runs` holds the runs of
    calls in progress, each with the flow version it began on."""

    flows: Mapping[str, "LiveFlow"] = field(default_factory=dict)
    trunks: Mapping[str, Trunk] = field(default_factory=dict)
    runs: dict[CallId, "Serving"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LiveFlow:
    """A published flow: the key it is kept under (its file name without ending) and its version, ready to run."""

    key: str
    flow: CompiledFlow


@dataclass(slots=True)
class Serving:
    """A call in progress: its run and the flow version that it stays on."""

    call: Call
    run: Run
    flow: CompiledFlow


@dataclass(slots=True)
class Changes:
    """What came of an event: commands to carry out, in order; facts for whoever watches; rows to write."""

    commands: list[Issued] = field(default_factory=list)
    facts: list[Event] = field(default_factory=list)
    started: list[Run] = field(default_factory=list)
    ended_runs: list[Run] = field(default_factory=list)
    ended_calls: list[CallEnded] = field(default_factory=list)
