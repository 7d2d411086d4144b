"""The run store on a PostgreSQL server that several nodes may share."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import asyncpg
import structlog

from skipline.model.durable import Claim, Outgoing
from skipline.model.ids import RunId
from skipline.store.database import Database
from skipline.store.durable import postgres
from skipline.store.durable.run_store import RunStore
from skipline.store.durable.writing import Asked, Ended, Ingested, Settlement
from skipline.store.errors import StorageFailed
from skipline.store.postgres_database import PostgresDatabase
from skipline.store.postgres_driver import make_pool

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
CONNECTIONS = 8
"""Two batches of each of three kinds, one that claims, one that listens."""
_RECONNECT_SECONDS = 2
_TROUBLES = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
_log = structlog.get_logger()


class PostgresRunStore(RunStore):
    """See `RunStore`. Other nodes tell of runs that are due; who does not hear finds them by looking."""

    def __init__(self, database: PostgresDatabase, lease: timedelta, most_attempts: int) -> None:
        super().__init__(database, lease, most_attempts)
        # No ping before each use: a batch that meets a dead connection is carried out again on a new one.
        self._pool = make_pool(database.url, CONNECTIONS)
        self._listening: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, database: Database, lease: timedelta, most_attempts: int) -> Self:
        if not isinstance(database, PostgresDatabase):
            raise TypeError(f"{type(database).__name__} is not a PostgreSQL")
        store = cls(database, lease, most_attempts)
        await store._pool
        store._listening = asyncio.create_task(store._listen(), name="skipline-run-listener")
        return store

    async def take_commands(self, owner: str, most: int) -> list[Outgoing]:
        return await self._run(postgres.take_commands, owner, most, self.lease)

    async def renew(self, held: Sequence[Claim]) -> set[RunId]:
        return await self._run(postgres.renew, held, self.lease)

    async def close(self) -> None:
        await super().close()
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait({self._listening})
        await self._pool.close()

    async def _ingest_all(self, asked: list[Asked]) -> list[Ingested]:
        return await self._run(postgres.ingest_all, asked, self.lease)

    async def _commit_all(self, ended: list[Ended]) -> list[tuple[bool, bool]]:
        return await self._run(postgres.commit_all, ended, self.lease)

    async def _settle_all(self, settled: list[Settlement]) -> list[bool]:
        return await self._run(postgres.settle_all, settled)

    async def _claim(self, owner: str, most: int) -> list[Claim]:
        return await self._run(postgres.claim, owner, most, self.lease)

    async def _run(
        self,
        work: Callable[Concatenate[Any, Arguments], Awaitable[Result]],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        try:
            async with self._pool.acquire() as connection:
                return await work(connection, *args, **kwargs)
        except _TROUBLES as failure:
            raise StorageFailed(f"the database did not confirm what was written: {failure}") from failure

    async def _listen(self) -> None:
        """Hear of runs that other nodes made due, on a connection of our own, again after each loss of it."""
        while True:
            try:
                await self._listen_until_lost()
            except _TROUBLES as trouble:
                _log.warning("run_listener_lost", why=str(trouble))
            self.runs_due.set()
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _listen_until_lost(self) -> None:
        is_lost = asyncio.Event()
        async with self._pool.acquire() as connection:
            connection.add_termination_listener(lambda _: is_lost.set())
            await connection.add_listener(postgres.CHANNEL, self._wake)
            try:
                await is_lost.wait()
            finally:
                if not connection.is_closed():
                    await connection.remove_listener(postgres.CHANNEL, self._wake)

    def _wake(self, *_: object) -> None:
        self.runs_due.set()
