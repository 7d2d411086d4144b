"""A centre with queues at work: the real centre and real queues on one clock, and facts as a voice worker tells them.

Between two facts every run and stay goes through its memo, as it does when a call outlives its centre.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from flow_room import NOON, real_catalogue

from skipline.centre.call_backs import new_call_back, refuse_call_back, take_call_back
from skipline.centre.handle import handle
from skipline.centre.lines import Standing
from skipline.centre.memo import memo_of, thaw_memo
from skipline.centre.offers import take_decision
from skipline.centre.presence import configure_queues
from skipline.centre.queueing import enter_queue
from skipline.centre.state import Centre, Changes, LiveFlow
from skipline.centre.waking import wake, wake_at
from skipline.flow.compiled import CompiledFlow
from skipline.flow.issue import format_issue
from skipline.flow.loading import compile_flow, load_flow
from skipline.flow.names import queue_figures
from skipline.model.call import Call, EndedBy, TryEnd
from skipline.model.commands import CallCommand, EnterQueue, Issued, RequestCallBack, RingAgent, WaitInQueue
from skipline.model.configuration import Configuration, Number, Tier, Trunk
from skipline.model.events import (
    AgentJoined,
    AgentLeft,
    AgentRefused,
    CallArrived,
    CallEnded,
    Event,
    PhoneRegistered,
    WaitEnded,
)
from skipline.model.ids import CallId, CommandId, EntryId, ReservationId
from skipline.model.live_events import AgentStateChanged, EntryChanged
from skipline.model.queue_events import AnyQueueEvent, QueueDecision, TimePassed
from skipline.model.queueing import Agent, AgentPhone, Estimate, Overflow, Queue, Visit
from skipline.model.record import EntryRecord
from skipline.model.run import Run
from skipline.queue.explain import ExplainedEntry, explain_entry, position_of
from skipline.queue.figures import figures_of
from skipline.queue.handle import handle as handle_queue
from skipline.queue.handle import next_wake_at
from skipline.queue.state import QueueState

NUMBER, CALLER = "+31201234567", "+31612345678"

FLOW = f"""
format: 1
name: Support line
triggers: [{{type: incoming_call, numbers: ["{NUMBER}"]}}]
start: wait
steps:
  wait:
    type: add_to_queue
    with: {{queue: vip, tier: gold, keys: {{"1": wants_call_back}}}}
    next: {{overflowed: sorry, failed: sorry, wants_call_back: promise}}
  promise: {{type: call_back, with: {{queue: vip, tier: gold, retry: 60s, attempts: 2}}}}
  sorry: {{type: say, with: {{text: Sorry}}}}
"""


def agent(name: str, *queues: str) -> Agent:
    return Agent(name=name, queues=queues or ("vip",), phone=AgentPhone(user=f"{name}-phone", password_secret="sip"))


WORKSPACE = Configuration(
    tiers=(Tier(name="gold", target_seconds=20), Tier(name="silver", target_seconds=60)),
    trunks=(
        Trunk(name="carrier", hosts=("127.0.0.1",)),
        Trunk(name="outward", hosts=("127.0.0.2",), server="127.0.0.2"),
    ),
    numbers=(Number(number=NUMBER),),
    queues=(
        Queue(name="vip", overflow=Overflow(after_seconds=300.0), comfort={"en": "Thank you for waiting."}),
        Queue(name="general", wrap_up_seconds=10.0),
    ),
    agents=(agent("ana"), agent("ben"), agent("cas", "general")),
)

_B = TypeVar("_B", bound=CallCommand)


@dataclass(eq=False)
class QueueRoom:
    """`now` moves by `pass_time` and half a second with each fact. `sent` is all that the worker was told."""

    workspace: Configuration = WORKSPACE
    flow: str = FLOW
    centre: Centre = field(default_factory=Centre)
    state: QueueState = field(default_factory=lambda: QueueState(prefix="r"))
    now: datetime = NOON
    sent: list[Issued] = field(default_factory=list)
    facts: list[Event] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    records: dict[EntryId, EntryRecord] = field(default_factory=dict)
    placed: list[Call] = field(default_factory=list)
    ended_runs: list[Run] = field(default_factory=list)
    estimate: Estimate | None = None
    can_write: bool = True
    memos: dict[CallId, bytes] = field(default_factory=dict)
    """What went with the last command for each call."""
    _untaken: deque[AnyQueueEvent] = field(default_factory=deque)
    _is_telling: bool = False

    def __post_init__(self) -> None:
        self.centre.flows = {NUMBER: LiveFlow("support", _compiled(self.flow, self.workspace))}
        self.centre.trunks = {trunk.name: trunk for trunk in self.workspace.trunks}
        self.centre.lines = self
        self._carry_out(configure_queues(self.centre, self.workspace, self.now))

    def tell(self, event: Event) -> None:
        """A fact."""
        self._freeze()
        self._carry_out(handle(self.centre, event, self.now))

    def pass_time(self, seconds: float) -> None:
        """Let everything happen that falls due meanwhile."""
        until = self.now + timedelta(seconds=seconds)
        while (found := self._next_moment()) is not None and found[0] <= until:
            self.now = max(self.now, found[0])
            if found[1]:
                self._carry_out(wake(self.centre, found[1], self.now))
            else:
                self._tell_queues([TimePassed(at=self.now)])
        self.now = until

    def call(self, id_: str = "call1", caller: str = CALLER) -> CallId:
        """Somebody calls and gets as far as the flow leads."""
        call = Call(id=CallId(id_), arrived_at=self._tick(), from_=caller, to=NUMBER, trunk="carrier")
        self.tell(CallArrived(at=self.now, call=call))
        return call.id

    def sign_in(self, *names: str) -> None:
        """Agents' phones register."""
        for name in names:
            self.tell(PhoneRegistered(at=self._tick(), user=f"{name}-phone"))

    def join(self, ring: Issued) -> None:
        """The agent who is rung answers."""
        self.tell(AgentJoined(at=self._tick(), call=ring.call, reservation=_reservation(ring)))

    def refuse(self, ring: Issued, end: TryEnd = TryEnd.BUSY, code: int = 486, reason: str = "Busy Here") -> None:
        """The agent who is rung does not answer."""
        at, reservation = self._tick(), _reservation(ring)
        self.tell(AgentRefused(at=at, call=ring.call, reservation=reservation, end=end, code=code, reason=reason))

    def part(self, ring: Issued, *, talk: float = 30.0, **more: bool) -> None:
        """The agent leaves the talk."""
        self.pass_time(talk)
        left = AgentLeft(at=self.now, call=ring.call, reservation=_reservation(ring), talk_seconds=talk, **more)
        self.tell(left)

    def end_wait(self, call: str = "call1", **more: object) -> None:
        """The worker says that the wait of a call is over."""
        wait = self.last(WaitInQueue, call)
        self.tell(WaitEnded(at=self._tick(), call=CallId(call), command=wait.id, **more))  # type: ignore[arg-type]

    def hang_up(self, call: str = "call1", by: EndedBy = EndedBy.CALLER) -> None:
        """A call is over."""
        self.tell(CallEnded(at=self._tick(), call=CallId(call), by=by))

    def last(self, kind: type[CallCommand], call: str = "") -> Issued:
        """The last command of a kind, of a call or of all."""
        return self.all(kind, call)[-1]

    def all(self, kind: type[CallCommand], call: str = "") -> list[Issued]:
        """The commands of a kind."""
        return [one for one in self.sent if isinstance(one.body, kind) and call in ("", one.call)]

    def body(self, kind: type[_B], call: str = "") -> _B:
        """What the last command of a kind says."""
        body = self.last(kind, call).body
        assert isinstance(body, kind)
        return body

    def run(self, call: str = "call1") -> Run:
        return self.centre.runs[CallId(call)].run

    def agent_states(self) -> dict[str, str]:
        """What each agent was last said to do."""
        changes = [fact for fact in self.facts if isinstance(fact, AgentStateChanged)]
        return {change.agent: str(change.state) for change in changes}

    def moves(self, entry: str) -> list[str]:
        """Where an entry stood, one after the other."""
        return [str(fact.state) for fact in self.facts if isinstance(fact, EntryChanged) and fact.entry == entry]

    # The room answers the centre's questions itself.

    @property
    def figures(self) -> dict[str, dict[str, object]]:
        found = {name: figures_of(self.state, name, self.now) for name in self.state.halls}
        return {
            name: queue_figures(
                waiting=one.waiting,
                longest_wait_seconds=one.longest_wait_seconds,
                agents_ready=one.agents_ready,
                estimated_wait_seconds=None,
            )
            for name, one in found.items()
            if one is not None
        }

    def standing(self, entry: EntryId) -> Standing | None:
        position = position_of(self.state, entry, self.now)
        return None if position is None else Standing(position=position, estimate=self.estimate)

    def explain(self, entry: EntryId) -> ExplainedEntry | None:
        return explain_entry(self.state, entry, self.now)

    def _tick(self) -> datetime:
        self.pass_time(0.5)
        return self.now

    def _next_moment(self) -> tuple[datetime, str] | None:
        keys = [*self.centre.runs, *self.centre.call_backs]
        moments = [(at, str(key)) for key in keys if (at := wake_at(self.centre, key)) is not None]
        queue_at = next_wake_at(self.state)
        return min([*moments, *([] if queue_at is None else [(queue_at, "")])], default=None)

    def _carry_out(self, changes: Changes) -> None:
        for issued in changes.commands:
            self._dispatch(issued)
        self.facts += changes.facts
        self.visits += changes.visits
        self.placed += changes.placed
        self.ended_runs += changes.ended_runs
        self.records |= {record.entry.id: record for record in changes.entries}
        self._tell_queues(changes.queue_events)
        for answer in changes.answers:
            self.tell(answer)

    def _dispatch(self, issued: Issued) -> None:
        if isinstance(issued.body, EnterQueue):
            self._carry_out(enter_queue(self.centre, issued, issued.body, self.now))
        elif isinstance(issued.body, RequestCallBack):
            call_back = new_call_back(self.centre, issued, issued.body, self.now)
            assert call_back is not None
            if self.can_write:
                self._carry_out(take_call_back(self.centre, call_back, issued, self.now))
            else:
                self._carry_out(refuse_call_back(issued, "no disk", self.now))
        else:
            self.sent.append(issued)
            self.memos[issued.call] = memo_of(self.centre, issued.call)

    def _tell_queues(self, events: Iterable[AnyQueueEvent]) -> None:
        self._untaken.extend(events)
        if self._is_telling:
            return
        self._is_telling = True
        while self._untaken:
            for decision in handle_queue(self.state, self._untaken.popleft(), self.now):
                self._take(decision)
        self._is_telling = False

    def _take(self, decision: QueueDecision) -> None:
        self._carry_out(take_decision(self.centre, decision, self.now))

    def _freeze(self) -> None:
        for call, serving in self.centre.runs.items():
            memo = thaw_memo(memo_of(self.centre, call))
            assert memo.run is not None
            serving.run, serving.stay = memo.run, memo.stay


def _compiled(text: str, workspace: Configuration) -> CompiledFlow:
    loaded = load_flow(text, "flow.yaml", real_catalogue(), workspace)
    assert loaded.is_sound, "\n".join(map(format_issue, loaded.issues))
    return compile_flow(loaded, 1, {}, agents={one.name: one for one in workspace.agents})


def _reservation(ring: Issued) -> ReservationId:
    reservation: ReservationId = ring.body.reservation  # type: ignore[union-attr]
    return reservation


def command_of(issued: Issued) -> CommandId:
    return issued.id


def rung(issued: Issued) -> str:
    """Who is rung by a command."""
    assert isinstance(issued.body, RingAgent)
    return issued.body.agent
