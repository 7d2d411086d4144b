"""A report: visits in groups, each with its own counts and times.

A visit belongs to the interval in which its entry was offered, however long it lasted. Percentiles are taken over the
visits of a group, never averaged over the groups inside it: ask for the larger group instead.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from enum import StrEnum

from skipline.metrics.intervals import Every, interval_start
from skipline.metrics.tally import Tally, Thresholds
from skipline.model.queueing import Visit


class Dimension(StrEnum):
    """What visits are told apart by."""

    QUEUE = "queue"
    TIER = "tier"
    AGENT = "agent"
    MEDIUM = "medium"
    INTERVAL = "interval"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What the visits of a row have in common; None: they need not. Nobody's visits have the agent `""`."""

    begins_at: datetime | None = None
    queue: str | None = None
    tier: str | None = None
    agent: str | None = None
    medium: str | None = None


@dataclass(slots=True, kw_only=True)
class VisitReport:
    """Groups by the dimensions of `by`; `limits_of` gives a visit's T and S."""

    by: Collection[Dimension]
    limits_of: Callable[[Visit], Thresholds]
    every: Every = Every.HALF_HOUR
    zone: tzinfo = UTC
    tallies: dict[Group, Tally] = field(default_factory=dict)

    def add(self, visits: Iterable[Visit]) -> None:
        """Count more visits."""
        for visit in visits:
            self._tally(self.group_of(visit)).add(visit, self.limits_of(visit))

    def rows(self) -> list[tuple[Group, Tally]]:
        """The groups in the order of time and names. A report of everything has one row, even when nothing happened."""
        if not self.by:
            self._tally(Group())
        return sorted(self.tallies.items(), key=_order)

    def group_of(self, visit: Visit) -> Group:
        """The row that a visit belongs to."""
        return Group(
            begins_at=interval_start(visit.joined_at, self.every, self.zone) if Dimension.INTERVAL in self.by else None,
            queue=visit.queue if Dimension.QUEUE in self.by else None,
            tier=visit.tier if Dimension.TIER in self.by else None,
            agent=visit.agent if Dimension.AGENT in self.by else None,
            medium=visit.medium if Dimension.MEDIUM in self.by else None,
        )

    def _tally(self, group: Group) -> Tally:
        found = self.tallies.get(group)
        if found is None:
            found = self.tallies[group] = Tally()
        return found


def _order(row: tuple[Group, Tally]) -> tuple[datetime, str, str, str, str]:
    group = row[0]
    begins_at = group.begins_at or datetime.min.replace(tzinfo=UTC)
    return begins_at, group.queue or "", group.tier or "", group.agent or "", group.medium or ""
