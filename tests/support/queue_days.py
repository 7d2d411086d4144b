"""Days at a queue with chance in them: callers arrive, wait, give up, talk. The real queue decides who is next.

Every draw belongs to a caller, so two policies see the same callers.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from random import Random

from skipline.model.configuration import Tier
from skipline.model.ids import EntryId
from skipline.model.queue_events import (
    AgentCame,
    ContactEnded,
    EntryClosed,
    EntryJoined,
    EntryLeft,
    OfferMade,
    QueueDecision,
    QueuesConfigured,
    ReservationAccepted,
    TimePassed,
)
from skipline.model.queueing import Agent, Entry, EntryState, Place, Queue, Visit
from skipline.queue.handle import handle, next_wake_at
from skipline.queue.state import QueueState

MIDNIGHT = datetime(2026, 5, 1, tzinfo=UTC)
_BATCHES = 25
_WARM_UP = 0.05


@dataclass(frozen=True, kw_only=True)
class Day:
    """Arrivals a second by tier; mean talk and, when callers give up, mean patience in seconds (all exponential)."""

    queue: Queue
    tiers: Sequence[Tier]
    rates: Sequence[float]
    agents: int
    talk: float
    patience: float | None = None
    calls: int = 20_000


@dataclass(frozen=True)
class Mean:
    """A mean with its standard error, from batches of callers who followed each other."""

    value: float
    error: float

    def agrees_with(self, exact: float, errors: float = 3.0) -> bool:
        """Whether an exact value lies within so many standard errors."""
        return abs(self.value - exact) <= errors * self.error


@dataclass
class DayAtWork:
    """Plays a day; the visits are in order of arrival afterwards."""

    day: Day
    rng: Random
    state: QueueState = field(default_factory=lambda: QueueState(explains=False))
    visits: list[Visit] = field(default_factory=list)
    starts: list[str] = field(default_factory=list)
    _due: list[tuple[float, int, str, str]] = field(default_factory=list)
    _talks: dict[str, float] = field(default_factory=dict)
    _count: int = 0
    _now: float = 0.0

    def play(self) -> list[Visit]:
        """From an empty queue until the last caller is gone."""
        agents = tuple(Agent(name=f"a{number:03}", queues=(self.day.queue.name,)) for number in range(self.day.agents))
        tiers = tuple(self.day.tiers)
        self._tell(QueuesConfigured(at=MIDNIGHT, queues=(self.day.queue,), tiers=tiers, agents=agents))
        for agent in agents:
            self._tell(AgentCame(at=MIDNIGHT, agent=agent.name))
        self._plan_arrival(1)
        while self._due:
            self._now, _, what, entry = heappop(self._due)
            self._pass_time()
            self._happen(what, entry)
        return sorted(self.visits, key=lambda visit: int(visit.entry))

    def _at(self) -> datetime:
        return MIDNIGHT + timedelta(seconds=self._now)

    def _plan(self, after: float, what: str, entry: str) -> None:
        self._count += 1
        heappush(self._due, (self._now + after, self._count, what, entry))

    def _plan_arrival(self, number: int) -> None:
        if number <= self.day.calls:
            self._plan(self.rng.expovariate(sum(self.day.rates)), "arrive", str(number))

    def _pass_time(self) -> None:
        while (wake := next_wake_at(self.state)) is not None and wake <= self._at():
            self._tell(TimePassed(at=self._at()))

    def _happen(self, what: str, entry: str) -> None:
        if what == "arrive":
            self._arrive(entry)
        elif what == "give up":
            self._tell(EntryLeft(at=self._at(), entry=EntryId(entry)))
        else:
            self._tell(ContactEnded(at=self._at(), entry=EntryId(entry), talk_seconds=self._talks.pop(entry)))

    def _arrive(self, entry: str) -> None:
        day, rng = self.day, self.rng
        tier = rng.choices(day.tiers, day.rates)[0].name
        self._talks[entry] = rng.expovariate(1 / day.talk)
        if day.patience is not None:
            self._plan(rng.expovariate(1 / day.patience), "give up", entry)
        self._plan_arrival(int(entry) + 1)
        place = Place(queue=day.queue.name, tier=tier)
        self._tell(EntryJoined(at=self._at(), entry=Entry(id=EntryId(entry), joined_at=self._at(), place=place)))

    def _tell(self, event: object) -> None:
        for decision in handle(self.state, event, self._at()):  # type: ignore[arg-type]
            self._take(decision)

    def _take(self, decision: QueueDecision) -> None:
        if isinstance(decision, OfferMade):
            self.starts.append(decision.entry.id)
            self._tell(ReservationAccepted(at=self._at(), reservation=decision.reservation.id))
            self._plan(self._talks[decision.entry.id], "end", decision.entry.id)
        elif isinstance(decision, EntryClosed):
            self.visits.append(decision.visit)


def mean_of(values: Sequence[float]) -> Mean:
    """The mean without the first callers, who found an empty room."""
    steady = values[int(len(values) * _WARM_UP) :]
    size = len(steady) // _BATCHES
    batches = [sum(steady[one * size : (one + 1) * size]) / size for one in range(_BATCHES)]
    mean = sum(batches) / _BATCHES
    spread = sum((batch - mean) ** 2 for batch in batches) / (_BATCHES - 1)
    return Mean(mean, math.sqrt(spread / _BATCHES))


def waits_by_tier(visits: Sequence[Visit], tiers: Sequence[Tier]) -> list[Mean]:
    """The mean wait of each tier."""
    return [mean_of([one.waited_seconds for one in visits if one.tier == tier.name]) for tier in tiers]


def share_abandoned(visits: Sequence[Visit]) -> Mean:
    """How many gave up, of all."""
    return mean_of([float(one.ended is EntryState.ABANDONED) for one in visits])
