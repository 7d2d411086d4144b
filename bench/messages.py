"""Measures messages: `python bench/messages.py [--quick]`.

Signed webhooks of a stand-in for Meta come in at a steady rate, one in twenty of them twice, at `skipline serve` as a
process of its own. A quarter are messages of customers, each of which a flow answers; the rest tell how far answers
came. 320 a second is what Meta sends for a number at its 80 messages a second. The stand-in shares the cores. What the
provider saw is held against what was kept, also after a kill -9 in the midst of it.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import quantiles

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from message_ledger import judge, some_of
from message_load import MessageLoad, Timing, timing_of
from messages_room import ACCOUNT, ECHO, MessagesRoom, answered, open_messages
from postgres_server import running_postgres

from skipline.cli.demo.providers.ledger import Line, What
from skipline.store.server_migration import migrate_server

PER_SECOND, SECONDS = 320.0, 60.0
QUICK_PER_SECOND, QUICK_SECONDS = 80.0, 4.0
_SEED = 20
_LONGEST_DRAIN_SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """What one load came to. Seconds from a customer's message to its answer at the provider; `problems` are the ways
    in which the ledger is not exact."""

    offered_per_second: float
    timing: Timing
    customers: int
    answer_p50_seconds: float
    answer_p99_seconds: float
    drained_seconds: float
    problems: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """On SQLite, on PostgreSQL, and on each with a kill -9 half-way."""

    sqlite: Handled
    postgres: Handled
    killed_sqlite: Handled
    killed_postgres: Handled

    def all(self) -> Iterator[tuple[str, Handled]]:
        """Each with its name."""
        yield "SQLite", self.sqlite
        yield "PostgreSQL", self.postgres
        yield "SQLite, killed", self.killed_sqlite
        yield "PostgreSQL, killed", self.killed_postgres


def measure(*, per_second: float = PER_SECOND, seconds: float = SECONDS) -> Messages:
    """All four loads, one after the other; the killed ones take a quarter of the time. Both databases wait for the
    disk."""

    def on(url: str, length: float, *, is_killed: bool) -> Handled:
        with tempfile.TemporaryDirectory(prefix="skipline-bench-") as folder:
            return asyncio.run(_handle(Path(folder), url, per_second, length, is_killed=is_killed))

    with running_postgres(is_durable=True) as server:

        def database() -> str:
            url = server.make_database()
            asyncio.run(migrate_server(url))
            return url

        return Messages(
            sqlite=on("", seconds, is_killed=False),
            postgres=on(database(), seconds, is_killed=False),
            killed_sqlite=on("", max(4.0, seconds / 4), is_killed=True),
            killed_postgres=on(database(), max(4.0, seconds / 4), is_killed=True),
        )


async def _handle(folder: Path, url: str, per_second: float, seconds: float, *, is_killed: bool) -> Handled:
    async with open_messages(folder, {"echo": ECHO}, database=url) as room:
        load = MessageLoad(room.providers, ACCOUNT, Random(_SEED))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(load.run(per_second, seconds))
            if is_killed:
                await asyncio.sleep(seconds / 2)
                await room.server.kill_centre()
                await room.server.start()
        timing = timing_of(list(room.providers.office.ledger.lines), seconds)
        drained_seconds = await _drain(room, load, per_second)
        await room.stop()
        lines = list(room.providers.office.ledger.lines)
        kept = await room.kept()
    problems = judge(lines, kept, answers_each=1)
    waits = quantiles(_waits(lines), n=100)
    return Handled(
        offered_per_second=per_second,
        timing=timing,
        customers=load.wrote,
        answer_p50_seconds=waits[49],
        answer_p99_seconds=waits[98],
        drained_seconds=drained_seconds,
        problems=[*problems, *([] if kept.at_rest() else ["the server is not at rest"])],
    )


async def _drain(room: MessagesRoom, load: MessageLoad, per_second: float) -> float:
    """Seconds until every customer has an answer and everything was told."""
    loop, office = asyncio.get_running_loop(), room.providers.office
    began = loop.time()
    with suppress(TimeoutError):
        async with asyncio.timeout(_LONGEST_DRAIN_SECONDS):
            while await answered(room) < load.wrote:
                await load.drain(per_second)
                await asyncio.sleep(0.1)
            took = loop.time() - began
            await asyncio.sleep(2.0)  # what comes twice, or is told late, comes now
            await load.drain(per_second)
            await office.postman.settled()
            while not await room.has_handled_all():  # noqa: ASYNC110 - another process, which tells nobody
                await asyncio.sleep(0.5)
            return took
    return _LONGEST_DRAIN_SECONDS


def _waits(lines: list[Line]) -> list[float]:
    """How long each customer waited for their answer."""
    wrote = {line.contact: line.at for line in lines if line.what is What.WROTE}
    return [(line.at - wrote[line.contact]).total_seconds() for line in lines if line.what is What.ACCEPTED]


def main() -> int:
    """Measure and print; exit 1 when a ledger is not exact."""
    parser = argparse.ArgumentParser(description="Measure messages.")
    parser.add_argument("--quick", action="store_true", help="a short load: shows that it works, not how fast")
    given = parser.parse_args()
    per_second, seconds = (QUICK_PER_SECOND, QUICK_SECONDS) if given.quick else (PER_SECOND, SECONDS)
    is_exact = True
    for name, found in measure(per_second=per_second, seconds=seconds).all():
        sys.stdout.write(f"{name}: {_told(found)}\n")
        is_exact = is_exact and not found.problems
        if found.problems:
            sys.stdout.write(f"{some_of(found.problems)}\n")
    return 0 if is_exact else 1


def _told(found: Handled) -> str:
    timing = found.timing
    return (
        f"{timing.per_second:.0f} webhooks/s of {found.offered_per_second:.0f} and repeats, "
        f"p50 {timing.p50_ms:.0f} ms, p99 {timing.p99_ms:.0f} ms, longest {timing.longest_ms:.0f} ms, "
        f"{timing.over_a_second} over 1 s, {timing.in_vain} in vain; {found.customers} customers answered after "
        f"p50 {found.answer_p50_seconds:.2f} s, p99 {found.answer_p99_seconds:.2f} s, "
        f"the last {found.drained_seconds:.1f} s after the load; "
        f"ledger {'exact' if not found.problems else 'NOT exact'}"
    )


if __name__ == "__main__":
    sys.exit(main())
