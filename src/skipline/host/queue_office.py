"""Where the queues are kept. This one keeps them in the process itself: one node, one routing group.

The centre tells facts and takes decisions as values, so an office on another node can take the place of this one: it
has the facts sent there, and brings back the decisions about entries of its own node (`Entry.node`) and about every
agent. What the centre asks at once (`Lines`) is answered from what is known here.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import structlog

from skipline.base.clock import Clock
from skipline.centre.lines import Lines
from skipline.host.alarms import Alarms
from skipline.host.queue_lines import LocalLines
from skipline.model.ids import EntryId
from skipline.model.queue_events import AnyQueueEvent, QueueDecision, TimePassed
from skipline.model.queueing import Estimate, Visit
from skipline.queue.estimate.forecaster import Forecaster
from skipline.queue.explain import ExplainedEntry
from skipline.queue.figures import Displacement, QueueFigures, displacements, figures_of
from skipline.queue.handle import handle, next_wake_at
from skipline.queue.lists import (
    AgentStanding,
    TierFigures,
    WaitingEntry,
    agent_standing,
    agent_standings,
    tier_figures,
    waiting_entries,
)
from skipline.queue.state import QueueState

log = structlog.get_logger(__name__)

_NEXT = "next"


class QueueOffice(Protocol):
    """The queues, wherever they are. `lines` answers the centre's questions at once; people who watch can wait for
    theirs, because the answer may have to come from another node."""

    @property
    def lines(self) -> Lines: ...

    def tell(self, events: Iterable[AnyQueueEvent]) -> None:
        """Hand facts over, in their order. What is decided comes back by itself, in its order."""

    def learn(self, visits: Iterable[Visit]) -> None:
        """Have estimates learn from what was written down before they began."""

    async def explain(self, entry: EntryId) -> ExplainedEntry | None:
        """Everything about an entry that a queue has."""

    async def estimate(self, entry: EntryId) -> Estimate | None:
        """How long a waiting entry is still expected to wait."""

    async def figures(self, queue: str) -> QueueFigures | None:
        """A queue in figures; None when there is no such queue."""

    async def tiers(self, queue: str) -> Sequence[TierFigures]:
        """Each tier of a queue in figures."""

    async def displacements(self, queue: str) -> Sequence[Displacement]:
        """What a queue's order moved between its tiers, by hour."""

    async def waiting(self, queue: str, most: int) -> Sequence[WaitingEntry]:
        """The first of a queue, in the order in which they would be taken."""

    async def agents(self, queue: str | None = None) -> Sequence[AgentStanding]:
        """Every agent, or those of one queue, by name."""

    async def agent(self, name: str) -> AgentStanding | None:
        """What one agent does; None when there is nobody of this name."""


class LocalOffice:
    """Queues in this process. `decided` is called with each decision while the fact that led to it is taken."""

    def __init__(self, *, clock: Clock, decided: Callable[[QueueDecision], None], prefix: str) -> None:
        self.state = QueueState(prefix=prefix)
        self.forecaster = Forecaster()
        self.forecaster.attach(self.state)
        self.lines = LocalLines(self.state, clock)
        self._clock, self._decided = clock, decided
        self._waiting: deque[AnyQueueEvent] = deque()
        self._is_at_work = False
        self._alarms = Alarms(clock, self._pass_time)

    def tell(self, events: Iterable[AnyQueueEvent]) -> None:
        """Take facts one after another. Decisions may bring new facts while they are carried out: those come after."""
        self._waiting.extend(events)
        if self._is_at_work:
            return
        self._is_at_work = True
        try:
            while self._waiting:
                self._take(self._waiting.popleft())
        finally:
            self._is_at_work = False
        self._alarms.set(_NEXT, next_wake_at(self.state))

    def learn(self, visits: Iterable[Visit]) -> None:
        self.forecaster.recall(visits)

    async def explain(self, entry: EntryId) -> ExplainedEntry | None:
        return self.lines.explain(entry)

    async def estimate(self, entry: EntryId) -> Estimate | None:
        return self.lines.estimate(entry)

    async def figures(self, queue: str) -> QueueFigures | None:
        return figures_of(self.state, queue, self._clock())

    async def tiers(self, queue: str) -> Sequence[TierFigures]:
        return tier_figures(self.state, queue, self._clock())

    async def displacements(self, queue: str) -> Sequence[Displacement]:
        return displacements(self.state, queue)

    async def waiting(self, queue: str, most: int) -> Sequence[WaitingEntry]:
        return waiting_entries(self.state, queue, self._clock(), most)

    async def agents(self, queue: str | None = None) -> Sequence[AgentStanding]:
        return agent_standings(self.state, queue)

    async def agent(self, name: str) -> AgentStanding | None:
        return agent_standing(self.state, name)

    def _take(self, event: AnyQueueEvent) -> None:
        try:
            decisions = handle(self.state, event, self._clock())
        except Exception:
            # A fact that cannot be is a fault of ours. The others are served on.
            log.exception("queue_event_not_handled", kind=type(event).__name__)
            return
        for decision in decisions:
            self._decided(decision)

    def _pass_time(self, _key: str) -> None:
        self.tell([TimePassed(at=self._clock())])
