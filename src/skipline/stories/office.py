"""The real queues in a story: they decide as they do in earnest, by the clock of the story."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from skipline.centre.lines import Standing
from skipline.flow.names import QueueView, queue_figures
from skipline.model.ids import EntryId
from skipline.model.queue_events import AgentPaused, AgentReady, AnyQueueEvent, QueueDecision, TimePassed
from skipline.model.queueing import Estimate
from skipline.queue.explain import ExplainedEntry, explain_entry, position_of
from skipline.queue.figures import figures_of
from skipline.queue.handle import handle, next_wake_at
from skipline.queue.state import QueueState
from skipline.queue.stay import Stay
from skipline.stories.script import QueueLine, Story


class StoryOffice:
    """Keeps the queues of one story. `now` is to be set before anything is asked."""

    def __init__(self, story: Story) -> None:
        self.now = story.at
        self._lines: Mapping[str, QueueLine] = story.queues
        self.state = QueueState(prefix="offer", estimate_of=self._estimate_of)
        self._waiting: deque[AnyQueueEvent] = deque()
        self._later: list[AgentReady] = []
        self._is_at_work = False

    def tell(self, events: Iterable[AnyQueueEvent], carry_out: Callable[[QueueDecision], None]) -> None:
        """Hand facts over, in their order, and have carried out what is decided. Facts that come of that wait their
        turn."""
        self._waiting.extend(events)
        if self._is_at_work:
            return
        self._is_at_work = True
        while self._waiting:
            for decision in handle(self.state, self._waiting.popleft(), self.now):
                carry_out(decision)
        self._is_at_work = False

    def keep_busy(self, agent: str, until: datetime) -> tuple[AnyQueueEvent, ...]:
        """Have an agent who is there serve somebody else for a while; gives what the queues are told now."""
        self._later.append(AgentReady(at=until, agent=agent))
        return (AgentPaused(at=self.now, agent=agent, reason="busy with somebody else"),)

    def pass_time(self) -> list[AnyQueueEvent]:
        """What is so now because it is late enough; nothing before `next_wake_at`."""
        due: list[AnyQueueEvent] = [one for one in self._later if one.at <= self.now]
        self._later = [one for one in self._later if one.at > self.now]
        at = next_wake_at(self.state)
        return [*due, TimePassed(at=self.now)] if at is not None and at <= self.now else due

    def next_wake_at(self) -> datetime | None:
        """When something next falls due by itself."""
        times = [next_wake_at(self.state), *(one.at for one in self._later)]
        return min((at for at in times if at is not None), default=None)

    @property
    def figures(self) -> QueueView:
        """What conditions see: the story's word, and else what is so."""
        return {name: self._figures_of(name) for name in self.state.halls}

    def standing(self, entry: EntryId) -> Standing | None:
        """Where a waiting entry stands now."""
        position, stay = position_of(self.state, entry, self.now), self.state.stays.get(entry)
        if position is None or stay is None:
            return None
        return Standing(position=position, estimate=self._estimate_of(self.state, stay, self.now))

    def explain(self, entry: EntryId) -> ExplainedEntry | None:
        """Everything about an entry that a queue has."""
        return explain_entry(self.state, entry, self.now)

    def _figures_of(self, name: str) -> dict[str, Any]:
        found, told = figures_of(self.state, name, self.now), self._lines.get(name, QueueLine())
        return queue_figures(
            waiting=_first(told.waiting, found.waiting if found else 0),
            longest_wait_seconds=_first(told.longest_wait, found.longest_wait_seconds if found else 0.0),
            agents_ready=_first(told.agents_ready, found.agents_ready if found else 0),
            agents_ready_in_writing=_first(told.agents_ready, found.agents_ready_for_messages if found else 0),
            estimated_wait_seconds=told.estimated_wait,
        )

    def _estimate_of(self, state: QueueState, stay: Stay, now: datetime) -> Estimate | None:
        seconds = self._lines.get(stay.entry.place.queue, QueueLine()).estimated_wait
        return None if seconds is None else Estimate(seconds=seconds, low=seconds, high=seconds)


def _first(told: Any, found: Any) -> Any:
    return found if told is None else told
