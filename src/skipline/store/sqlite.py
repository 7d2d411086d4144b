"""How SQLite is opened: the one place that knows its settings.

One connection writes, a few read, all in one process; with write-ahead logging they do not wait for each other.
`synchronous=FULL` waits for the disk at each commit, because "written" is a promise we make to providers and
operators; many works share a commit (see `writer.py`), so the price is paid once for all of them.
"""

import sqlite3
from pathlib import Path

import msgspec
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from skipline.store.columns import write_json

BUSY_MILLISECONDS = 10_000
_FIRST_SAFE_VERSION = (3, 51, 3)


def version_warning() -> str | None:
    """A sentence for the log when the linked SQLite still has the WAL-reset defect fixed in 3.51.3.

    It needs two connections that write or checkpoint at once; we have one, so this is no reason to stop.
    """
    if sqlite3.sqlite_version_info >= _FIRST_SAFE_VERSION:
        return None
    return (
        f"SQLite {sqlite3.sqlite_version} is older than 3.51.3, which fixed a rare corruption when two programs write "
        "one file: Skipline writes with one connection only; keep other programs from writing to its database"
    )


def writing_engine(file: Path) -> sa.Engine:
    """Transactions that take the write lock when they begin, so that none fails half-way for want of it."""
    return _engine(file, begin="BEGIN IMMEDIATE", settings=("PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON"))


def reading_engine(file: Path) -> sa.Engine:
    """Transactions that see one unchanging state and can change nothing."""
    return _engine(file, begin="BEGIN", settings=("PRAGMA query_only=ON",))


def migrating_engine(file: Path) -> sa.Engine:
    """As for writing, but foreign keys rest: SQLite changes a table by making it anew."""
    return _engine(file, begin="BEGIN IMMEDIATE", settings=("PRAGMA synchronous=FULL",))


def _engine(file: Path, *, begin: str, settings: tuple[str, ...]) -> sa.Engine:
    engine = sa.create_engine(
        "sqlite://",
        creator=lambda: _connect(file, settings),
        poolclass=NullPool,
        json_serializer=write_json,
        json_deserializer=msgspec.json.decode,
        hide_parameters=True,  # they are people's numbers and names, and errors are logged
    )
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _connect(file: Path, settings: tuple[str, ...]) -> sqlite3.Connection:
    # The driver's own transactions are off (isolation_level None): ours begin by the engine's "begin" event.
    connection = sqlite3.connect(
        file, timeout=BUSY_MILLISECONDS / 1000, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    for setting in ("PRAGMA journal_mode=WAL", *settings):
        connection.execute(setting)
    return connection
