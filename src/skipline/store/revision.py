"""Which schema a database file has."""

import sqlite3
from contextlib import closing
from pathlib import Path

from skipline.store.errors import SchemaIsNewer, UnusablePlace
from skipline.store.schema import NEWEST_REVISION

MIGRATIONS = Path(__file__).parent / "migrations"


def read_revision(file: Path) -> str | None:
    """The schema revision of a database file; None when it is new and empty.

    Raises `UnusablePlace` when it is damaged, or the database of another program.
    """
    try:
        with closing(sqlite3.connect(file)) as connection:
            return _read_revision(connection, file)
    except sqlite3.DatabaseError as damage:
        raise UnusablePlace(f"{file} cannot be read ({damage}): restore a backup, or choose another folder") from damage


def _read_revision(connection: sqlite3.Connection, file: Path) -> str | None:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return None
    if "alembic_version" not in tables:
        raise UnusablePlace(f"{file} is a database of another program: choose another folder")
    row: tuple[str] | None = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return row[0] if row else None


def refuse_newer(found: str) -> None:
    """Raise `SchemaIsNewer` unless `found` is a revision that this Skipline can climb from."""
    if found == NEWEST_REVISION:
        return
    from alembic.script import ScriptDirectory  # loaded only when needed: it costs a start 0.1 s

    if found not in {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}:
        raise SchemaIsNewer(found, NEWEST_REVISION)
