"""A queue's floor for tests: a few words instead of events, seconds instead of times."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from skipline.model import queue_events as events
from skipline.model.configuration import Tier
from skipline.model.ids import EntryId, ReservationId
from skipline.model.queue_events import QueueDecision
from skipline.model.queueing import Agent, AgentState, Entry, Medium, Place, Queue, Visit
from skipline.queue.explain import ExplainedEntry, explain_entry, position_of
from skipline.queue.handle import handle, next_wake_at
from skipline.queue.state import QueueState

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
TIERS = (
    Tier(name="gold", target_seconds=10, max_wait_seconds=0),
    Tier(name="silver", target_seconds=20, max_wait_seconds=0),
    Tier(name="bronze", target_seconds=60, max_wait_seconds=0),
)
HELP = Queue(name="help", fair_lane=0)
_Kind = TypeVar("_Kind")


class Floor:
    """Queues and agents at work. `now` is in seconds since noon; every event may set it. `decisions` are those of the
    last event, `offered` all offers so far as (entry, agent)."""

    def __init__(
        self,
        queues: Sequence[Queue] | Queue = HELP,
        agents: Sequence[Agent | str] = ("ana",),
        tiers: Sequence[Tier] = TIERS,
        *,
        came: bool = True,
    ) -> None:
        self.state, self.now = QueueState(), 0.0
        self.decisions: list[QueueDecision] = []
        self.all: list[QueueDecision] = []
        self.configure([queues] if isinstance(queues, Queue) else queues, agents, tiers)
        for name in list(self.state.seats) if came else []:
            self.tell(events.AgentCame, agent=name)

    def configure(self, queues: Sequence[Queue], agents: Sequence[Agent | str], tiers: Sequence[Tier] = TIERS) -> None:
        names = tuple(queue.name for queue in queues)
        people = tuple(one if isinstance(one, Agent) else Agent(name=one, queues=names) for one in agents)
        self.tell(events.QueuesConfigured, queues=tuple(queues), tiers=tuple(tiers), agents=people)

    def tell(self, kind: Any, *, at: float | None = None, **what: Any) -> list[QueueDecision]:
        """Hand in an event, at `at` or at once."""
        self.now = self.now if at is None else at
        self.decisions = handle(self.state, kind(at=self.time(), **what), self.time())
        self.all += self.decisions
        return self.decisions

    def time(self, seconds: float | None = None) -> datetime:
        return NOON + timedelta(seconds=self.now if seconds is None else seconds)

    def pass_time(self, until: float) -> list[QueueDecision]:
        """Let whatever falls due happen at its time; gives what was decided."""
        decided: list[QueueDecision] = []
        while (wake := next_wake_at(self.state)) is not None and wake <= self.time(until):
            decided += self.tell(events.TimePassed, at=(wake - NOON).total_seconds())
        self.now = until
        self.decisions = decided
        return decided

    def join(
        self, entry: str, tier: str = "silver", *, at: float | None = None, queue: str = "help", **place: Any
    ) -> None:
        self.now = self.now if at is None else at
        value = Entry(id=EntryId(entry), joined_at=self.time(), place=Place(queue=queue, tier=tier, **place))
        self.tell(events.EntryJoined, entry=value)

    def message(self, entry: str, **place: Any) -> None:
        self.join(entry, medium=Medium.MESSAGE, **place)

    def leave(self, entry: str, at: float | None = None) -> None:
        self.tell(events.EntryLeft, at=at, entry=EntryId(entry))

    def accept(self, entry: str, at: float | None = None) -> None:
        self.tell(events.ReservationAccepted, at=at, reservation=self.reservation(entry))

    def decline(self, entry: str, at: float | None = None, *, is_unreachable: bool = False) -> None:
        reservation = self.reservation(entry)
        self.tell(events.ReservationDeclined, at=at, reservation=reservation, is_unreachable=is_unreachable)

    def end(self, entry: str, at: float | None = None, talk: float = 0.0, hold: float = 0.0) -> None:
        self.tell(events.ContactEnded, at=at, entry=EntryId(entry), talk_seconds=talk, hold_seconds=hold)

    def serve(self, entry: str, at: float | None = None) -> None:
        """Accept what is offered, and end the contact at once."""
        self.accept(entry, at)
        self.end(entry)

    def reservation(self, entry: str) -> ReservationId:
        """The latest reservation of an entry."""
        return [one.reservation.id for one in self.of(events.OfferMade) if one.entry.id == entry][-1]

    def of(self, kind: type[_Kind]) -> list[_Kind]:
        """All decisions of a kind so far."""
        return [one for one in self.all if isinstance(one, kind)]

    @property
    def offered(self) -> list[tuple[str, str]]:
        return [(one.entry.id, one.reservation.agent) for one in self.of(events.OfferMade)]

    @property
    def now_offered(self) -> list[tuple[str, str]]:
        """The offers that the last event brought."""
        return [(one.entry.id, one.reservation.agent) for one in self.decisions if isinstance(one, events.OfferMade)]

    @property
    def visits(self) -> list[Visit]:
        return [one.visit for one in self.of(events.EntryClosed)]

    def agent(self, name: str) -> tuple[AgentState, str]:
        """What was last told of an agent: state and reason."""
        told = [one for one in self.of(events.AgentChanged) if one.agent == name]
        return (told[-1].state, told[-1].reason) if told else (AgentState.OFFLINE, "")

    def explain(self, entry: str) -> ExplainedEntry:
        explained = explain_entry(self.state, EntryId(entry), self.time())
        assert explained is not None
        return explained

    def position(self, entry: str) -> int | None:
        return position_of(self.state, EntryId(entry), self.time())

    def drain(self, agent: str = "ana") -> list[str]:
        """The order in which one agent takes all who wait, each as soon as the one before is done."""
        order: list[str] = []
        while self.state.seats[agent].offers:
            entry = next(iter(self.state.seats[agent].offers.values())).stay.entry.id
            order.append(entry)
            self.serve(entry)
        return order
