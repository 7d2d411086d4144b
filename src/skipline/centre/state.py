"""What the centre knows between two events: which flow owns which number, the run of each call, and who waits."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from skipline.centre.call_back import CallBack
from skipline.centre.lines import Lines, Silent
from skipline.centre.lost_places import LostPlaces
from skipline.centre.stay import Stay
from skipline.flow.compiled import CompiledFlow
from skipline.model.call import Call
from skipline.model.commands import AnyCommand, Issued, KeepMemo
from skipline.model.configuration import Trunk
from skipline.model.events import CallEnded, Event, Reply
from skipline.model.ids import CallId, CommandId, EntryId
from skipline.model.queue_events import AgentChanged, AnyQueueEvent
from skipline.model.queueing import Agent, Queue, Visit
from skipline.model.record import EntryRecord, VoicemailRecord
from skipline.model.run import Run


@dataclass(slots=True)
class Centre:
    """The state of one centre. `flows` maps a live number (E.164) to the flow that owns it; `runs` holds the runs of
    calls in progress, each with the flow version it began on. `node` names this process to the queues.

    `entries` finds the call that an entry belongs to, `call_back_calls` the call-back that a call of ours is for;
    `phones` are the SIP users that can be rung now, `lines` tells what the queues know, wherever they are kept.
    """

    flows: Mapping[str, "LiveFlow"] = field(default_factory=dict)
    trunks: Mapping[str, Trunk] = field(default_factory=dict)
    runs: dict[CallId, "Serving"] = field(default_factory=dict)
    queues: Mapping[str, Queue] = field(default_factory=dict)
    agents: Mapping[str, Agent] = field(default_factory=dict)
    node: str = ""
    lines: Lines = field(default_factory=Silent)
    entries: dict[EntryId, CallId] = field(default_factory=dict)
    phones: set[str] = field(default_factory=set)
    call_backs: dict[EntryId, CallBack] = field(default_factory=dict)
    call_back_calls: dict[CallId, EntryId] = field(default_factory=dict)
    lost_places: LostPlaces = field(default_factory=LostPlaces)


@dataclass(frozen=True, slots=True)
class LiveFlow:
    """A published flow: the key it is kept under (its file name without ending) and its version, ready to run."""

    key: str
    flow: CompiledFlow


@dataclass(slots=True)
class Serving:
    """A call in progress: its run, the flow version that it stays on, and its stay in a queue."""

    call: Call
    run: Run
    flow: CompiledFlow
    stay: Stay | None = None

    def issue(self, body: AnyCommand) -> Issued:
        """A command of the centre's own for this call."""
        return Issued(id=self.next_id(), run=self.run.id, call=self.call.id, body=body)

    def keep_memo(self) -> Issued:
        """Bring the worker the memo as it is now: a centre that dies before it has another command for this call would
        leave the next one with what is over."""
        return self.issue(KeepMemo())

    def next_id(self) -> CommandId:
        """A name that nothing else of this call has, counted with the run's own commands, so that a centre that takes
        the call over goes on counting."""
        self.run.commands_issued += 1
        return CommandId(f"{self.run.id}:{self.run.commands_issued}")


@dataclass(slots=True)
class Changes:
    """What came of an event: commands to carry out, in order; facts for whoever watches; rows to write.

    `placed` are calls that we place ourselves.
    `queue_events` are for the queues, wherever they are kept; their decisions come back to `queueing.take_decision`.
    `answers` are replies that the centre itself gives to a run: hand each back with `handle` when the rest is done.
    """

    commands: list[Issued] = field(default_factory=list)
    facts: list[Event] = field(default_factory=list)
    started: list[Run] = field(default_factory=list)
    ended_runs: list[Run] = field(default_factory=list)
    ended_calls: list[CallEnded] = field(default_factory=list)
    queue_events: list[AnyQueueEvent] = field(default_factory=list)
    entries: list[EntryRecord] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    agent_changes: list[AgentChanged] = field(default_factory=list)
    placed: list[Call] = field(default_factory=list)
    voicemails: list[VoicemailRecord] = field(default_factory=list)
    answers: list[Reply] = field(default_factory=list)
