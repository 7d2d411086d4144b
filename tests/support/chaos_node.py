"""A node of the crash drill: feeds its share of the deliveries and takes turns, until all is done or it is killed.

python -m chaos_node PLAN.json
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from durable_pieces import Ledger, orders
from durable_room import Room, answered, started, working
from durable_values import publish

from skipline.store import Database, flows
from skipline.store.errors import StorageError
from skipline.store.schema import durable_runs, outbox

FEEDERS = 24


@dataclass(frozen=True)
class Plan:
    """What a node is to do. `first` to `last` number its conversations; `publish_after` deliveries it makes a new
    version live (0: never)."""

    place: str
    folder: str
    owner: str
    seed: int
    first: int
    last: int
    ledger: str
    publish_after: int
    lease_seconds: float


class Feeder:
    """Delivers every webhook one to three times in a shuffled order; only an answer comes after its question."""

    def __init__(self, plan: Plan, room: Room) -> None:
        self.plan, self.room = plan, room
        self.rng = random.Random(plan.seed)
        self.deliveries = list(self._deliveries())
        self.begun = {number: asyncio.Event() for number in range(plan.first, plan.last)}
        self.version = 1
        self.count = 0

    def _deliveries(self) -> Iterator[tuple[int, bool]]:
        all_ = [
            (number, is_answer)
            for number in range(self.plan.first, self.plan.last)
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
        self.version = (await self.room.store.database.read(_live_version)) or 1
        waiting = iter(self.deliveries)
        await asyncio.gather(*(self._feed_from(waiting) for _ in range(FEEDERS)))

    async def _feed_from(self, waiting: Iterator[tuple[int, bool]]) -> None:
        for number, is_answer in waiting:
            await self._deliver(number, is_answer)
            self.count += 1
            if self.count == self.plan.publish_after:
                self.version = await publish(self.room.store.database, orders(2))

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


def _live_version(transaction: sa.Connection) -> int | None:
    live = flows.read_live(transaction)
    return live[0].version if live else None


def _open_count(transaction: sa.Connection, conversations: list[str]) -> int:
    """How much is not over yet of these conversations; a dead node's own wait for its next round."""
    tables = (durable_runs, outbox)
    is_open = ((table.c.due_at.is_not(None), table.c.conversation.in_(conversations)) for table in tables)
    return sum(transaction.scalar(sa.select(sa.func.count()).where(*one)) or 0 for one in is_open)


async def main(plan: Plan) -> None:
    ledger = Ledger(Path(plan.ledger))
    async with (
        await Database.open(plan.place, folder=Path(plan.folder)) as database,
        working(database, plan.owner, ledger=ledger, lease_seconds=plan.lease_seconds) as room,
    ):
        print("ready", flush=True)
        await Feeder(plan, room).feed()
        own = [f"c{number}" for number in range(plan.first, plan.last)]
        while await database.read(_open_count, own):  # noqa: ASYNC110 - what other nodes do for them counts too
            await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(main(Plan(**json.loads(Path(sys.argv[1]).read_text()))))
