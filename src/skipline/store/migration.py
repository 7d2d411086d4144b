"""Brings a database to the schema of this Skipline: all of it or, when anything fails, none.

A SQLite folder has one process, so it is migrated when it is opened, after a copy was put beside it. A database that
several nodes share is migrated by a command instead (`server_migration.py`), never by a node that starts.
"""

import os
from pathlib import Path

import sqlalchemy as sa

from skipline.store import sqlite
from skipline.store.backup import copy_database
from skipline.store.errors import UnusablePlace
from skipline.store.folder import DATABASE_NAME, FolderLock, make_folder
from skipline.store.revision import MIGRATIONS, read_revision, refuse_newer
from skipline.store.schema import NEWEST_REVISION, metadata

_ALEMBIC_VERSION = sa.Table(
    "alembic_version",
    sa.MetaData(naming_convention={"pk": "%(table_name)s_pkc"}),  # as Alembic itself makes it
    sa.Column("version_num", sa.String(32), primary_key=True),
)


def migrate(folder: Path) -> str | None:
    """Make or migrate the database of a data folder whose Skipline is stopped; gives the revision it had before.

    Raises what `bring_up_to_date` raises, and `FolderInUse`.
    """
    make_folder(folder)
    with FolderLock(folder):
        return bring_up_to_date(folder / DATABASE_NAME)


def bring_up_to_date(file: Path) -> str | None:
    """Make or migrate the database `file`; gives the revision it had before (None: it was new).

    Raises `SchemaIsNewer` when a newer Skipline made it, `UnusablePlace` when it is damaged or not ours.
    """
    _make_private(file)
    found = read_revision(file)
    if found == NEWEST_REVISION:
        return found
    if found is None:
        make_fresh(file)
        return None
    refuse_newer(found)
    copy_database(file, file.with_name(f"{file.stem}.before-{NEWEST_REVISION}.db"))
    climb(file)
    return found


def make_fresh(file: Path) -> None:
    """Make all tables of today at once; a test proves that climbing leads to the same.

    So a first start need not load Alembic, which costs it 0.2 s and 10 MB.
    """
    engine = sqlite.migrating_engine(file)
    with engine.begin() as connection:
        metadata.create_all(connection)
        _ALEMBIC_VERSION.create(connection)
        connection.execute(sa.insert(_ALEMBIC_VERSION).values(version_num=NEWEST_REVISION))
    engine.dispose()


def climb(file: Path, to: str = "head") -> None:
    """Carry out the migrations that a database has not seen, in one transaction."""
    engine = sqlite.migrating_engine(file)
    with engine.begin() as connection:
        run_migrations(connection, to)
        if broken := connection.execute(sa.text("PRAGMA foreign_key_check")).first():
            raise UnusablePlace(f"migrating {file} would break rows of {broken[0]}, so nothing was changed: report it")
    engine.dispose()


def run_migrations(connection: sa.Connection, to: str = "head") -> None:
    """Climb to a revision, the newest by default, within the transaction of `connection`."""
    from alembic import command  # loaded only when there is something to migrate
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, to)


def _make_private(file: Path) -> None:
    # SQLite gives its -wal and -shm files the mode of the database file.
    try:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as refusal:
        raise UnusablePlace(f"{file} cannot be written to ({refusal.strerror}): choose another folder") from refusal
