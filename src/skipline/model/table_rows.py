"""Finding a row of a small table by its key."""

from functools import lru_cache
from typing import Any

from skipline.base.value_types import write_plain
from skipline.model.configuration import Table


def find_row(table: Table, key: object) -> dict[str, Any] | None:
    """The first row whose key column is `key`; upper and lower case and spaces around it do not count."""
    return None if key is None else _index(_Rows(table)).get(_comparable(key))


class _Rows:
    """A table as a cache key by identity: a table never changes, it is replaced."""

    __slots__ = ("table",)

    def __init__(self, table: Table) -> None:
        self.table = table

    def __hash__(self) -> int:
        return id(self.table)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Rows) and other.table is self.table


@lru_cache(maxsize=64)
def _index(rows: _Rows) -> dict[str, dict[str, Any]]:
    table = rows.table
    return {_comparable(row[table.key]): row for row in reversed(table.rows) if row.get(table.key) is not None}


def _comparable(key: object) -> str:
    return write_plain(key).strip().casefold()
