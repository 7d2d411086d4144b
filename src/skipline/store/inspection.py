"""A look at a database without holding its folder, beside the server that works in it or while none does."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from skipline.store import sqlite

Result = TypeVar("Result")


def look(file: Path, work: Callable[[sa.Connection], Result]) -> Result:
    """The result of a work that only reads the database `file`, which must have the schema of this release."""
    engine = sqlite.reading_engine(file)
    try:
        with engine.begin() as transaction:
            return work(transaction)
    finally:
        engine.dispose()


def find_damage(file: Path) -> str | None:
    """The first damage that SQLite finds in the database `file`; None when it is whole."""
    try:
        with closing(sqlite3.connect(file)) as connection:
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as damage:
        return str(damage)
    return None if verdict == "ok" else str(verdict)
