"""What is done to durable runs and commands now and then, the same on every database."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from skipline.model.durable import Claim, DurableSummary, Outgoing, RunStatus
from skipline.model.ids import RunId
from skipline.model.run import Outcome
from skipline.store import runs
from skipline.store.clock import FOREVER, read_clock
from skipline.store.durable.writing import read_run
from skipline.store.schema import durable_runs, inbox, outbox

_MOST_LISTED = 500


def renew(transaction: sa.Connection, held: Sequence[Claim], lease: timedelta) -> set[RunId]:
    """Put the ends of leases off; gives the runs that are still held, whatever was saved of them meanwhile."""
    lease_end = read_clock(transaction) + lease
    kept: set[RunId] = set()
    for claim in held:
        is_held = (durable_runs.c.id == claim.run, durable_runs.c.owner == claim.owner)
        if transaction.execute(sa.update(durable_runs).where(*is_held).values(due_at=lease_end)).rowcount:
            kept.add(claim.run)
    return kept


def give_back(
    transaction: sa.Connection, held: Claim, problem: str, retry_after: timedelta, most_attempts: int
) -> RunStatus | None:
    """Let a run go whose turn failed: to be tried again later, or parked after `most_attempts`.

    None: it was not ours any more.
    """
    present = read_clock(transaction)
    is_hopeless = held.attempts >= most_attempts
    status = RunStatus.PARKED if is_hopeless else RunStatus.READY
    due_at = FOREVER if is_hopeless else present + retry_after
    changed = {"status": status, "due_at": due_at, "owner": None, "problem": problem, "changed_at": present}
    return status if transaction.execute(_held(held).values(changed)).rowcount else None


def release(transaction: sa.Connection, run: RunId) -> bool:
    """Let a parked run try again at once; whether it was parked."""
    present = read_clock(transaction)
    again = {"status": RunStatus.READY, "due_at": present, "attempts": 0, "changed_at": present}
    return transaction.execute(_parked(run).values(again)).rowcount > 0


def give_up(transaction: sa.Connection, run: RunId) -> bool:
    """End a parked run as failed; whether it was parked. Events that wait in its conversation want a run of their own
    and get none: who gives a run up answers for them."""
    present = read_clock(transaction)
    over = {"status": RunStatus.DONE, "due_at": None, "changed_at": present}
    row = transaction.execute(_parked(run).values(over).returning(durable_runs.c.state)).one_or_none()
    if row is None:
        return False
    ended = read_run(row.state).run
    ended.ended_at, ended.outcome = present, Outcome.FAILED
    runs.keep_all(transaction, [ended])
    of_conversation = sa.select(durable_runs.c.conversation).where(durable_runs.c.id == run).scalar_subquery()
    unwanted = (inbox.c.run_id.is_(None), inbox.c.conversation == of_conversation)
    transaction.execute(sa.update(inbox).where(*unwanted).values(run_id=""))
    return True


def find(transaction: sa.Connection, status: RunStatus | None = None) -> tuple[DurableSummary, ...]:
    """Live runs, or those of one status, the one due first before the others."""
    of_status = durable_runs.c.due_at.is_not(None) if status is None else durable_runs.c.status == status
    columns = [durable_runs.c[name] for name in DurableSummary.__struct_fields__]
    wanted = sa.select(*columns).where(of_status).order_by(durable_runs.c.due_at, durable_runs.c.id)
    return tuple(_summary(row) for row in transaction.execute(wanted.limit(_MOST_LISTED)).mappings())


def settle(transaction: sa.Connection, outgoing: Outgoing, problem: str = "") -> bool:
    """A command is carried out, or given up because of `problem`; whether it was still ours."""
    present = read_clock(transaction)
    settled = {"due_at": None, "owner": None, "settled_at": present, "problem": problem}
    return transaction.execute(_held_command(outgoing).values(settled)).rowcount > 0


def put_off(transaction: sa.Connection, outgoing: Outgoing, problem: str, retry_after: timedelta) -> bool:
    """A command failed and is tried again later; whether it was still ours."""
    later = {"due_at": read_clock(transaction) + retry_after, "owner": None, "problem": problem}
    return transaction.execute(_held_command(outgoing).values(later)).rowcount > 0


def reclaim(transaction: sa.Connection) -> None:
    """Let everything that is held be due now. Only for a database whose holders are known to be dead."""
    present = read_clock(transaction)
    is_held = durable_runs.c.status == RunStatus.RUNNING
    transaction.execute(sa.update(durable_runs).where(is_held).values(due_at=present))
    transaction.execute(sa.update(outbox).where(outbox.c.owner.is_not(None)).values(due_at=present))


def forget_older(transaction: sa.Connection, before: datetime) -> int:
    """Delete finished runs, used events and settled commands of a time before; gives how many rows that were.

    An event that is forgotten is taken for new when it is delivered again, so keep them longer than senders repeat.
    """
    old = (
        sa.delete(durable_runs).where(durable_runs.c.due_at.is_(None), durable_runs.c.changed_at < before),
        sa.delete(inbox).where(inbox.c.run_id.is_not(None), inbox.c.received_at < before),
        sa.delete(outbox).where(outbox.c.due_at.is_(None), outbox.c.settled_at < before),
    )
    return sum(transaction.execute(statement).rowcount for statement in old)


def _held(claim: Claim) -> sa.Update:
    is_held = (durable_runs.c.id == claim.run, durable_runs.c.rev == claim.rev, durable_runs.c.owner == claim.owner)
    return sa.update(durable_runs).where(*is_held)


def _parked(run: RunId) -> sa.Update:
    is_parked = (durable_runs.c.id == run, durable_runs.c.status == RunStatus.PARKED)
    return sa.update(durable_runs).where(*is_parked)


def _held_command(outgoing: Outgoing) -> sa.Update:
    is_held = (outbox.c.id == outgoing.id, outbox.c.owner == outgoing.owner, outbox.c.due_at.is_not(None))
    return sa.update(outbox).where(*is_held)


def _summary(row: Any) -> DurableSummary:
    due_at = None if row["due_at"] == FOREVER else row["due_at"]
    return DurableSummary(**{**row, "status": RunStatus(row["status"]), "due_at": due_at})
