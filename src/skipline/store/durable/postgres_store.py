"""The run store on a PostgreSQL server that several nodes may share."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, Self, TypeVar

import structlog
from sqlalchemy.exc import DBAPIError

from skipline.model.durable import Claim, Outgoing
from skipline.model.ids import RunId
from skipline.store.database import Database
from skipline.store.durable import postgres
from skipline.store.durable.run_store import RunStore
from skipline.store.durable.writing import Asked, Ended, Ingested
from skipline.store.errors import StorageFailed
from skipline.store.postgres import open_engine
from skipline.store.postgres_database import PostgresDatabase

Result = TypeVar("Result")
CONNECTIONS = 6
"""Two batches of each of two kinds, one that claims, one that listens."""
_RECONNECT_SECONDS = 2
_log = structlog.get_logger()


class PostgresRunStore(RunStore):
    """See `RunStore`. Other nodes tell of runs that are due; who does not hear finds them by looking."""

    def __init__(self, database: PostgresDatabase, lease: timedelta, most_attempts: int) -> None:
        super().__init__(database, lease, most_attempts)
        # No ping before each use: a batch that meets a dead connection is carried out again on a new one.
        self._engine = open_engine(database.url, CONNECTIONS, is_pinged=False)
        self._listening: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, database: Database, lease: timedelta, most_attempts: int) -> Self:
        if not isinstance(database, PostgresDatabase):
            raise TypeError(f"{type(database).__name__} is not a PostgreSQL")
        store = cls(database, lease, most_attempts)
        store._listening = asyncio.create_task(store._listen(), name="skipline-run-listener")
        return store

    async def claim(self, owner: str, most: int) -> tuple[list[Claim], list[RunId]]:
        return await self._run(
            partial(postgres.claim, owner=owner, most=most, lease=self.lease, most_attempts=self.most_attempts)
        )

    async def take_commands(self, owner: str, most: int) -> list[Outgoing]:
        return await self._run(partial(postgres.take_commands, owner=owner, most=most, lease=self.lease))

    async def close(self) -> None:
        await super().close()
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait({self._listening})
        await self._engine.dispose()

    async def _ingest_all(self, asked: list[Asked]) -> list[Ingested]:
        return await self._run(partial(postgres.ingest_all, asked=asked, lease=self.lease))

    async def _commit_all(self, ended: list[Ended]) -> list[tuple[bool, bool]]:
        return await self._run(partial(postgres.commit_all, ended=ended, lease=self.lease))

    async def _run(self, work: Callable[..., Result]) -> Result:
        try:
            async with self._engine.begin() as connection:
                return await connection.run_sync(work)
        except (OSError, DBAPIError) as failure:
            why = getattr(failure, "orig", failure)
            raise StorageFailed(f"the database did not confirm what was written: {why}") from failure

    async def _listen(self) -> None:
        """Hear of runs that other nodes made due, on a connection of our own, again after each loss of it."""
        while True:
            try:
                await self._listen_until_lost()
            except (OSError, DBAPIError, ConnectionError) as trouble:
                _log.warning("run_listener_lost", why=str(trouble))
            self.runs_due.set()
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _listen_until_lost(self) -> None:
        is_lost = asyncio.Event()
        async with self._engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            driver.add_termination_listener(lambda _: is_lost.set())
            await driver.add_listener(postgres.CHANNEL, self._wake)
            try:
                await is_lost.wait()
            finally:
                if not driver.is_closed():
                    await driver.remove_listener(postgres.CHANNEL, self._wake)

    def _wake(self, *_: object) -> None:
        self.runs_due.set()
