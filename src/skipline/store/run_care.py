"""What became of parked runs, and who did it: written once, never changed, gone with the run's record."""

from datetime import datetime

import sqlalchemy as sa

from skipline.model.durable import RunCare, RunDeed
from skipline.model.ids import RunId
from skipline.store.schema import run_care


def note(transaction: sa.Connection, run: RunId, deed: RunDeed, at: datetime, author: str = "", why: str = "") -> None:
    """Write down what was done. `author` is empty when nobody did it."""
    row = {"run_id": run, "deed": deed, "at": at, "author": author, "why": why}
    transaction.execute(sa.insert(run_care).values(row))


def read(transaction: sa.Connection, run: RunId) -> tuple[RunCare, ...]:
    """What was done about a run, the oldest first."""
    columns = (run_care.c.deed, run_care.c.at, run_care.c.author, run_care.c.why)
    rows = transaction.execute(sa.select(*columns).where(run_care.c.run_id == run).order_by(run_care.c.id))
    return tuple(RunCare(deed=RunDeed(row.deed), at=row.at, author=row.author, why=row.why) for row in rows)
