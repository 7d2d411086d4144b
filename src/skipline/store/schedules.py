"""How far the schedules of published flows are. What keeps a moment from starting two runs is the inbox, not this."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from skipline.model.schedule import LiveVersion, ScheduleMark
from skipline.store.schema import flows, schedules
from skipline.store.statements import load_statements

_STATEMENTS = load_statements("schedules", schedules)
Key = tuple[str, str, str]
"""A schedule's flow, cron and zone."""


def read(transaction: sa.Connection) -> tuple[tuple[LiveVersion, ...], tuple[ScheduleMark, ...]]:
    """The flows in force, and how far every schedule is, as one state."""
    wanted = sa.select(flows.c.flow, flows.c.live_version.label("version"), flows.c.updated_at.label("since"))
    live = transaction.execute(wanted.where(flows.c.live_version.is_not(None)).order_by(flows.c.flow)).mappings()
    return tuple(LiveVersion(**row) for row in live), read_marks(transaction)


def read_marks(transaction: sa.Connection) -> tuple[ScheduleMark, ...]:
    """How far every schedule is."""
    rows = transaction.execute(sa.select(schedules).order_by(*schedules.primary_key.columns)).mappings()
    return tuple(ScheduleMark(**row) for row in rows)


def begin(transaction: sa.Connection, key: Key, since: datetime) -> None:
    """Know a schedule from now on; its moments up to `since` never counted. Told again it changes nothing."""
    _STATEMENTS["begin"].write(transaction, [_named(key) | {"done_until": since}])


def advance(
    transaction: sa.Connection, key: Key, done_until: datetime, missed: int = 0, last_missed_at: datetime | None = None
) -> bool:
    """A schedule's moments up to `done_until` are done with; whether it was this node that brought it there."""
    told = {"missed": missed, "last_missed_at": last_missed_at, "done_until": done_until}
    return transaction.execute(_STATEMENTS["advance"].typed, _named(key) | told).rowcount > 0


def note_run(transaction: sa.Connection, key: Key, planned_at: datetime, run: str) -> None:
    """A run was started for a moment."""
    is_it = (schedules.c.flow == key[0], schedules.c.cron == key[1], schedules.c.zone == key[2])
    transaction.execute(sa.update(schedules).where(*is_it).values(last_planned_at=planned_at, last_run=run))


def forget(transaction: sa.Connection, keys: Iterable[Key]) -> None:
    """Forget schedules that no flow in force has; one that comes back begins anew."""
    named = sa.tuple_(schedules.c.flow, schedules.c.cron, schedules.c.zone)
    transaction.execute(sa.delete(schedules).where(named.in_(list(keys))))


def _named(key: Key) -> dict[str, object]:
    return dict(zip(("flow", "cron", "zone"), key, strict=True))
