"""SQLite's one thread that writes, and group commit.

Works that wait at the same moment share one transaction, so that one wait for the disk serves them all; each runs
behind a savepoint, so that one that fails undoes itself and no other. A group gathers for a moment after its first
work, unless one of them is urgent, and while the disk is busy with the group before. It is acknowledged after its
commit, never before.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa
import structlog

from skipline.store.errors import StorageFailed
from skipline.store.work import MOST_IN_A_GROUP, Job, Settled, refuse_when_closed, settle

GATHER_SECONDS = 0.01
"""How long a group of works that nobody waits for gathers. On a fast disk each would else have a commit of its own:
four for each call, which at 150 calls a second cost about a tenth of the centre's processor time."""

Result = TypeVar("Result")
_log = structlog.get_logger()


class Writer:
    """Carries out works in the order they were put, those that are first before the others, on its own thread and
    connection."""

    def __init__(self, engine: sa.Engine, loop: asyncio.AbstractEventLoop) -> None:
        # Connected here and not on the thread, so that one who cannot connect hears of it.
        self._connection, self._loop = engine.connect(), loop
        self._waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._first: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._is_closed, self._hurry = False, threading.Event()
        self._thread = threading.Thread(target=self._serve, name="skipline-writer", daemon=True)
        self._thread.start()

    def put(
        self, work: Callable[[sa.Connection], Result], *, is_urgent: bool = True, is_first: bool = False
    ) -> "asyncio.Future[Result]":
        """Queue `work`; the future is done when its transaction is on the disk. Call it on the loop's own thread."""
        refuse_when_closed(self._is_closed, self._waiting.qsize())
        done: asyncio.Future[Result] = self._loop.create_future()
        job = Job(work, done, is_urgent, is_first)
        if is_first:
            self._first.put(job)  # and among the others too, so that the thread wakes for it
        self._waiting.put(job)
        if is_urgent:
            self._hurry.set()
        return done

    async def close(self) -> None:
        """Carry out what waits, then end the thread."""
        self._is_closed = True
        self._waiting.put(None)
        self._hurry.set()
        await asyncio.to_thread(self._thread.join)

    def _serve(self) -> None:
        with self._connection as connection:
            while group := self._gather():
                if first := self._take_first():
                    self._report(_carry_out(connection, first))
                if others := [job for job in group if not job.is_first]:
                    self._report(_carry_out(connection, others))

    def _take_first(self) -> list[Job]:
        return [self._first.get() for _ in range(self._first.qsize())]

    def _gather(self) -> list[Job]:
        """The next group: waits for one work, gathers, takes what is there. Empty when the end was asked for."""
        group: list[Job] = []
        job = self._waiting.get()
        if job is not None and not job.is_urgent:
            self._hurry.wait(GATHER_SECONDS)
        self._hurry.clear()  # before the queue is emptied: who hurries from now on is heard the next time
        while job is not None:
            group.append(job)
            if len(group) == MOST_IN_A_GROUP or self._waiting.empty():
                return group
            job = self._waiting.get()
        if group:
            self._waiting.put(None)
        return group

    def _report(self, settled: list[Settled]) -> None:
        try:
            self._loop.call_soon_threadsafe(settle, settled)
        except RuntimeError:
            _log.warning("writes_unheard", count=len(settled), why="the event loop was closed first")


def _carry_out(connection: sa.Connection, group: list[Job]) -> list[Settled]:
    """One transaction for the whole group. When SQLite gives the transaction up, so do all in it."""
    try:
        with connection.begin():
            return [_carry_out_one(connection, job) for job in group]
    except Exception as failure:
        why = getattr(failure, "orig", failure)
        _log.error("commit_failed", works=len(group), why=str(why))
        refusal = StorageFailed(f"nothing was written: {why}")
        refusal.__cause__ = failure
        return [Settled(job.done, problem=refusal) for job in group]


def _carry_out_one(connection: sa.Connection, job: Job) -> Settled:
    # Savepoints go to the driver itself: by way of SQLAlchemy the two of them cost more than the work between them.
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    driver.execute("SAVEPOINT work")
    try:
        value = job.work(connection)
    except Exception as problem:
        if not driver.in_transaction:
            raise  # such as a full disk, which ends the whole transaction: nothing of the group is left
        driver.execute("ROLLBACK TO work")
        driver.execute("RELEASE work")
        return Settled(job.done, problem=problem)
    driver.execute("RELEASE work")
    return Settled(job.done, value=value)
