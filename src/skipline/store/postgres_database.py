"""A database on a PostgreSQL server, which several nodes may share."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from skipline.store.database import Database
from skipline.store.errors import StorageFailed, UnusablePlace
from skipline.store.folder import FolderLock, make_folder
from skipline.store.postgres import open_engine
from skipline.store.postgres_writer import PostgresWriter
from skipline.store.server_migration import check_revision

Result = TypeVar("Result")
CONNECTIONS = 8
_READING = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


class PostgresDatabase(Database):
    """See `Database`. Made by `Database.open`."""

    def __init__(self, url: str, engine: AsyncEngine, folder: Path, lock: FolderLock) -> None:
        self.url, self.folder, self._engine, self._lock = url, folder, engine, lock
        self._writer = PostgresWriter(engine)
        self._reading = engine.execution_options(**_READING)

    @classmethod
    async def connect(cls, url: str, folder: Path | None) -> Self:
        """Connect to a server whose database was made by `skipline migrate`. The data folder beside it is held by
        this process alone: its voice worker's socket and audio are there."""
        if folder is None:
            raise UnusablePlace("a PostgreSQL URL needs a data folder beside it, for the master key and the audio")
        make_folder(folder)
        lock, engine = FolderLock(folder), open_engine(url, CONNECTIONS)
        try:
            await check_revision(engine)
        except BaseException:
            await engine.dispose()
            lock.release()
            raise
        return cls(url, engine, folder, lock)

    def _put(
        self, work: Callable[[sa.Connection], Any], *, is_urgent: bool = True, is_first: bool = False
    ) -> "asyncio.Future[Any]":
        return self._writer.put(work, is_urgent=is_urgent, is_first=is_first)

    async def _get(self, work: Callable[[sa.Connection], Result]) -> Result:
        try:
            try:
                return await self._read(work)
            except sa.exc.DBAPIError as failure:
                if not failure.connection_invalidated:
                    raise
                return await self._read(work)  # the server was restarted since the connection was used last
        except (OSError, sa.exc.TimeoutError, sa.exc.DBAPIError) as failure:
            if isinstance(failure, sa.exc.DBAPIError) and not failure.connection_invalidated:
                raise
            raise StorageFailed(f"the database does not answer: {getattr(failure, 'orig', failure)}") from failure

    async def _read(self, work: Callable[[sa.Connection], Result]) -> Result:
        async with self._reading.begin() as connection:
            return await connection.run_sync(work)

    async def close(self) -> None:
        await self._writer.close()
        await self._engine.dispose()
        self._lock.release()
