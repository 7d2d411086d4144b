"""Asks databases. The only file of this piece that opens anything.

Each database has a small pool of its own, opened when it is first asked. The transaction is read-only, and the server
itself ends it at the limit.
"""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from skipline.base.sentence import say
from skipline.model.lookup import HttpResponse, NoResponse, SqlQuery
from skipline.sources.sql.statement import with_plain_texts

_POOL_SIZE = 5
_OPCODES_BETWEEN_LOOKS = 1_000


class Driver:
    """Carries statements to databases; `close` before the loop ends."""

    def __init__(self) -> None:
        self._engines: dict[str, AsyncEngine] = {}

    async def carry(self, query: SqlQuery, seconds: float) -> HttpResponse:
        """The rows as a JSON list, in the shape of a response. Raises `NoResponse` in words without anything of the
        question or the data in them."""
        try:
            rows = await (self._read_file if query.database.startswith("sqlite:") else self._read_server)(
                query, seconds
            )
        except (sqlite3.Error, sa.exc.SQLAlchemyError, OSError, TimeoutError) as trouble:
            raise NoResponse(_words(trouble), may_retry=False) from trouble
        return HttpResponse(status=200, body=msgspec.json.encode(rows, enc_hook=str))

    async def close(self) -> None:
        """Close every connection."""
        for engine in self._engines.values():
            await engine.dispose()
        self._engines.clear()

    async def _read_file(self, query: SqlQuery, seconds: float) -> list[dict[str, Any]]:
        deadline = asyncio.get_running_loop().time() + seconds
        return await asyncio.to_thread(_read_sqlite, query, deadline, asyncio.get_running_loop().time)

    async def _read_server(self, query: SqlQuery, seconds: float) -> list[dict[str, Any]]:
        async with asyncio.timeout(seconds), self._engine(query.database).connect() as connection:
            await connection.execute(sa.text(f"set local statement_timeout = {max(1, int(seconds * 1000))}"))
            result = await connection.stream(sa.text(with_plain_texts(query.statement)), query.parameters)
            rows = [dict(row) for row in await result.mappings().fetchmany(query.most_rows)]
            await result.close()
            return rows

    def _engine(self, address: str) -> AsyncEngine:
        engine = self._engines.get(address)
        if engine is None:
            _, _, rest = address.partition("://")
            engine = self._engines[address] = create_async_engine(
                f"postgresql+asyncpg://{rest}",
                poolclass=AsyncAdaptedQueuePool,
                pool_size=_POOL_SIZE,
                max_overflow=0,
                connect_args={"server_settings": {"default_transaction_read_only": "on"}},
                hide_parameters=True,
            )
        return engine


def _read_sqlite(query: SqlQuery, deadline: float, clock: Any) -> list[dict[str, Any]]:
    path = unquote(urlsplit(query.database).path)[1:]
    with closing(sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True)) as connection:
        connection.set_progress_handler(lambda: int(clock() > deadline), _OPCODES_BETWEEN_LOOKS)
        connection.row_factory = sqlite3.Row
        cursor = connection.execute(query.statement, query.parameters)
        return list(_named(cursor.fetchmany(query.most_rows)))


def _named(rows: list[sqlite3.Row]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {name: row[name] for name in row.keys()}  # noqa: SIM118  a Row iterates over its values


def _words(trouble: Exception) -> str:
    told = str(getattr(trouble, "orig", trouble)).lower()
    if isinstance(trouble, TimeoutError) or "interrupted" in told or "timeout" in told:
        return say("did not answer in time")
    if "read-only" in told or "readonly" in told:
        return say("refused to write: sources only read")
    if isinstance(trouble, OSError) or "unable to open" in told or "connect" in told:
        return say("cannot be opened: check the address and that it is there")
    return say("did not take the statement ({error})", error=type(trouble).__name__)
