"""Statements that are asked so often that they are worked out once: SQLAlchemy writes the SQL of each for a database
when it is first asked there, and from then on it goes to the driver itself.

To build, look up and wrap a statement anew costs SQLAlchemy several times what SQLite needs to carry it out. What the
values of a statement are is left to `sa.bindparam("name")`; types of columns write and read them as everywhere else.
A list of values has no place in such a statement: carry it out once for each, with `do_all`.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

Row = Mapping[str, Any]
_Translate = Callable[[Any], Any]


class _Ready(NamedTuple):
    """A statement as one database's driver takes it."""

    sql: str
    names: tuple[str, ...]
    constants: dict[str, Any]
    writers: tuple[tuple[str, _Translate], ...]
    readers: tuple[tuple[int, _Translate], ...]
    kind: type | None

    def parameters(self, values: Row) -> list[Any]:
        given = {**self.constants, **values}
        for name, write in self.writers:
            given[name] = write(given[name])
        return [given[name] for name in self.names]

    def row(self, found: Sequence[Any]) -> Any:
        values = list(found)
        for place, read in self.readers:
            values[place] = read(values[place])
        assert self.kind is not None  # noqa: S101  # the statement gives rows
        return self.kind(*values)


class Prepared:
    """A statement whose values are given each time by their names."""

    def __init__(self, statement: sa.Select[Any] | sa.Insert | sa.Update | sa.TextualSelect) -> None:
        self._statement = statement
        self._ready: dict[str, _Ready] = {}

    def all(self, transaction: sa.Connection, **values: Any) -> list[Any]:
        """The rows that it gives, with an attribute for each column."""
        ready = self._on(transaction.dialect)
        return [ready.row(one) for one in _ask(transaction, ready.sql, ready.parameters(values))]

    def first(self, transaction: sa.Connection, **values: Any) -> Any:
        """The first row, or None."""
        return next(iter(self.all(transaction, **values)), None)

    def value(self, transaction: sa.Connection, **values: Any) -> Any:
        """The first column of the first row, or None."""
        row = self.first(transaction, **values)
        return None if row is None else attrgetter(row.__struct_fields__[0])(row)

    def do(self, transaction: sa.Connection, **values: Any) -> None:
        """Carry it out, of which nothing comes back."""
        ready = self._on(transaction.dialect)
        _ask(transaction, ready.sql, ready.parameters(values), has_rows=False)

    def do_all(self, transaction: sa.Connection, rows: Sequence[Row]) -> None:
        """Carry it out once for each row."""
        ready = self._on(transaction.dialect)
        if rows:
            _ask_many(transaction, ready.sql, [ready.parameters(row) for row in rows])

    def _on(self, dialect: sa.Dialect) -> _Ready:
        ready = self._ready.get(dialect.name)
        if ready is None:
            ready = self._ready[dialect.name] = _work_out(self._statement, dialect)
        return ready


def _ask(transaction: sa.Connection, sql: str, parameters: Sequence[Any], *, has_rows: bool = True) -> Sequence[Any]:
    cursor = transaction.connection.cursor()
    try:
        cursor.execute(sql, parameters)
        return cursor.fetchall() if has_rows else []
    except Exception as problem:
        raise _as_everywhere(transaction, cursor, sql, problem) from problem
    finally:
        cursor.close()


def _ask_many(transaction: sa.Connection, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    cursor = transaction.connection.cursor()
    try:
        cursor.executemany(sql, rows)
    except Exception as problem:
        raise _as_everywhere(transaction, cursor, sql, problem) from problem
    finally:
        cursor.close()


def _as_everywhere(transaction: sa.Connection, cursor: Any, sql: str, problem: Exception) -> Exception:
    """A driver's exception as SQLAlchemy raises it, which those who handle it know; others as they are."""
    dialect: Any = transaction.dialect  # each driver has exceptions of its own
    known = dialect.loaded_dbapi.Error
    if not isinstance(problem, known):
        return problem
    is_lost: bool = dialect.is_disconnect(problem, transaction.connection, cursor)
    if is_lost:
        transaction.invalidate(problem)
    told = {"hide_parameters": True, "connection_invalidated": is_lost, "dialect": dialect}
    raised: Exception = sa.exc.DBAPIError.instance(sql, None, problem, known, **told)
    return raised


def _work_out(statement: Any, dialect: sa.Dialect) -> _Ready:
    compiled = statement.compile(dialect=dialect)
    names = tuple(compiled.positiontup or ())
    types = {name: bind.type for name, bind in compiled.binds.items()}
    writers = ((name, _writer_of(types[name], dialect)) for name in set(names))
    columns = list(statement.exported_columns) if _gives_rows(statement) else []
    readers = (
        (place, one.type.dialect_impl(dialect).result_processor(dialect, None)) for place, one in enumerate(columns)
    )
    return _Ready(
        sql=compiled.string,
        names=names,
        constants={name: bind.value for name, bind in compiled.binds.items() if not bind.required},
        writers=tuple((name, write) for name, write in writers if write is not None),
        readers=tuple((place, read) for place, read in readers if read is not None),
        kind=_row_kind(columns) if columns else None,
    )


def _gives_rows(statement: Any) -> bool:
    return isinstance(statement, sa.Select | sa.TextualSelect) or bool(statement._returning)  # noqa: SLF001


def _row_kind(columns: Sequence[Any]) -> type:
    return msgspec.defstruct("Row", [str(one.key) for one in columns], gc=False)


def _writer_of(type_: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> _Translate | None:
    write: _Translate | None = type_.dialect_impl(dialect).bind_processor(dialect)
    if dialect.name != "postgresql" or not isinstance(type_, sa.String):
        return write
    from skipline.store.postgres import without_nul  # loaded by those alone who use it

    return without_nul if write is None else lambda value: without_nul(write(value))


class Changes:
    """Updates of one row of a table by its primary key, whichever of its columns change."""

    def __init__(self, table: sa.Table) -> None:
        self._table = table
        self._prepared: dict[tuple[str, ...], Prepared] = {}

    def do(self, transaction: sa.Connection, key: Sequence[Any], values: Row) -> None:
        """Set columns of the row with a key."""
        names = tuple(values)
        prepared = self._prepared.get(names)
        if prepared is None:
            prepared = self._prepared[names] = self._prepare(names)
        prepared.do(transaction, **values, **{f"key_{place}": part for place, part in enumerate(key)})

    def _prepare(self, names: Sequence[str]) -> Prepared:
        key = (column == sa.bindparam(f"key_{place}") for place, column in enumerate(self._table.primary_key))
        return Prepared(sa.update(self._table).where(*key).values({name: sa.bindparam(name) for name in names}))


def insertion(table: sa.Table, *names: str, **worked_out: sa.ColumnElement[Any]) -> Prepared:
    """What puts rows into a table with these columns; `worked_out` are those that the database works out."""
    given: dict[str, Any] = {name: sa.bindparam(name) for name in names}
    return Prepared(sa.insert(table).values({**given, **worked_out}).inline())
