"""One entry's stay in one queue, from joining to the end of its wrap-up."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from skipline.model.queueing import Entry, EntryState, Estimate, Medium
from skipline.queue.alarms import Alarm
from skipline.queue.grade import Grade
from skipline.queue.instants import Instant, Span
from skipline.queue.tables import EntryMove, move_entry

if TYPE_CHECKING:
    from skipline.queue.line import Line
    from skipline.queue.offer import Offer
    from skipline.queue.seat import Seat

_WITH_AGENT = frozenset({EntryState.CONNECTED, EntryState.WRAPPING})


@dataclass(slots=True, eq=False)
class Stay:
    """What is known of an entry while it is with us.

    `since` is its effective arrival: when it joined, less its credit. `stage` counts the preferences that are over and
    `stage_began_at` is when the present one began; `refused` says until when an agent who refused it is not asked
    again. `came_from` are the queues that it gave up on. What it waited before `wait_began_at` is in `waited`: an entry
    that was taken and came back waits twice.
    """

    entry: Entry
    grade: Grade
    joined_at: Instant
    since: Instant
    wait_began_at: Instant
    stage_began_at: Instant
    state: EntryState = EntryState.WAITING
    line: "Line | None" = None
    offer: "Offer | None" = None
    seat: "Seat | None" = None
    alarm: Alarm | None = None
    stage: int = 0
    refused: dict[str, Instant] = field(default_factory=dict)
    came_from: frozenset[str] = frozenset()
    spared_until: Instant = 0
    """Until when it does not matter to it that nobody is signed in."""
    is_new: bool = True
    """Whether it was neither offered nor held against the overflow rules yet."""
    estimate: Estimate | None = None
    why: tuple[str, ...] = ()
    offers: int = 0
    misses: int = 0
    waited: Span = 0
    rang: Span = 0
    left_at: Instant = 0
    """When it last left the wait: by an answer, or by giving up."""
    wrap_up_began_at: Instant = 0
    talk_seconds: float = 0.0
    hold_seconds: float = 0.0
    was_transferred: bool = False
    started_at: Instant | None = None
    turn_at: Instant | None = None
    """When it started, and when it would have in order of arrival; see `displacement`."""

    @property
    def medium(self) -> Medium:
        """What kind of room it takes up."""
        return self.entry.place.medium

    @property
    def is_with_agent(self) -> bool:
        """Whether an agent has it, be it to wrap up."""
        return self.state in _WITH_AGENT

    def move(self, move: EntryMove) -> bool:
        """Change its state by the table, and the queue's counters with it; False when the move is late or repeated."""
        after = move_entry(self.state, move)
        if after is None:
            return False
        self.grade.hall.count(self.grade.tier, self.state, after)
        self.state = after
        return True

    def begin_wait(self, at: Instant) -> None:
        """It waits from `at` on, for the first time or again."""
        self.wait_began_at = at

    def end_wait(self, at: Instant) -> None:
        """Its wait is over, by an answer or by giving up."""
        self.waited += max(0, at - self.wait_began_at)
        self.left_at = max(at, self.wait_began_at)

    @property
    def waits_since(self) -> Instant:
        """Since when it has waited, had it never been taken in between."""
        return self.wait_began_at - self.waited

    def waited_by(self, at: Instant) -> Span:
        """How long it has waited in all, without credit."""
        return self.waited if self.is_with_agent else self.waited + max(0, at - self.wait_began_at)
