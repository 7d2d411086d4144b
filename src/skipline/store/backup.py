"""Copies of a whole database, made while it is in use.

The master key of the vault is not part of a copy: keep it elsewhere, or the secrets in the copy stay closed.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path


def copy_database(source: Path, target: Path) -> None:
    """Write one consistent state of the database `source` to the file `target`, replacing it only when complete.

    Readers and the writer of `source` go on meanwhile: the copy reads one state of the write-ahead log.
    """
    unfinished = target.with_name(f".{target.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        _copy(source, unfinished)
        sync(unfinished)
        unfinished.replace(target)
        sync(target.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(target)) as writing:
        reading.backup(writing)
        # A copy is one file that any reader opens, without a write-ahead log beside it.
        writing.execute("PRAGMA journal_mode=DELETE")


def sync(path: Path) -> None:
    """Wait until a file, or a folder's list of files, is on the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
