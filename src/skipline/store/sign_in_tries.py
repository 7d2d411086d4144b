"""Tries to sign in that failed, by account and by network, for all nodes together.

A try counts as failed from its beginning on, so that a thousand at once are not all let through.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from skipline.model.throttle import GRUDGE, counted, wait_after
from skipline.store.exclusion import exclude_others
from skipline.store.people_schema import sign_in_tries as tries


def begin(transaction: sa.Connection, keys: Iterable[tuple[str, int]], now: datetime) -> timedelta:
    """Count a try under each key, which has so many free ones; gives how long it has to wait, and then nothing is
    counted: zero lets it through."""
    exclude_others(transaction, "sign_in_tries")
    transaction.execute(sa.delete(tries).where(tries.c.last_at < now - GRUDGE))
    known = {key: _read(transaction, key, free, now) for key, free in keys}
    wait = max((remaining for _, remaining in known.values()), default=timedelta(0))
    if wait <= timedelta(0):
        for key, (count, _) in known.items():
            _keep(transaction, key, count + 1, now)
    return max(wait, timedelta(0))


def take_back(transaction: sa.Connection, keys: Iterable[str]) -> None:
    """One try of each key was none that failed."""
    exclude_others(transaction, "sign_in_tries")
    for key in keys:
        transaction.execute(
            sa.update(tries).where(tries.c.key == key, tries.c["count"] > 0).values(count=tries.c["count"] - 1)
        )


def forget(transaction: sa.Connection, key: str) -> None:
    """Whoever it was has shown that they are who they say."""
    transaction.execute(sa.delete(tries).where(tries.c.key == key))


def _read(transaction: sa.Connection, key: str, free: int, now: datetime) -> tuple[int, timedelta]:
    """How many tries count, and how long the next has to wait."""
    row = transaction.execute(sa.select(tries.c["count"], tries.c.last_at).where(tries.c.key == key)).one_or_none()
    if row is None:
        return 0, timedelta(0)
    known, last_at = row
    count = counted(known, free, last_at, now)
    return count, last_at + wait_after(count, free) - now


def _keep(transaction: sa.Connection, key: str, count: int, now: datetime) -> None:
    values = {"count": count, "last_at": now}
    if not transaction.execute(sa.update(tries).where(tries.c.key == key).values(values)).rowcount:
        transaction.execute(sa.insert(tries).values(key=key, **values))
