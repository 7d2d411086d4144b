"""Questions to queues that are kept in this process, answered at once."""

from collections.abc import Iterator, Mapping
from typing import Any

from skipline.base.clock import Clock
from skipline.centre.lines import Standing
from skipline.flow.names import QueueView, queue_figures
from skipline.model.ids import EntryId
from skipline.model.queueing import Estimate
from skipline.queue.explain import ExplainedEntry, explain_entry, position_of
from skipline.queue.figures import figures_of
from skipline.queue.state import QueueState


class LocalLines:
    """Answers from the state itself."""

    def __init__(self, state: QueueState, clock: Clock) -> None:
        self._state, self._clock = state, clock

    @property
    def figures(self) -> QueueView:
        """Every queue's figures, each worked out when a condition asks for it."""
        return _Figures(self._state, self._clock)

    def standing(self, entry: EntryId) -> Standing | None:
        """Where a waiting entry stands now."""
        now = self._clock()
        position = position_of(self._state, entry, now)
        return None if position is None else Standing(position=position, estimate=self.estimate(entry))

    def estimate(self, entry: EntryId) -> Estimate | None:
        """How long a waiting entry is still expected to wait; None when nobody can say."""
        stay, estimate_of = self._state.stays.get(entry), self._state.estimate_of
        if stay is None or estimate_of is None or stay.is_with_agent:
            return None
        return estimate_of(self._state, stay, self._clock())

    def explain(self, entry: EntryId) -> ExplainedEntry | None:
        """Everything about an entry that a queue has."""
        return explain_entry(self._state, entry, self._clock())


class _Figures(Mapping[str, Mapping[str, Any]]):
    def __init__(self, state: QueueState, clock: Clock) -> None:
        self._state, self._clock = state, clock

    def __getitem__(self, name: str) -> Mapping[str, Any]:
        found = figures_of(self._state, name, self._clock())
        if found is None:
            raise KeyError(name)
        return queue_figures(
            waiting=found.waiting,
            longest_wait_seconds=found.longest_wait_seconds,
            agents_ready=found.agents_ready,
            agents_ready_in_writing=found.agents_ready_for_messages,
            estimated_wait_seconds=None if found.estimate is None else found.estimate.seconds,
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._state.halls)

    def __len__(self) -> int:
        return len(self._state.halls)
