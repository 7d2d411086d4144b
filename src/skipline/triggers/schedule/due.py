"""What is due of a schedule: the rule for moments that nobody was there for.

The latest moment since the last look is started, if it is not longer ago than the schedule's `catch_up`. The others are
missed: a flow that runs every minute is not run sixty times because a server was away for an hour.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from skipline.triggers.schedule.trigger import Schedule

IN_TIME = timedelta(minutes=1)
"""A moment so long ago counts as now, however short `catch_up` is."""

MOST_COUNTED = 1_000
"""More missed moments than this are not counted one by one."""


@dataclass(frozen=True, slots=True)
class Due:
    """`planned_at` is the moment to start a run for (None: there is none), `missed` how many others are over without
    one (at least), `last_missed_at` the latest of them."""

    planned_at: datetime | None = None
    missed: int = 0
    last_missed_at: datetime | None = None


def find_due(schedule: Schedule, done_until: datetime, now: datetime) -> Due:
    """What is to be done at `now` for the moments after `done_until`."""
    oldest = now - max(IN_TIME, timedelta(seconds=schedule.catch_up))
    passed = list(islice(_moments(schedule, done_until, oldest), MOST_COUNTED))
    *skipped, latest = [None, *_moments(schedule, max(done_until, oldest), now)]
    missed = [*passed, *filter(None, skipped)]
    return Due(latest, len(missed), missed[-1] if missed else None)


def _moments(schedule: Schedule, after: datetime, until: datetime) -> Iterator[datetime]:
    """The moments after `after`, up to and with `until`."""
    moment = schedule.next_after(after)
    while moment <= until:
        yield moment
        moment = schedule.next_after(moment)
