"""Where the queues are kept. This one keeps them in the process itself: one node, one routing group.

The centre tells facts and takes decisions as values, so an office on another node can take the place of this one: it
has the facts sent there, and brings the decisions back. What the centre asks at once (`Lines`) is answered from what is
known here.
"""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Protocol

import structlog

from skipline.base.clock import Clock
from skipline.centre.lines import Lines
from skipline.host.alarms import Alarms
from skipline.host.queue_lines import LocalLines
from skipline.model.queue_events import AnyQueueEvent, QueueDecision, TimePassed
from skipline.queue.handle import handle, next_wake_at
from skipline.queue.state import QueueState

log = structlog.get_logger(__name__)

_NEXT = "next"


class QueueOffice(Protocol):
    """The queues, wherever they are. `lines` answers the centre's questions at once."""

    @property
    def lines(self) -> Lines: ...

    def tell(self, events: Iterable[AnyQueueEvent]) -> None:
        """Hand facts over, in their order. What is decided comes back by itself, in its order."""


class LocalOffice:
    """Queues in this process. `decided` is called with each decision while the fact that led to it is taken."""

    def __init__(self, *, clock: Clock, decided: Callable[[QueueDecision], None], prefix: str) -> None:
        self.state = QueueState(prefix=prefix)
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
