"""What the run store's works on SQLite share: their statements, and the moment at which they happen."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from skipline.model.durable import RunStatus
from skipline.store.statements import load_plain

SQL = load_plain("durable_sqlite")


@dataclass(frozen=True, slots=True)
class Moment:
    """The database's present at a work, and the end of a lease that begins now, also as they are written."""

    at: datetime
    present: str
    lease_end: str


def do(driver: sqlite3.Connection, name: str, **values: Any) -> None:
    """Carry out the statement `name`."""
    driver.execute(SQL[name], values)


def first(driver: sqlite3.Connection, name: str, **values: Any) -> tuple[Any, ...] | None:
    """The first row that the statement `name` gives; all of it is carried out."""
    rows: Iterator[tuple[Any, ...]] = iter(driver.execute(SQL[name], values).fetchall())
    return next(rows, None)


def moment_of(driver: sqlite3.Connection, lease: timedelta) -> Moment:
    """The present, as the database knows it."""
    (present,) = driver.execute(SQL["clock"]).fetchone()
    at = datetime.fromisoformat(present).replace(tzinfo=UTC)
    return Moment(at, written(at), written(at + lease))


def written(at: datetime) -> str:
    """A time as the rows have it: texts that sort as times do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def holding(owner: str | None, now: Moment) -> dict[str, Any]:
    """The columns of a run that is held from now on, or that anybody may take."""
    if owner is None:
        return {"status": RunStatus.READY, "due_at": now.present, "owner": None, "attempts": 0}
    return {"status": RunStatus.RUNNING, "due_at": now.lease_end, "owner": owner, "attempts": 1}
