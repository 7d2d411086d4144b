"""Entries: a row from joining a queue on, made whole with its reasons when it is over.

Who waits now is known by the queues, not from here. These rows tell what became of each entry, hold the call-backs that
no call carries, and remember the places that were lost by our own fault.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from skipline.model.ids import EntryId
from skipline.model.queueing import Entry, EntryState
from skipline.model.record import EntryRecord
from skipline.store.message_schema import conversation_stays
from skipline.store.queue_schema import entries, visits
from skipline.store.statements import load_statements

_ENTRIES = load_statements("entries", entries)

IS_NO_CONVERSATION = entries.c.id.not_in(sa.select(conversation_stays.c.entry))
"""Of an open entry: it is a call's, or a call-back."""


class _Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is written as one JSON value, because it is only ever read whole."""

    agent: str = ""
    waited_seconds: float = 0.0
    why: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()
    agents_considered: tuple[str, ...] = ()


def keep(transaction: sa.Connection, record: EntryRecord) -> None:
    """Write an entry down as it stands; one that is over stays as it was told first."""
    _ENTRIES["keep"].write(transaction, [_row(record)])


def read(transaction: sa.Connection, entry: EntryId) -> EntryRecord | None:
    """One entry; None when there is none."""
    row = transaction.execute(sa.select(entries).where(entries.c.id == entry)).one_or_none()
    return None if row is None else _record(row)


def open_call_backs(transaction: sa.Connection) -> tuple[EntryRecord, ...]:
    """The promises that are not kept yet, the oldest first."""
    wanted = sa.select(entries).where(entries.c.left_at.is_(None), entries.c.call_back.is_not(None))
    return tuple(map(_record, transaction.execute(wanted.order_by(entries.c.joined_at, entries.c.id))))


def close_lost(
    transaction: sa.Connection, except_ids: Collection[EntryId], now: datetime, *, joined_before: datetime
) -> int:
    """Close, as lost, each entry of a call that nobody carries any more; gives how many there were. Conversations need
    nobody to carry them."""
    is_open = sa.select(entries.c.id, entries.c.joined_at).where(
        entries.c.left_at.is_(None), entries.c.call_back.is_(None), IS_NO_CONVERSATION
    )
    held = frozenset(except_ids)
    rows = transaction.execute(is_open).all()
    lost = [id_ for id_, joined_at in rows if joined_at < joined_before and id_ not in held]
    values = {"left_at": now, "is_lost": True, "state": EntryState.CLOSED.value}
    for id_ in lost:
        transaction.execute(sa.update(entries).where(entries.c.id == id_).values(values))
    return len(lost)


def lost_since(transaction: sa.Connection, since: datetime) -> tuple[EntryRecord, ...]:
    """Entries that were lost by our own fault, the latest last."""
    wanted = sa.select(entries).where(entries.c.is_lost, entries.c.left_at >= since)
    return tuple(map(_record, transaction.execute(wanted.order_by(entries.c.left_at, entries.c.id))))


def without_visit(transaction: sa.Connection, left_since: datetime, left_before: datetime) -> tuple[EntryRecord, ...]:
    """Entries of calls that an agent had, and whose visit nobody wrote: the agent wrapped up when everything stopped.
    Those of a day are looked at."""
    has_visit = sa.exists().where(visits.c.entry == entries.c.id, visits.c.queue == entries.c.queue)
    wanted = sa.select(entries).where(
        entries.c.joined_at >= left_before - timedelta(days=1),
        entries.c.state == EntryState.CONNECTED.value,
        entries.c.left_at >= left_since,
        entries.c.left_at < left_before,
        IS_NO_CONVERSATION,
        ~has_visit,
    )
    return tuple(map(_record, transaction.execute(wanted.order_by(entries.c.joined_at, entries.c.id))))


def _row(record: EntryRecord) -> dict[str, Any]:
    told = _Told(record.agent, record.waited_seconds, record.why, record.passed_over, record.agents_considered)
    return {
        "id": record.entry.id,
        "queue": record.entry.place.queue,
        "phone": record.entry.contact_phone,
        "joined_at": record.entry.joined_at,
        "state": record.state.value,
        "left_at": record.left_at,
        "is_lost": record.is_lost,
        "body": record.entry,
        "told": told,
        "call_back": record.call_back,
    }


def _record(row: sa.Row[Any]) -> EntryRecord:
    told = msgspec.convert(row.told, _Told)
    return EntryRecord(
        entry=msgspec.convert(row.body, Entry),
        state=EntryState(row.state),
        left_at=row.left_at,
        is_lost=row.is_lost,
        call_back=row.call_back,
        **msgspec.structs.asdict(told),
    )
