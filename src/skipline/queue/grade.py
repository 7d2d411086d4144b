"""Entries that age alike."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from skipline.queue.instants import SECOND, Instant, Span

if TYPE_CHECKING:
    from skipline.queue.hall import Hall

Key = tuple[int, float, int, Instant, str]
"""Where an entry stands, lowest first: past its maximum wait or not, policy's figure, tier, effective arrival, id."""
Figure = Callable[["Grade", Instant, Instant], float]
"""A policy: (grade, effective arrival, now) to the figure that the entries of a queue are ordered by, lowest first."""

PAST_MAX_WAIT, IN_TIME = 0, 1


@dataclass(slots=True, eq=False, kw_only=True)
class Grade:
    """One queue's entries of one tier, target and maximum wait. Their order is that of their effective arrival (arrival
    less credit) at any time and by any policy, so only the first of each line can be the next.

    `rank` 0 is the highest tier. `kept_idle` is how many agents are kept idle for the tiers above. `label` names the
    tier in sentences.
    """

    hall: "Hall"
    tier: str
    rank: int
    target: Span
    max_wait: Span | None
    head_start: Span
    kept_idle: int
    figure: Figure
    label: str = field(init=False)
    target_seconds: float = field(init=False)

    def __post_init__(self) -> None:
        self.label = f" ({self.tier})" if self.tier else ""
        self.target_seconds = self.target / SECOND

    def is_overdue(self, since: Instant, now: Instant) -> bool:
        """Whether an entry that arrived, in effect, at `since` is past its maximum wait."""
        return self.max_wait is not None and now >= since + self.max_wait

    def key(self, since: Instant, entry: str, now: Instant) -> Key:
        """The order of an entry among others: overdue ones first, the longest overdue before the others; then by the
        policy. Ties go to the higher tier, then to the earlier effective arrival, then to the lower id."""
        if self.max_wait is not None and now >= since + self.max_wait:
            return PAST_MAX_WAIT, since + self.max_wait, self.rank, since, entry
        return IN_TIME, self.figure(self, since, now), self.rank, since, entry

    def urgency(self, since: Instant, now: Instant) -> float:
        """The share of its target that an entry has used up."""
        return (now - since) / self.target
