"""Measures queues whose matches are kept for good: `python bench/sharing.py [--quick]`.

One node with its queues in SQLite's process, and nodes that share a PostgreSQL. Both databases wait for the disk at
each commit. A match is: an agent is offered the next caller, takes them, and is done with them.
"""

import argparse
import asyncio
import signal
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from postgres_server import PostgresServer, running_postgres
from shared_drill import Drill
from shared_room import QUEUE, TIERS, Node, working

from skipline.base.clock import system_clock
from skipline.host.queue_office import LocalOffice
from skipline.model.queue_events import (
    AgentCame,
    ContactEnded,
    EntryClosed,
    EntryJoined,
    OfferMade,
    QueueDecision,
    QueuesConfigured,
    ReservationAccepted,
)
from skipline.model.queueing import Agent
from skipline.store import Database, visits
from skipline.store.server_migration import migrate_server

AGENTS = 1000


@dataclass(frozen=True, slots=True)
class Sharing:
    """Durable matches a second; milliseconds until a new leader has put so many waiting back, and from the end of a
    leader to the next one."""

    sqlite_matches: float
    postgres_matches: float
    postgres_one_by_one: float
    rebuild_ms: float
    rebuilt: int
    failover_median_ms: float
    failover_longest_ms: float


def measure(*, callers: int = 12_000, kills: int = 6) -> Sharing:
    """Measure all of it, on a PostgreSQL that is started for this and stopped again."""
    with tempfile.TemporaryDirectory(prefix="skipline-bench-") as folder, running_postgres(is_durable=True) as server:
        sqlite = asyncio.run(_match_on_sqlite(Path(folder) / "data", callers))
        many, rebuild = asyncio.run(_match_on_postgres(_migrated(server), callers, AGENTS))
        one, _ = asyncio.run(_match_on_postgres(_migrated(server), callers // 20, 1))
        took = [_fail_over(_migrated(server), Path(folder), number) for number in range(kills)]
    return Sharing(sqlite, many, one, rebuild, callers, statistics.median(took), max(took))


def _migrated(server: PostgresServer) -> str:
    url = server.make_database()
    asyncio.run(migrate_server(url))
    return url


async def _match_on_sqlite(folder: Path, callers: int) -> float:
    async with await Database.open(folder) as database:
        written: list[asyncio.Future[None]] = []

        def take(decision: QueueDecision) -> None:
            now = system_clock()
            if isinstance(decision, OfferMade):
                entry = decision.reservation.entry
                accepted = ReservationAccepted(at=now, reservation=decision.reservation.id)
                office.tell([accepted, ContactEnded(at=now, entry=entry)])
            elif isinstance(decision, EntryClosed):
                written.append(database.write_soon(visits.add, decision.visit))

        office = LocalOffice(clock=system_clock, decided=take, prefix="r")
        node, now, names = Node("postgresql://nowhere/x", "bench"), system_clock(), _agents(AGENTS)
        people = tuple(Agent(name=name, queues=("vip",)) for name in names)
        office.tell([QueuesConfigured(at=now, queues=(QUEUE,), tiers=TIERS, agents=people)])
        office.tell(EntryJoined(at=now, entry=node.entry(f"e{number}")) for number in range(callers))
        began = time.perf_counter()
        for place in range(0, AGENTS, 10):
            office.tell(AgentCame(at=now, agent=name) for name in names[place : place + 10])
            await asyncio.sleep(0)
        await asyncio.gather(*written)
        return len(written) / (time.perf_counter() - began)


async def _match_on_postgres(url: str, callers: int, agents: int) -> tuple[float, float]:
    """Matches a second, and the milliseconds in which a leader put all callers back."""
    first = Node(url, "first")
    async with working(first, *_agents(agents)):
        await _until(lambda: first.office.leads)
        first.join(*(f"e{number}" for number in range(callers)))
        await _until(lambda: not first.office.post.unsent())
    began = time.perf_counter()
    second, closed = Node(url, "second"), 0

    def end(decision: QueueDecision) -> None:
        nonlocal closed
        if isinstance(decision, OfferMade):
            asyncio.get_running_loop().call_soon(second.end, decision.reservation.entry)
        closed += isinstance(decision, EntryClosed)

    second.on_decision = end
    async with working(second, *_agents(agents)):
        await _until(lambda: second.office.leads)
        rebuild = (time.perf_counter() - began) * 1000
        # The first one left: those are gone. The same number again, to be served.
        second.join(*(f"f{number}" for number in range(callers)))
        await _until(lambda: not second.office.post.unsent())
        closed, began = 0, time.perf_counter()
        second.come(*_agents(agents))
        await _until(lambda: closed >= callers)
        return closed / (time.perf_counter() - began), rebuild


def _fail_over(url: str, folder: Path, number: int) -> float:
    """Milliseconds from the kill of a leader to the next one, while callers are served."""
    place = folder / f"drill{number}"
    place.mkdir()
    drill = Drill(url, place, entries=100_000, names=("node0", "node1", "node2"))
    try:
        first = drill.start("node0", entries=0)
        drill.leader(first)
        others = [drill.start(name) for name in ("node1", "node2")]
        drill.until(lambda: len(drill.offers()) > 200)
        first.signal(signal.SIGKILL)
        killed = time.monotonic()
        drill.leader(*others)
        return (min(at for node in others for word, at in node.said if word == "leads") - killed) * 1000
    finally:
        drill.end()


def _agents(number: int) -> list[str]:
    return [f"agent{one}" for one in range(number)]


async def _until(is_so: object) -> None:
    assert callable(is_so)
    async with asyncio.timeout(120):
        while not is_so():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.001)


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure queues whose matches are kept for good.")
    parser.add_argument("--quick", action="store_true", help="fewer callers and kills")
    is_quick = parser.parse_args().quick
    found = measure(callers=2_000, kills=2) if is_quick else measure()
    print(f"SQLite, one node:              {found.sqlite_matches:8.0f} matches/s on the disk")
    print(f"PostgreSQL, {AGENTS} agents free:  {found.postgres_matches:8.0f} matches/s on the disk")
    print(f"PostgreSQL, one after another: {found.postgres_one_by_one:8.0f} matches/s on the disk")
    print(f"new leader, {found.rebuilt} waiting:     {found.rebuild_ms:8.0f} ms from its start")
    took = f"{found.failover_median_ms:8.0f} ms median, {found.failover_longest_ms:.0f} longest"
    print(f"kill -9 to next leader:        {took}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
