"""A node of the crash drill: feeds its share of the deliveries and takes turns, until all is done or it is killed."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import sqlalchemy as sa
from durable_pieces import Ledger, orders
from durable_room import Room, answered, started, working
from durable_values import publish

from skipline.base.fault_points import arm
from skipline.model.durable import RunStatus
from skipline.store import Database, flows
from skipline.store.errors import StorageError
from skipline.store.schema import durable_runs, outbox

FEEDERS = 24
LOOKS_AGAIN_EVERY = 50


@dataclass(frozen=True)
class Plan:
    """What a node is to do. `conversations` are the numbers of those it is fed; `publishes`: it makes the second
    version live unless it is; `fatal` is the point where it dies (`NAME:COUNT`, empty: nowhere)."""

    place: str
    folder: str
    owner: str
    seed: int
    conversations: range
    ledger: str
    lease_seconds: float
    publishes: bool = False
    fatal: str = ""


class Feeder:
    """Delivers every webhook one to three times in a shuffled order; only an answer comes after its question."""

    def __init__(self, plan: Plan, room: Room) -> None:
        self.plan, self.room = plan, room
        self.rng = random.Random(f"{plan.seed} {plan.owner}")
        self.deliveries = list(self._deliveries())
        self.begun = {number: asyncio.Event() for number in plan.conversations}
        self.publish_after = self.rng.randint(1, max(1, len(self.deliveries) // 4)) if plan.publishes else 0
        self.version = 1
        self.count = 0

    def _deliveries(self) -> Iterator[tuple[int, bool]]:
        all_ = [
            (number, is_answer)
            for number in self.plan.conversations
            for is_answer in (False, True)
            for _ in range(self.rng.randint(1, 3))
        ]
        self.rng.shuffle(all_)
        # The first webhook of each conversation keeps its shuffled place, and no answer comes before it.
        seen: set[int] = set()
        for number, is_answer in all_:
            if number not in seen:
                yield number, False
                seen.add(number)
            yield number, is_answer

    async def feed(self) -> None:
        waiting = iter(self.deliveries)
        await self._look_for_the_version()
        await asyncio.gather(*(self._feed_from(waiting) for _ in range(FEEDERS)))

    async def _feed_from(self, waiting: Iterator[tuple[int, bool]]) -> None:
        for number, is_answer in waiting:
            await self._deliver(number, is_answer)
            self.count += 1
            if self.count == self.publish_after and self.version == 1:
                self.version = await publish(self.room.store.database, orders(2))
            elif self.count % LOOKS_AGAIN_EVERY == 0:
                await self._look_for_the_version()

    async def _look_for_the_version(self) -> None:
        with suppress(StorageError):
            self.version = await self.room.store.database.read(_live_version)

    async def _deliver(self, number: int, is_answer: bool) -> None:
        if is_answer:
            await self.begun[number].wait()
        sent = answered(f"c{number}") if is_answer else started(f"c{number}", self.version)
        for _ in range(20):
            with suppress(StorageError):  # as a sender does, it delivers again what was not acknowledged
                await self.room.durable.receive(sent)
                break
        if not is_answer:
            self.begun[number].set()


def _live_version(transaction: sa.Connection) -> int:
    return flows.read_live(transaction)[0].version


def _open_count(transaction: sa.Connection) -> int:
    """How many runs and commands are not over yet, whoever holds them."""
    is_open = (table.c.due_at.is_not(None) for table in (durable_runs, outbox))
    return sum(transaction.scalar(sa.select(sa.func.count()).where(one)) or 0 for one in is_open)


async def serve(plan: Plan, ready: Connection) -> None:
    ledger = Ledger(Path(plan.ledger))
    async with (
        await Database.open(plan.place, folder=Path(plan.folder)) as database,
        working(database, plan.owner, ledger=ledger, lease_seconds=plan.lease_seconds) as room,
    ):
        ready.send("ready")
        await Feeder(plan, room).feed()
        ready.send("fed")
        while await database.read(_open_count):  # what other nodes do counts too
            # A run may have had its holder killed as often as it takes to be parked: as its operator would, try again.
            for parked in await room.store.find(RunStatus.PARKED):
                await room.store.release(parked.id)
            await asyncio.sleep(0.05)


def _end_with_the_drill() -> None:
    """A drill that is killed leaves no node behind."""
    drill = multiprocessing.parent_process()
    if drill is not None:
        drill.join()
    os._exit(1)


def live(plan: Plan, ready: Connection) -> None:
    """The life of a process that was forked from one that has everything loaded."""
    threading.Thread(target=_end_with_the_drill, daemon=True).start()
    sys.stdout = sys.stderr = (Path(plan.ledger).parent / f"{plan.owner}.log").open("w", buffering=1)
    arm(plan.fatal)
    asyncio.run(serve(plan, ready))
