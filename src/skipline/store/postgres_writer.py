"""Group commit on PostgreSQL: works that wait together share one transaction; when one of them fails they are carried
out again, each behind a savepoint.

The rules are those of `writer.py`. Other nodes write at the same time: a work that deadlocks with one of them, or waits
for its locks too long, is undone, done again a few times, and then given up as `StorageFailed`.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from skipline.store.errors import StorageFailed
from skipline.store.work import MOST_IN_A_GROUP, Job, Settled, refuse_when_closed, settle

Result = TypeVar("Result")
_MOST_TRIES = 4
_OTHERS_FAULTS = frozenset({"40P01", "40001", "55P03"})
"""SQLSTATEs: deadlock detected, serialization failure, lock not available (PostgreSQL, appendix A)."""
_log = structlog.get_logger()


class PostgresWriter:
    """Carries out works in the order they were put, those that are first before the others, one group after the
    other."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._waiting: deque[Job] = deque()
        self._first: deque[Job] = deque()
        self._has_work = asyncio.Event()
        self._is_closed = False
        self._serving = asyncio.create_task(self._serve(), name="skipline-writer")

    def put(
        self, work: Callable[[sa.Connection], Result], *, is_urgent: bool = True, is_first: bool = False
    ) -> "asyncio.Future[Result]":
        """Queue `work`; the future is done when its transaction is committed. Round trips let groups gather anyway."""
        refuse_when_closed(self._is_closed, len(self._waiting) + len(self._first))
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        (self._first if is_first else self._waiting).append(Job(work, done))
        self._has_work.set()
        return done

    async def close(self) -> None:
        """Carry out what waits, then end."""
        self._is_closed = True
        self._has_work.set()
        await self._serving

    async def _serve(self) -> None:
        while self._first or self._waiting or not self._is_closed:
            await self._has_work.wait()
            lane = self._first or self._waiting
            group = [lane.popleft() for _ in range(min(MOST_IN_A_GROUP, len(lane)))]
            if not self._first and not self._waiting and not self._is_closed:
                self._has_work.clear()
            if group:
                settle(await self._carry_out(group))

    async def _carry_out(self, group: list[Job]) -> list[Settled]:
        try:
            return await self._carry_out_bare(group) or await self._carry_out_apart(group)
        except Exception as failure:
            why = getattr(failure, "orig", failure)
            _log.error("commit_failed", works=len(group), why=str(why))
            refusal = StorageFailed(f"the database did not confirm what was written: {why}")
            refusal.__cause__ = failure
            return [Settled(job.done, problem=refusal) for job in group]

    async def _carry_out_bare(self, group: list[Job]) -> list[Settled]:
        """Without savepoints, which cost two round trips for each work and are seldom needed; empty when a work failed
        and all is undone."""
        try:
            async with self._engine.begin() as connection:
                values = await connection.run_sync(_values_of, group)
        except _WorkFailed:
            return []
        return [Settled(job.done, value=value) for job, value in zip(group, values, strict=True)]

    async def _carry_out_apart(self, group: list[Job]) -> list[Settled]:
        async with self._engine.begin() as connection:
            return await connection.run_sync(_carry_out_all, group)


class _WorkFailed(Exception):
    """A work failed, or the connection was gone, before anything was committed."""


def _values_of(connection: sa.Connection, group: list[Job]) -> list[object]:
    try:
        return [job.work(connection) for job in group]
    except Exception as problem:
        raise _WorkFailed from problem


def _carry_out_all(connection: sa.Connection, group: list[Job]) -> list[Settled]:
    return [_carry_out_one(connection, job) for job in group]


def _carry_out_one(connection: sa.Connection, job: Job) -> Settled:
    for tries_left in reversed(range(_MOST_TRIES)):
        savepoint = connection.begin_nested()
        try:
            value = job.work(connection)
            savepoint.commit()
        except Exception as problem:
            if connection.invalidated:
                raise  # the connection is gone, and the whole group with it
            savepoint.rollback()
            if not _is_of_another_node(problem):
                return Settled(job.done, problem=problem)
            if not tries_left:
                return Settled(job.done, problem=StorageFailed(f"another node was in the way: {problem}"))
        else:
            return Settled(job.done, value=value)
    raise AssertionError("the last try gives up")


def _is_of_another_node(problem: Exception) -> bool:
    return isinstance(problem, DBAPIError) and getattr(problem.orig, "sqlstate", "") in _OTHERS_FAULTS
