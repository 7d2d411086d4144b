"""The run store in a data folder."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Self

from skipline.model.durable import Claim, Outgoing
from skipline.model.ids import RunId
from skipline.store.database import Database
from skipline.store.durable import care, sqlite, sqlite_arrivals
from skipline.store.durable.run_store import RunStore
from skipline.store.durable.writing import Asked, Ended, Ingested, Settlement


class SqliteRunStore(RunStore):
    """See `RunStore`. Everything goes through the database's one writer and shares its commits."""

    @classmethod
    async def open(cls, database: Database, lease: timedelta, most_attempts: int) -> Self:
        """The folder is ours alone, so whoever held a run is dead: what was held is due now, not after its lease."""
        await database.write(care.reclaim)
        return cls(database, lease, most_attempts)

    async def renew(self, held: Sequence[Claim]) -> set[RunId]:
        return await self.database.write(sqlite.renew, held, self.lease)

    async def _ingest_all(self, asked: list[Asked]) -> list[Ingested]:
        return await self.database.write(sqlite_arrivals.ingest_all, asked, self.lease)

    async def _commit_all(self, ended: list[Ended]) -> list[tuple[bool, bool]]:
        return await self.database.write(sqlite.commit_all, ended, self.lease)

    async def _settle_all(self, settled: list[Settlement]) -> list[bool]:
        return await self.database.write(sqlite.settle_all, settled)

    async def _claim(self, owner: str, most: int) -> list[Claim]:
        return await self.database.write(sqlite.claim, owner, most, self.lease)

    async def take_commands(self, owner: str, most: int) -> list[Outgoing]:
        return await self.database.write(sqlite.take_commands, owner, most, self.lease)
