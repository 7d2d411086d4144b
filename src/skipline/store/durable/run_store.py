"""The run store as the host calls it, one class for each kind of database. The rules are in `__init__.py`."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import timedelta

import msgspec

from skipline.model.durable import Arrival, Claim, DurableSummary, Outgoing, RunStatus, TurnEnd
from skipline.model.ids import RunId
from skipline.store.database import Database
from skipline.store.durable import care
from skipline.store.durable.batches import Batches
from skipline.store.durable.writing import Asked, Ended, Ingested, Settlement

LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 5


class RunStore(ABC):
    """Runs between their turns. `runs_due` and `commands_due` are set when there may be something to claim; what
    nobody tells of, such as a time-out, is found by looking now and then."""

    def __init__(self, database: Database, lease: timedelta = LEASE, most_attempts: int = MOST_ATTEMPTS) -> None:
        self.database, self.lease, self.most_attempts = database, lease, most_attempts
        self.runs_due, self.commands_due = asyncio.Event(), asyncio.Event()
        self._arrivals: Batches[Asked, Ingested] = Batches(self._ingest_all)
        self._turns: Batches[Ended, tuple[bool, bool]] = Batches(self._commit_all)
        self._settlements: Batches[Settlement, bool] = Batches(self._settle_all)

    async def ingest(self, arrival: Arrival, owner: str | None = None) -> Ingested:
        """Keep an event for good. With `owner`, the run that it begins or wakes is claimed in the same transaction."""
        ingested = await self._arrivals.put((arrival, owner))
        if owner is None:
            self.runs_due.set()
        return ingested

    async def commit(self, held: Claim, turn: TurnEnd) -> bool:
        """Save a turn with its commands; False when the lease was lost, and then nothing of it is kept."""
        is_saved, is_ready = await self._turns.put((held, turn))
        if is_ready:
            self.runs_due.set()
        if is_saved and turn.commands:
            self.commands_due.set()
        return is_saved

    async def checkpoint(self, held: Claim, turn: TurnEnd) -> Claim | None:
        """Save a turn so far and keep the lease: before a step that must not be taken twice. None: it was lost."""
        if turn.status is not RunStatus.RUNNING:
            raise ValueError(f"a checkpoint is in the middle of a turn, not {turn.status}")
        if not await self.commit(held, turn):
            return None
        return msgspec.structs.replace(held, rev=held.rev + 1, event_id=None, event=None)

    async def claim(self, owner: str, most: int) -> tuple[list[Claim], list[RunId]]:
        """Up to `most` runs that are due, now held by `owner`; and those that were parked instead, because whoever
        held them died again and again."""
        found = await self._claim(owner, most)
        hopeless = [one for one in found if one.attempts > self.most_attempts]
        for one in hopeless:
            await self.give_back(one, "", timedelta(0))
        return [one for one in found if one not in hopeless], [one.run for one in hopeless]

    async def give_back(self, held: Claim, problem: str, retry_after: timedelta) -> RunStatus | None:
        """Let a run go whose turn failed: ready again later, or parked for a person. None: it was not ours any more."""
        return await self.database.write(care.give_back, held, problem, retry_after, self.most_attempts)

    async def release(self, run: RunId, author: str = "", why: str = "") -> bool:
        """Let a parked run try again; whether it was parked."""
        is_released = await self.database.write(care.release, run, author, why)
        self.runs_due.set()
        return is_released

    async def give_up(self, run: RunId, author: str = "", why: str = "") -> bool:
        """End a parked run as failed; whether it was parked."""
        return await self.database.write(care.give_up, run, author, why)

    async def find(self, status: RunStatus | None = None) -> tuple[DurableSummary, ...]:
        """Live runs, or those of one status, the one due first before the others."""
        return await self.database.read(care.find, status)

    async def settle(self, outgoing: Outgoing, problem: str = "") -> bool:
        """A command is carried out, or given up because of `problem`; whether it was still ours."""
        return await self._settlements.put((outgoing, problem))

    async def put_off(self, outgoing: Outgoing, problem: str, retry_after: timedelta) -> bool:
        """A command failed and is tried again later; whether it was still ours."""
        return await self.database.write(care.put_off, outgoing, problem, retry_after)

    async def close(self) -> None:
        """Save what is on its way. The database stays open."""
        await self._arrivals.close()
        await self._turns.close()
        await self._settlements.close()

    @abstractmethod
    async def renew(self, held: Sequence[Claim]) -> set[RunId]:
        """Put the ends of leases off; gives the runs that are still held, whatever was saved of them meanwhile."""

    @abstractmethod
    async def _ingest_all(self, asked: list[Asked]) -> list[Ingested]: ...

    @abstractmethod
    async def _commit_all(self, ended: list[Ended]) -> list[tuple[bool, bool]]:
        """For each turn whether it was saved, and whether a run is ready now."""

    @abstractmethod
    async def _settle_all(self, settled: list[Settlement]) -> list[bool]: ...

    @abstractmethod
    async def _claim(self, owner: str, most: int) -> list[Claim]: ...

    @abstractmethod
    async def take_commands(self, owner: str, most: int) -> list[Outgoing]:
        """Up to `most` commands that are due, of each run the first, now held by `owner`."""


async def open_run_store(database: Database, lease: timedelta = LEASE, most_attempts: int = MOST_ATTEMPTS) -> RunStore:
    """The run store of an open database."""
    from skipline.store.sqlite_database import SqliteDatabase  # each kind loads what it needs, and no more

    if isinstance(database, SqliteDatabase):
        from skipline.store.durable.sqlite_store import SqliteRunStore

        return await SqliteRunStore.open(database, lease, most_attempts)
    from skipline.store.durable.postgres_store import PostgresRunStore

    return await PostgresRunStore.open(database, lease, most_attempts)
