"""Lets go of what is old: a look for a few hundred rows at a time, by a reader, and a short work that deletes them.

Each kind of row is walked from the oldest on, by an index or by its key that counts up, until one is young enough to
stay. Rows that may not go whatever their age, such as a run that still waits, are passed over.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from skipline.store import runs
from skipline.store.message_schema import channel_deliveries, channel_events, media_files, messages, sendings
from skipline.store.queue_schema import entries
from skipline.store.schema import (
    call_tries,
    calls,
    durable_runs,
    inbox,
    last_known,
    outbox,
    run_care,
    voicemails,
    webhook_deliveries,
)
from skipline.store.schema import runs as run_rows

MOST_AT_ONCE = 200
"""Rows of a look and of the work after it: on the slowest disk we measured that holds other works up for 20 ms."""

_ALWAYS = sa.true()
_Also = Callable[[sa.Connection, Sequence[Any]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Rows of one table that grow old.

    `order` is how they are walked and `until` a time that grows with it: the walk ends at the first row whose time is
    young. `age` is what a row's keeping is counted from, `until` when left out; a row without one stays, and so does
    one that `may_go` does not let go. `also` deletes what belongs to rows and needs the columns `more`.
    """

    table: sa.Table
    order: tuple[sa.Column[Any], ...]
    until: sa.Column[Any]
    age: sa.Column[Any] | None = None
    walked: sa.ColumnElement[bool] = _ALWAYS
    may_go: sa.ColumnElement[bool] = _ALWAYS
    more: tuple[sa.Column[Any], ...] = ()
    also: _Also | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What a look found: rows that may go, and where the next look begins; None: all others are too young."""

    old: tuple[Any, ...]
    next_after: tuple[Any, ...] | None


def look(
    transaction: sa.Connection, kind: Kind, before: datetime, after: tuple[Any, ...] | None, most: int = MOST_AT_ONCE
) -> Look:
    """The next rows that are from a time before `before`."""
    found = transaction.execute(_wanted(kind, after).limit(most)).all()
    past = [row for row in found if row.until is None or row.until < before]
    old = tuple(row for row in past if row.may_go and row.age is not None and row.age < before)
    is_last = len(past) < most
    return Look(old, None if is_last else tuple(past[-1][: len(kind.order)]))


def delete(transaction: sa.Connection, kind: Kind, old: Sequence[Any]) -> None:
    """Delete rows that a look found, with what belongs to them."""
    if kind.also is not None:
        kind.also(transaction, old)
    key = tuple(kind.table.primary_key)
    is_one = sa.and_(*(one == sa.bindparam(f"key_{one.name}") for one in key))
    rows = [{f"key_{one.name}": getattr(row, one.name) for one in key} for row in old]
    transaction.execute(sa.delete(kind.table).where(is_one), rows)


def _wanted(kind: Kind, after: tuple[Any, ...] | None) -> sa.Select[Any]:
    age = kind.until if kind.age is None else kind.age
    told = (kind.until.label("until"), age.label("age"), kind.may_go.label("may_go"))
    places = (one.label(f"place_{number}") for number, one in enumerate(kind.order))
    wanted = sa.select(*places, *kind.table.primary_key, *told, *kind.more).where(kind.walked).order_by(*kind.order)
    if after is None:
        return wanted
    here = (sa.literal(value, one.type) for value, one in zip(after, kind.order, strict=True))
    return wanted.where(sa.tuple_(*kind.order) > sa.tuple_(*here))


def _delete_of_calls(transaction: sa.Connection, old: Sequence[Any]) -> None:
    transaction.execute(sa.delete(call_tries).where(call_tries.c.call_id.in_([row.id for row in old])))


def _delete_of_runs(transaction: sa.Connection, old: Sequence[Any]) -> None:
    runs.forget_passages(transaction, [(row.id, row.trace) for row in old])
    transaction.execute(sa.delete(run_care).where(run_care.c.run_id.in_([row.id for row in old])))


def _delete_files_of(transaction: sa.Connection, old: Sequence[Any]) -> None:
    transaction.execute(sa.delete(media_files).where(media_files.c.message_id.in_([row.id for row in old])))


_IS_ON_ITS_WAY = sa.exists().where(sendings.c.message_id == messages.c.id, sendings.c.due_at.is_not(None))
_HAS_FILES_TO_COME = sa.exists().where(media_files.c.message_id == messages.c.id, media_files.c.due_at.is_not(None))

RECORDS = (
    Kind(
        table=calls,
        order=(calls.c.arrived_at, calls.c.id),
        until=calls.c.arrived_at,
        may_go=calls.c.ended_at.is_not(None),
        also=_delete_of_calls,
    ),
    Kind(
        table=run_rows,
        order=(run_rows.c.started_at, run_rows.c.id),
        until=run_rows.c.started_at,
        age=run_rows.c.ended_at,
        more=(run_rows.c.trace,),
        also=_delete_of_runs,
    ),
    Kind(
        table=entries,
        order=(entries.c.joined_at, entries.c.id),
        until=entries.c.joined_at,
        age=entries.c.left_at,
    ),
)
"""What is on record of calls and runs: whom they were with, what was decided and why."""

VOICEMAILS = Kind(
    table=voicemails,
    order=(voicemails.c.at, voicemails.c.id),
    until=voicemails.c.at,
    more=(voicemails.c.file,),
)
"""What callers left a message. Their files go first: a row without one is told, a file without a row is found by
nobody."""

EVENTS = (
    Kind(
        table=durable_runs,
        order=(durable_runs.c.changed_at, durable_runs.c.id),
        until=durable_runs.c.changed_at,
        walked=durable_runs.c.due_at.is_(None),
    ),
    Kind(table=inbox, order=(inbox.c.id,), until=inbox.c.received_at, may_go=inbox.c.run_id.is_not(None)),
    Kind(table=outbox, order=(outbox.c.id,), until=outbox.c.settled_at),
    Kind(
        table=webhook_deliveries,
        order=(webhook_deliveries.c.received_at, webhook_deliveries.c.webhook, webhook_deliveries.c.is_accepted),
        until=webhook_deliveries.c.received_at,
    ),
)
"""What durable runs needed to go on: their last state, the events as they came in, the commands they issued."""

DELIVERIES = (
    Kind(
        table=channel_events,
        order=(channel_events.c.received_at, channel_events.c.id),
        until=channel_events.c.received_at,
        may_go=channel_events.c.due_at.is_(None),
    ),
    Kind(
        table=channel_deliveries,
        order=(channel_deliveries.c.received_at, channel_deliveries.c.id),
        until=channel_deliveries.c.received_at,
    ),
    Kind(
        table=sendings,
        order=(sendings.c.id,),
        until=sendings.c.expires_at,
        may_go=sendings.c.due_at.is_(None),
    ),
)
"""What providers of messages delivered, as it came, and what it told, with the way that messages of ours went to them.
The keys of what it told are what a repeat is recognised by."""

MESSAGES = (
    Kind(
        table=messages,
        order=(messages.c.at, messages.c.id),
        until=messages.c.at,
        may_go=~_IS_ON_ITS_WAY & ~_HAS_FILES_TO_COME,
        also=_delete_files_of,
    ),
)
"""What contacts and we wrote to each other, with what is known of its files. Contacts and conversations stay."""

ANSWERS = (
    Kind(
        table=last_known,
        order=(last_known.c.known_at, last_known.c.source, last_known.c.key),
        until=last_known.c.known_at,
    ),
)
"""What sources last said of people."""
