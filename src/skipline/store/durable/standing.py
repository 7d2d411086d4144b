"""Where a durable run stands: what is wrong with it, what it still wants done, and what was done about it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from skipline.model.durable import DurableSummary, OpenCommand, RunStatus, Standing
from skipline.model.ids import RunId
from skipline.store import run_care
from skipline.store.clock import FOREVER
from skipline.store.durable.writing import read_command, read_run
from skipline.store.schema import durable_runs, outbox

SUMMARY_COLUMNS = tuple(durable_runs.c[name] for name in DurableSummary.__struct_fields__)


def read_standing(transaction: sa.Connection, run: RunId) -> Standing | None:
    """Where a run stands; None when it needs a call, or was over so long ago that this is forgotten."""
    wanted = sa.select(*SUMMARY_COLUMNS, durable_runs.c.state).where(durable_runs.c.id == run)
    row = transaction.execute(wanted).mappings().one_or_none()
    if row is None:
        return None
    found = {name: row[name] for name in DurableSummary.__struct_fields__}
    step, care = read_run(row["state"]).run.step, run_care.read(transaction, run)
    return Standing(summary=summary_of(found), step=step, commands=_open_commands(transaction, run), care=care)


def summary_of(row: Any) -> DurableSummary:
    """A row of `SUMMARY_COLUMNS` in words for people."""
    due_at = None if row["due_at"] == FOREVER else row["due_at"]
    return DurableSummary(**{**row, "status": RunStatus(row["status"]), "due_at": due_at})


def _open_commands(transaction: sa.Connection, run: RunId) -> tuple[OpenCommand, ...]:
    columns = (outbox.c.command, outbox.c.attempts, outbox.c.problem, outbox.c.due_at)
    is_open = (outbox.c.run_id == run, outbox.c.due_at.is_not(None))
    rows = transaction.execute(sa.select(*columns).where(*is_open).order_by(outbox.c.id))
    return tuple(_command(*row) for row in rows)


def _command(command: str, attempts: int, problem: str, due_at: datetime) -> OpenCommand:
    issued, is_awaited = read_command(command)
    return OpenCommand(issued=issued, attempts=attempts, problem=problem, due_at=due_at, is_awaited=is_awaited)
