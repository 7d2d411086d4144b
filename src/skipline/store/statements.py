"""The hot statements: SQL in named files, each with a comment, read once when its module is loaded.

A file holds statements that each begin with a line `-- name: NAME`. A parameter `:started_at` takes the type of the
table's column of that name, so times and JSON are written the same way as everywhere else.
"""

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from importlib.resources import files
from typing import Any

import sqlalchemy as sa

Row = Mapping[str, Any]

_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)
_PARAMETER = re.compile(r"(?<![\w:]):(\w+)")
_COMMENT = re.compile(r"--[^\n]*\n")


class Statement:
    """A statement that writes rows into one table and gives nothing back."""

    def __init__(self, sql: str, table: sa.Table) -> None:
        self._sql, self._table = sql, table
        self._names = dict.fromkeys(_PARAMETER.findall(sql))
        self._writers: dict[str, Callable[[Any], Any]] | None = None

    def write(self, transaction: sa.Connection, rows: Sequence[Row]) -> None:
        """Carry it out once for each row."""
        if not rows:
            return
        if transaction.dialect.name == "sqlite":
            # To the driver itself: SQLAlchemy's own part would take as long as all the rest.
            driver_of(transaction).executemany(self._sql, self._written(rows, transaction.dialect))
        else:
            transaction.execute(self.typed, list(rows))

    @cached_property
    def typed(self) -> sa.TextClause:
        """The statement as SQLAlchemy takes it, with parameters of the columns' types."""
        types = (sa.bindparam(name, type_=self._table.c[name].type) for name in self._names)
        return sa.text(self._sql).bindparams(*types)

    def _written(self, rows: Sequence[Row], dialect: sa.Dialect) -> list[Row]:
        """The rows as the driver takes them: times and JSON as text."""
        if self._writers is None:
            types = ((name, self._table.c[name].type.dialect_impl(dialect)) for name in self._names)
            found = ((name, type_.bind_processor(dialect)) for name, type_ in types)
            self._writers = {name: write for name, write in found if write is not None}
        writers = self._writers.items()
        return [{**row, **{name: write(row[name]) for name, write in writers}} for row in rows]


def driver_of(transaction: sa.Connection) -> sqlite3.Connection:
    """The SQLite driver's own connection."""
    driver: sqlite3.Connection = transaction.connection.driver_connection  # type: ignore[assignment]
    return driver


def load_statements(file: str, table: sa.Table) -> dict[str, Statement]:
    """The statements of `sql/{file}.sql` by name, with parameters typed by the columns of `table`."""
    return {name: Statement(sql, table) for name, sql in load_plain(file).items()}


def load_plain(file: str) -> dict[str, str]:
    """The statements of `sql/{file}.sql` by name as they stand, for a driver of its own."""
    written = files("skipline.store").joinpath("sql", f"{file}.sql").read_text("utf-8")
    _, *parts = _NAME.split(written)
    return {name: _COMMENT.sub("", sql).strip().rstrip(";") for name, sql in zip(parts[::2], parts[1::2], strict=True)}
