"""What a report is asked for: of which time, of whom, and against which thresholds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Query

from skipline.api.errors import Refused
from skipline.api.queries import After
from skipline.api.services import Running
from skipline.metrics.intervals import Every
from skipline.metrics.tally import Thresholds
from skipline.model.queueing import Medium, Queue, Visit

_LONGEST = timedelta(days=400)


class TargetOf(StrEnum):
    """Whose target time T is."""

    QUEUE = "queue"
    CONTACT = "contact"


class Format(StrEnum):
    """How a report is written."""

    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Span:
    """The time of a report, and the clock that its intervals follow."""

    begins_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    every: Every


@dataclass(frozen=True, slots=True)
class Only:
    """Whom a report is about; None: it does not matter."""

    queue: str | None = None
    tier: str | None = None
    agent: str | None = None
    medium: Medium | None = None


Limits = Callable[[Visit], Thresholds]
_Name = Annotated[str | None, Query(description="only those of this name")]


def _span(
    services: Running,
    begins_at: Annotated[After | None, Query(alias="from", description="offered from this time on; a day ago")] = None,
    until: Annotated[After | None, Query(description="offered before this time; now")] = None,
    zone: Annotated[str, Query(description="whose clock intervals follow, such as `Europe/Amsterdam`")] = "UTC",
    every: Annotated[Every, Query(description="how long an interval is")] = Every.HALF_HOUR,
) -> Span:
    ends_at = until or services.clock()
    span = Span(begins_at or ends_at - timedelta(days=1), ends_at, _zone(zone), every)
    if not timedelta(0) < span.ends_at - span.begins_at <= _LONGEST:
        raise Refused(422, "not_understood", f"from: it must be before until, by {_LONGEST.days} days at most.")
    return span


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError) as unknown:
        raise Refused(422, "not_understood", f"zone: {name} is none; write one such as Europe/Madrid.") from unknown


def _only(queue: _Name = None, tier: _Name = None, agent: _Name = None, medium: Medium | None = None) -> Only:
    return Only(queue, tier, agent, medium)


def _limits(
    services: Running,
    target_of: Annotated[
        TargetOf, Query(description="whose target is T: the queue's service level time, or the contact's own target")
    ] = TargetOf.QUEUE,
    target_seconds: Annotated[float | None, Query(gt=0, description="T for everybody instead")] = None,
    short_seconds: Annotated[float | None, Query(ge=0, description="S for everybody; the queue's")] = None,
) -> Limits:
    queues = {queue.name: queue for queue in services.workspace.configuration.queues}

    def limits_of(visit: Visit) -> Thresholds:
        queue = queues.get(visit.queue) or Queue(name=visit.queue)
        own = visit.target_seconds if target_of is TargetOf.CONTACT else queue.service_level_seconds
        short = queue.short_abandon_seconds if short_seconds is None else short_seconds
        return Thresholds(target_seconds=target_seconds or own, short_abandon_seconds=short)

    return limits_of


OfTime = Annotated[Span, Depends(_span)]
OfWhom = Annotated[Only, Depends(_only)]
Against = Annotated[Limits, Depends(_limits)]
Written = Annotated[Format | None, Query(description="`csv`, or send `Accept: text/csv`")]
"""Parameters by which a route learns what was asked for."""
