"""PostgreSQL's own driver, for the few statements that are asked most: there SQLAlchemy's part would take longer than
the work itself."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import asyncpg

from skipline.store.postgres import connect_settings, server_url, without_nul
from skipline.store.statements import load_plain

_PARAMETER = re.compile(r"(?<![\w:]):(\w+)")


class Query(NamedTuple):
    """A statement with numbered parameters, and the names that they had."""

    sql: str
    names: tuple[str, ...]

    async def ask(self, connection: Any, **values: object) -> Sequence[Any]:
        """The rows of one execution, which is a transaction of its own unless one was begun."""
        rows: Sequence[Any] = await connection.fetch(self.sql, *(without_nul(values[name]) for name in self.names))
        return rows


def load_queries(file: str) -> dict[str, Query]:
    """The statements of `sql/{file}.sql` by name."""
    return {name: _numbered(sql) for name, sql in load_plain(file).items()}


def _numbered(sql: str) -> Query:
    names = tuple(dict.fromkeys(_PARAMETER.findall(sql)))
    return Query(_PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", sql), names)


def make_pool(url: str, connections: int) -> Any:
    """A pool of at most `connections` connections to a `postgresql://` URL. Connects when first used."""
    server = server_url(url)
    _, place = server.get_dialect()().create_connect_args(server)
    # No reset when a connection comes back: what is asked here leaves nothing behind.
    return asyncpg.create_pool(
        min_size=0, max_size=connections, reset=_leave_as_it_is, **{**place, **connect_settings()}
    )


async def _leave_as_it_is(_connection: object) -> None:
    pass
