"""The intervals of a report, as the clock on the wall of a place has them."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum


class Every(StrEnum):
    """How long an interval is. Contact centres plan by the half hour."""

    QUARTER_HOUR = "15m"
    HALF_HOUR = "30m"
    HOUR = "1h"
    DAY = "1d"


_MINUTES = {Every.QUARTER_HOUR: 15, Every.HALF_HOUR: 30, Every.HOUR: 60}


def interval_start(at: datetime, every: Every, zone: tzinfo) -> datetime:
    """When the interval of `at` began, in UTC: the hour that a clock shows twice in autumn is two intervals."""
    local = at.astimezone(zone)
    if every is Every.DAY:
        return datetime.combine(local.date(), time.min, zone).astimezone(UTC)
    into = timedelta(minutes=local.minute % _MINUTES[every], seconds=local.second, microseconds=local.microsecond)
    return at.astimezone(UTC) - into


def next_start(start: datetime, every: Every, zone: tzinfo) -> datetime:
    """When the interval after the one from `start` begins."""
    if every is Every.DAY:
        # A day has 23 to 25 hours, so 26 hours later it is the next one's small hours.
        return interval_start(start + timedelta(hours=26), every, zone)
    return start + timedelta(minutes=_MINUTES[every])


def cut(began_at: datetime, ended_at: datetime, every: Every, zone: tzinfo) -> Iterator[tuple[datetime, float]]:
    """The intervals that a stretch of time lies in, each with the seconds of it that do."""
    start = interval_start(began_at, every, zone)
    while began_at < ended_at:
        after = next_start(start, every, zone)
        until = min(after, ended_at)
        yield start, (until - began_at).total_seconds()
        start, began_at = after, until
