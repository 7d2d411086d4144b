"""What a node that is gone left open, where several nodes share a database: closed as lost by those who live."""

from datetime import datetime

import sqlalchemy as sa

from skipline.model.call import EndedBy
from skipline.model.events import CallEnded
from skipline.model.ids import CallId
from skipline.model.queueing import EntryState
from skipline.model.record import EntryRecord
from skipline.model.run import Outcome
from skipline.store import calls as call_records
from skipline.store import entries as entry_records
from skipline.store.queue_schema import entries
from skipline.store.schema import calls, runs


def close_calls(transaction: sa.Connection, node: str, now: datetime) -> int:
    """End the calls that a node carried, and their runs; gives how many calls."""
    open_calls = sa.select(calls.c.id).where(calls.c.ended_at.is_(None), calls.c.node == node)
    lost = transaction.scalars(open_calls).all()
    for call in lost:
        of_call = (runs.c.call_id == call, runs.c.ended_at.is_(None))
        transaction.execute(sa.update(runs).where(*of_call).values(ended_at=now, outcome=Outcome.LOST))
        ended = CallEnded(at=now, call=CallId(call), by=EndedBy.LOST, reason="Skipline stopped during the call")
        call_records.end(transaction, ended)
    return len(lost)


def close_entries(transaction: sa.Connection, node: str, now: datetime) -> int:
    """Close the entries whose calls a node carried; gives how many. Call-backs and conversations wait on."""
    is_of_node = entries.c.body["node"].as_string() == node
    is_open = (
        entries.c.left_at.is_(None),
        entries.c.call_back.is_(None),
        is_of_node,
        entry_records.IS_NO_CONVERSATION,
    )
    values = {"left_at": now, "is_lost": True, "state": EntryState.CLOSED.value}
    return transaction.execute(sa.update(entries).where(*is_open).values(values)).rowcount


def call_backs_of(transaction: sa.Connection, node: str) -> tuple[EntryRecord, ...]:
    """The call-backs that a node had promised and not yet made, the oldest first."""
    return tuple(one for one in entry_records.open_call_backs(transaction) if one.entry.node == node)
