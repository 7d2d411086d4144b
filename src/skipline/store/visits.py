"""Visits: each stay of an entry in a queue, written when all of it is over, wrap-up too. Reports count these."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack

import msgspec
import sqlalchemy as sa

from skipline.model.ids import CallId, EntryId, RunId
from skipline.model.queueing import EntryState, Estimate, Medium, Visit
from skipline.store.queue_schema import visits
from skipline.store.statements import load_statements

_VISITS = load_statements("visits", visits)
AT_ONCE = 250
"""Visits in one batch: as many as are read before others of the event loop have their turn."""


class Wanted(TypedDict, total=False):
    """Visits that are all of this; what is left out or None does not matter. `began_at` and `until` are about when the
    entry was offered: from the first on, and before the second."""

    began_at: datetime | None
    until: datetime | None
    queue: str | None
    tier: str | None
    agent: str | None
    medium: Medium | None


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Visits in the order in which they were offered; `position` is where the next batch begins, None: that is all."""

    visits: tuple[Visit, ...]
    position: tuple[datetime, int] | None = None


_CONDITIONS: dict[str, Callable[[Any], sa.ColumnElement[bool]]] = {
    "began_at": lambda at: visits.c.joined_at >= at,
    "until": lambda at: visits.c.joined_at < at,
    "queue": lambda queue: visits.c.queue == queue,
    "tier": lambda tier: visits.c.tier == tier,
    "agent": lambda agent: visits.c.agent == agent,
    "medium": lambda medium: visits.c.medium == medium,
}


def add(transaction: sa.Connection, visit: Visit) -> None:
    """Write down a stay that is over; told again it changes nothing."""
    add_all(transaction, [visit])


def add_all(transaction: sa.Connection, kept: Sequence[Visit]) -> None:
    """Write down several."""
    _VISITS["add"].write(transaction, [_row(visit) for visit in kept])


def read_batch(
    transaction: sa.Connection,
    position: tuple[datetime, int] | None = None,
    limit: int = AT_ONCE,
    **wanted: Unpack[Wanted],
) -> Batch:
    """The first visits that are all that is wanted, or the next ones after `position`."""
    conditions = [_CONDITIONS[name](value) for name, value in wanted.items() if value is not None]
    if position is not None:
        after = sa.tuple_(sa.literal(position[0], visits.c.joined_at.type), sa.literal(position[1]))
        conditions.append(sa.tuple_(visits.c.joined_at, visits.c.id) > after)
    query = sa.select(visits).where(*conditions).order_by(visits.c.joined_at, visits.c.id).limit(limit)
    rows = transaction.execute(query).all()
    last = (rows[-1].joined_at, rows[-1].id) if len(rows) == limit else None
    return Batch(visits=tuple(map(_visit, rows)), position=last)


def read_newest(transaction: sa.Connection, began_at: datetime, limit: int = AT_ONCE) -> tuple[Visit, ...]:
    """The newest visits of those offered from `began_at` on, oldest first."""
    order = (visits.c.joined_at.desc(), visits.c.id.desc())
    query = sa.select(visits).where(visits.c.joined_at >= began_at).order_by(*order).limit(limit)
    return tuple(map(_visit, reversed(transaction.execute(query).all())))


def _row(visit: Visit) -> dict[str, Any]:
    row = msgspec.structs.asdict(visit)
    told = row.pop("estimate")
    row["call_id"], row["run_id"] = row.pop("call"), row.pop("run")
    row["medium"], row["ended"] = visit.medium.value, visit.ended.value
    row["estimate_seconds"] = None if told is None else told.seconds
    row["estimate_low"] = None if told is None else told.low
    row["estimate_high"] = None if told is None else told.high
    return row


def _visit(row: sa.Row[Any]) -> Visit:
    return Visit(
        entry=EntryId(row.entry),
        queue=row.queue,
        tier=row.tier,
        medium=Medium(row.medium),
        target_seconds=row.target_seconds,
        joined_at=row.joined_at,
        left_at=row.left_at,
        ended=EntryState(row.ended),
        waited_seconds=row.waited_seconds,
        credit_seconds=row.credit_seconds,
        rang_seconds=row.rang_seconds,
        agent=row.agent,
        talk_seconds=row.talk_seconds,
        hold_seconds=row.hold_seconds,
        wrap_up_seconds=row.wrap_up_seconds,
        overflowed_to=row.overflowed_to,
        offers=row.offers,
        misses=row.misses,
        was_transferred=row.was_transferred,
        is_call_back=row.is_call_back,
        estimate=_estimate(row),
        call=CallId(row.call_id),
        run=RunId(row.run_id),
    )


def _estimate(row: sa.Row[Any]) -> Estimate | None:
    if row.estimate_seconds is None:
        return None
    return Estimate(seconds=row.estimate_seconds, low=row.estimate_low, high=row.estimate_high)
