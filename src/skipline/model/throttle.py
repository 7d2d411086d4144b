"""How long somebody who signs in has to wait after tries that failed."""

from datetime import datetime, timedelta

FREE_FOR_ACCOUNT = 5
"""Tries at one name before anybody has to wait who tries it."""
FREE_FOR_NETWORK = 20
"""Tries from one address, at whatever names."""
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(minutes=15)
"""How long failed tries count while they were few enough to be free."""
GRUDGE = timedelta(days=1)
"""How long they count once they were not: waits that grow must not begin anew after each."""


def wait_after(count: int, free: int) -> timedelta:
    """How long after the last of `count` failed tries the next may come: 1, 2, 4, 8, then 15 minutes each."""
    if count < free:
        return timedelta(0)
    grown: timedelta = FIRST_WAIT * 2 ** min(count - free, 10)
    return min(LONGEST_WAIT, grown)


def counted(count: int, free: int, last_at: datetime, now: datetime) -> int:
    """How many of `count` failed tries still count."""
    forgotten_after = FORGOTTEN_AFTER if count < free else GRUDGE
    return 0 if now - last_at >= forgotten_after else count
