"""Calls as they were: how each arrived, which targets were tried, how it ended."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from skipline.model.call import Call, EndedBy, TargetTry
from skipline.model.events import CallEnded
from skipline.model.ids import CallId, CommandId
from skipline.model.record import CallPage, CallRecord
from skipline.store.paging import newest_first, page_size, write_cursor
from skipline.store.schema import call_tries, calls
from skipline.store.statements import load_statements

_CALLS = load_statements("calls", calls)
_TRIES = load_statements("call_tries", call_tries)


def start(transaction: sa.Connection, call: Call, node: str = "") -> None:
    """Write down that a call arrived, and which node carries it where there are several; told again by the same one it
    changes nothing."""
    row = {"id": call.id, "arrived_at": call.arrived_at, "phone": call.from_, "body": call, "node": node}
    _CALLS["start"].write(transaction, [row])


def add_tries(transaction: sa.Connection, call: CallId, command: CommandId, tries: Sequence[TargetTry]) -> None:
    """Write down the attempts of one forward, in their order; told again it changes nothing."""
    rows = [
        {"call_id": call, "command": command, "position": position, "body": attempt}
        for position, attempt in enumerate(tries)
    ]
    _TRIES["add"].write(transaction, rows)


def end(transaction: sa.Connection, ended: CallEnded) -> None:
    """Write down that a call is over. A later end changes nothing, unless the call was only taken for lost."""
    row = {"id": ended.call, "ended_at": ended.at, "ended_by": ended.by, "code": ended.code, "reason": ended.reason}
    _CALLS["end"].write(transaction, [row])


def read(transaction: sa.Connection, call: CallId) -> CallRecord | None:
    """One call with its tries in order; None when there is no such call."""
    row = transaction.execute(sa.select(calls).where(calls.c.id == call)).one_or_none()
    return None if row is None else _record(row, _tries(transaction, call))


def find(
    transaction: sa.Connection, *, phone: str | None = None, cursor: str | None = None, limit: int = 50
) -> CallPage:
    """Calls from `phone` (all when None), newest first."""
    wanted = sa.select(calls)
    if phone is not None:
        wanted = wanted.where(calls.c.phone == phone)
    rows = transaction.execute(newest_first(wanted, calls.c.arrived_at, calls.c.id, cursor=cursor, limit=limit)).all()
    page = rows[: page_size(limit)]
    next_cursor = write_cursor(page[-1].arrived_at, page[-1].id) if len(rows) > len(page) else None
    return CallPage(calls=tuple(_record(row) for row in page), next_cursor=next_cursor)


def last_over(transaction: sa.Connection, trunk: str, after: datetime) -> datetime | None:
    """When a call last arrived over a trunk; None when none did later than `after`."""
    wanted = sa.select(calls.c.arrived_at).where(calls.c.arrived_at > after, calls.c.body["trunk"].as_string() == trunk)
    found: datetime | None = transaction.scalar(wanted.order_by(calls.c.arrived_at.desc()).limit(1))
    return found


def close_lost(
    transaction: sa.Connection, except_ids: Collection[CallId], now: datetime, *, arrived_before: datetime | None = None
) -> tuple[CallId, ...]:
    """End, as lost, each open call that nobody carries any more; gives their ids."""
    # The time is compared here, so that the database takes the index of open rows, however many there are in all.
    is_open = sa.select(calls.c.id, calls.c.arrived_at).where(calls.c.ended_at.is_(None))
    rows, held = transaction.execute(is_open).all(), frozenset(except_ids)
    lost = tuple(CallId(id_) for id_, arrived_at in rows if arrived_at < (arrived_before or now) and id_ not in held)
    for call in lost:
        end(transaction, CallEnded(at=now, call=call, by=EndedBy.LOST, reason="Skipline stopped during the call"))
    return lost


def _tries(transaction: sa.Connection, call: CallId) -> tuple[TargetTry, ...]:
    # Ids of commands sort as they were made, so the tries of a first forward come before those of a second.
    order = (call_tries.c.command, call_tries.c.position)
    written = sa.select(call_tries.c.body).where(call_tries.c.call_id == call).order_by(*order)
    return tuple(msgspec.convert(body, TargetTry) for body in transaction.scalars(written))


def _record(row: sa.Row[Any], tries: tuple[TargetTry, ...] = ()) -> CallRecord:
    return CallRecord(
        call=msgspec.convert(row.body, Call),
        ended_at=row.ended_at,
        ended_by=None if row.ended_by is None else EndedBy(row.ended_by),
        code=row.code,
        reason=row.reason,
        tries=tries,
    )
