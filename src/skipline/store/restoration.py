"""The way back from a copy to a data folder."""

import sqlite3
from contextlib import closing
from pathlib import Path

from skipline.store.backup import copy_database, sync
from skipline.store.errors import UnusablePlace
from skipline.store.folder import DATABASE_NAME, FolderLock, make_folder
from skipline.store.revision import read_revision, refuse_newer

KEPT_NAME = "skipline.before-restore.db"


def restore(copy: Path, folder: Path) -> None:
    """Make `copy` the database of the data folder, whose Skipline must be stopped. It is migrated when next opened.

    Raises `UnusablePlace` when the copy is damaged or not ours, `SchemaIsNewer`, or `FolderInUse`; then the folder is
    as it was. The database that was there before, damaged or not, is kept as `skipline.before-restore.db`.
    """
    _check(copy)
    make_folder(folder)
    with FolderLock(folder):
        # Copied before anything moves: the copy may be the very file that an earlier restore set aside.
        ready = folder / ".skipline.restored.db"
        copy_database(copy, ready)
        _set_aside(folder)
        ready.rename(folder / DATABASE_NAME)
        sync(folder)


def _check(copy: Path) -> None:
    if not copy.is_file():
        raise UnusablePlace(f"{copy} is not there: give the file that `skipline backup` wrote")
    found = read_revision(copy)
    if found is None:
        raise UnusablePlace(f"{copy} is empty: give the file that `skipline backup` wrote")
    refuse_newer(found)
    with closing(sqlite3.connect(copy)) as connection:
        (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise UnusablePlace(f"{copy} is damaged ({verdict}): restore an older backup")


def _set_aside(folder: Path) -> None:
    # The log goes first: a database is whole without its newest log, a log without its database is nothing.
    for ending in ("-wal", "-shm", ""):
        (folder / f"{KEPT_NAME}{ending}").unlink(missing_ok=True)
        present = folder / f"{DATABASE_NAME}{ending}"
        if present.exists():
            present.rename(folder / f"{KEPT_NAME}{ending}")
