"""Visits in groups: by queue, tier, agent, medium, and by the interval in which their entry was offered."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum

from skipline.metrics.intervals import Every, interval_start
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

    @property
    def order(self) -> tuple[datetime, str, str, str, str]:
        """By time, then by names."""
        begins_at = self.begins_at or datetime.min.replace(tzinfo=UTC)
        return begins_at, self.queue or "", self.tier or "", self.agent or "", self.medium or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """Tells visits apart by the dimensions of `by`."""

    by: Collection[Dimension] = ()
    every: Every = Every.HALF_HOUR
    zone: tzinfo = UTC

    def of(self, visit: Visit) -> Group:
        """The group that a visit belongs to."""
        return Group(
            begins_at=interval_start(visit.joined_at, self.every, self.zone) if Dimension.INTERVAL in self.by else None,
            queue=visit.queue if Dimension.QUEUE in self.by else None,
            tier=visit.tier if Dimension.TIER in self.by else None,
            agent=visit.agent if Dimension.AGENT in self.by else None,
            medium=visit.medium if Dimension.MEDIUM in self.by else None,
        )
