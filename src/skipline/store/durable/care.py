"""What is done to durable runs and commands now and then, the same on every database."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from skipline.model.durable import Claim, DurableSummary, Outgoing, RunDeed, RunStatus
from skipline.model.ids import RunId
from skipline.model.run import Outcome
from skipline.store import run_care, runs
from skipline.store.clock import FOREVER, read_clock
from skipline.store.durable.standing import SUMMARY_COLUMNS, summary_of
from skipline.store.durable.writing import read_run
from skipline.store.schema import durable_runs, inbox, outbox

HOLDERS_DIED = "the process ended in the middle of this turn, again and again"
_MOST_LISTED = 500


def give_back(
    transaction: sa.Connection, held: Claim, problem: str, retry_after: timedelta, most_attempts: int
) -> RunStatus | None:
    """Let a run go whose turn failed: to be tried again later, or parked after `most_attempts`. An empty problem: its
    holders died.

    None: it was not ours any more.
    """
    present = read_clock(transaction)
    why = problem or sa.func.coalesce(sa.func.nullif(durable_runs.c.problem, ""), HOLDERS_DIED)
    if held.attempts >= most_attempts:
        return _park(transaction, held, why, most_attempts, present)
    later = {"status": RunStatus.READY, "due_at": present + retry_after, "owner": None}
    changed = {**later, "problem": why, "changed_at": present}
    return RunStatus.READY if transaction.execute(_held(held).values(changed)).rowcount else None


def _park(transaction: sa.Connection, held: Claim, why: Any, attempts: int, present: datetime) -> RunStatus | None:
    """A person should look; until then its conversation waits. The record shows how far it came."""
    parked = {"status": RunStatus.PARKED, "due_at": FOREVER, "owner": None, "problem": why}
    changed = {**parked, "attempts": attempts, "changed_at": present}
    problem = transaction.scalar(_held(held).values(changed).returning(durable_runs.c.problem))
    if problem is None:
        return None
    runs.keep_all(transaction, [read_run(held.state).run])
    run_care.note(transaction, held.run, RunDeed.PARKED, present, why=problem)
    return RunStatus.PARKED


def release(transaction: sa.Connection, run: RunId, author: str = "", why: str = "") -> bool:
    """Let a parked run try again at once; whether it was parked."""
    present = read_clock(transaction)
    again = {"status": RunStatus.READY, "due_at": present, "attempts": 0, "changed_at": present}
    is_released = transaction.execute(_parked(run).values(again)).rowcount > 0
    if is_released:
        run_care.note(transaction, run, RunDeed.RELEASED, present, author, why)
    return is_released


def give_up(transaction: sa.Connection, run: RunId, author: str = "", why: str = "") -> bool:
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
    run_care.note(transaction, run, RunDeed.GIVEN_UP, present, author, why)
    return True


def find(transaction: sa.Connection, status: RunStatus | None = None) -> tuple[DurableSummary, ...]:
    """Live runs, or those of one status, the one due first before the others."""
    of_status = durable_runs.c.due_at.is_not(None) if status is None else durable_runs.c.status == status
    wanted = sa.select(*SUMMARY_COLUMNS).where(of_status).order_by(durable_runs.c.due_at, durable_runs.c.id)
    return tuple(summary_of(row) for row in transaction.execute(wanted.limit(_MOST_LISTED)).mappings())


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


def _held(claim: Claim) -> sa.Update:
    is_held = (durable_runs.c.id == claim.run, durable_runs.c.rev == claim.rev, durable_runs.c.owner == claim.owner)
    return sa.update(durable_runs).where(*is_held)


def _parked(run: RunId) -> sa.Update:
    is_parked = (durable_runs.c.id == run, durable_runs.c.status == RunStatus.PARKED)
    return sa.update(durable_runs).where(*is_parked)


def _held_command(outgoing: Outgoing) -> sa.Update:
    is_held = (outbox.c.id == outgoing.id, outbox.c.owner == outgoing.owner, outbox.c.due_at.is_not(None))
    return sa.update(outbox).where(*is_held)
