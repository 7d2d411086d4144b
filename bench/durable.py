"""Measures durable runs on SQLite and PostgreSQL: `python bench/durable.py [--quick] [--json FILE]`.

Each run is kept for good: its webhook, its turns, its commands and its record. Both databases wait for the disk at each
commit. PostgreSQL is started for this and stopped again. `bench/run.py` shows the most telling of these figures.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from durable_pieces import Ledger, LedgerSources, Shelf, orders
from durable_room import answered, started
from durable_values import publish
from postgres_server import running_postgres

from skipline.flow.names import NO_QUEUES
from skipline.host.durable_turn import DurableTurn
from skipline.model.durable import Arrival, Verdict
from skipline.store import Database
from skipline.store.durable import RunStore, open_run_store
from skipline.store.server_migration import migrate_server

ONE_TURN = """\
format: 1
name: One turn
triggers: [{type: always}]
start: look
steps:
  look: {type: fetch, with: {keep_as: order}, next: {done: more}}
  more: {type: fetch, with: {keep_as: more}, next: {done: tell}}
  tell: {type: message, with: {text: "Your {{ order }}"}, next: {done: again}}
  again: {type: message, with: {text: "{{ more }}"}, next: {done: bye}}
  bye: {type: message, with: {text: "Bye"}}
"""


WHOLE, PAYING = "5 steps, webhook to finished", "4 steps and a payment, webhook to waiting"
REPLY, REPEATED = "reply to finished", "the same reply again"
Loads = Sequence[tuple[int, int]]
"""So many at once, so many in all."""
LOADS, QUICK_LOADS = ((1, 300), (20, 4000), (200, 6000)), ((1, 100), (20, 600))


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement: how many a second, and how long one took."""

    store: str
    what: str
    at_once: int
    per_second: float
    p50_ms: float
    p99_ms: float


class Node:
    """Takes the turn of each event it receives, and comes back when that is saved."""

    def __init__(self, store: RunStore) -> None:
        self.store, self._shelf, self._sources = store, Shelf(store.database), LedgerSources(Ledger())

    async def serve(self, sent: Arrival, wanted: Verdict) -> None:
        ingested = await self.store.ingest(sent, "bench")
        assert ingested.verdict is wanted, ingested
        if ingested.claim is not None:
            held = ingested.claim
            turn = DurableTurn(held, store=self.store, sources=self._sources, queues=lambda: NO_QUEUES)
            assert await turn.take(self._shelf.find)


async def measure(store_name: str, database: Database, loads: Loads) -> list[Figure]:
    """Every figure of one database."""
    asking, at_one_go = await publish(database, orders(1)), await publish(database, ONE_TURN)
    store = await open_run_store(database)
    node, figures = Node(store), []
    works: dict[str, Callable[[str], Awaitable[None]]] = {
        WHOLE: lambda name: node.serve(started(f"t{name}", at_one_go), Verdict.STARTED),
        PAYING: lambda name: node.serve(started(name, asking), Verdict.STARTED),
        REPLY: lambda name: node.serve(answered(name), Verdict.RESUMED),
        REPEATED: lambda name: node.serve(answered(name), Verdict.REPEATED),
    }
    for at_once, count in loads:
        for what, work in works.items():
            figures.append(await _load(store_name, what, work, at_once, count))
    await store.close()
    return figures


async def _load(store: str, what: str, work: Callable[[str], Awaitable[None]], at_once: int, count: int) -> Figure:
    numbers, took = iter(range(count)), []

    async def lane() -> None:
        for number in numbers:
            began = time.perf_counter()
            await work(f"{at_once}-{number}")
            took.append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    await asyncio.gather(*(lane() for _ in range(at_once)))
    per_second = count / (time.perf_counter() - began)
    cuts = statistics.quantiles(took, n=100)
    return Figure(store, what, at_once, round(per_second), round(cuts[49], 2), round(cuts[98], 2))


async def fill(folder: Path, count: int) -> None:
    """Leave so many runs waiting for an answer in a data folder."""
    async with await Database.open(folder) as database:
        version = await publish(database, orders(1))
        node = Node(await open_run_store(database))
        numbers = iter(range(count))

        async def lane() -> None:
            for number in numbers:
                await node.serve(started(f"open{number}", version), Verdict.STARTED)

        await asyncio.gather(*(lane() for _ in range(200)))
        await node.store.close()


async def measure_both(loads: Loads) -> list[Figure]:
    """Every figure of SQLite, then of PostgreSQL."""
    with tempfile.TemporaryDirectory() as name, running_postgres(is_durable=True) as server:
        folder = Path(name)
        async with await Database.open(folder / "sqlite") as database:
            figures = await measure("SQLite", database, loads)
        url = server.make_database()
        await migrate_server(url)
        async with await Database.open(url, folder=folder / "postgres") as database:
            return figures + await measure("PostgreSQL", database, loads)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer runs")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    asked = parser.parse_args()
    figures = asyncio.run(measure_both(QUICK_LOADS if asked.quick else LOADS))
    for one in figures:
        load = f"{one.store:10}  {one.what:42}  {one.at_once:3} at once"
        print(f"{load}  {one.per_second:7,.0f}/s   p50 {one.p50_ms:7.2f} ms   p99 {one.p99_ms:7.2f} ms")
    if asked.json is not None:
        asked.json.write_text(json.dumps([asdict(one) for one in figures], indent=1))


if __name__ == "__main__":
    main()
