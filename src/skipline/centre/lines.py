"""What the centre may ask the queues, wherever they are kept. It is told at once, from what is known here."""

from typing import Protocol

import msgspec

from skipline.flow.names import NO_QUEUES, QueueView
from skipline.model.ids import EntryId
from skipline.model.queueing import Estimate
from skipline.queue.explain import ExplainedEntry


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A waiting entry's place in its line (1: next) and the wait that is left; None when nobody can tell."""

    position: int
    estimate: Estimate | None = None


class Lines(Protocol):
    """The queues as the centre sees them. `figures` is what conditions may ask about each queue."""

    @property
    def figures(self) -> QueueView: ...

    def standing(self, entry: EntryId) -> Standing | None:
        """Where a waiting entry stands now; None when that is not known."""

    def explain(self, entry: EntryId) -> ExplainedEntry | None:
        """Everything about an entry that a queue has; None when that is not known."""


class Silent:
    """No queues, or none that can be asked."""

    figures = NO_QUEUES

    def standing(self, entry: EntryId) -> Standing | None:
        return None

    def explain(self, entry: EntryId) -> ExplainedEntry | None:
        return None
