"""Leaders of shared queues die or freeze while callers are served: nobody is handed to two agents, and nobody is
forgotten. Small here; `make chaos` has thousands of callers."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres_server import PostgresServer
from shared_drill import Drill, Running

ENTRIES = int(os.environ.get("CHAOS_ENTRIES", "150"))
NAMES = tuple(f"node{number}" for number in range(8))


@pytest.fixture
def drill(postgres: PostgresServer, migrated: str, tmp_path: Path) -> Iterator[Drill]:
    drill = Drill(postgres.make_database(template=migrated), tmp_path, entries=ENTRIES, names=NAMES)
    try:
        yield drill
    finally:
        drill.end()


def check(drill: Drill, *survivors: Running) -> None:
    drill.until(lambda: all(node.is_done for node in survivors), seconds=120)
    offers = drill.offers()
    assert {entry: count for entry, count in offers.items() if count > 1} == {}
    for node in survivors:
        missing = {f"{node.plan.name}:{number}" for number in range(node.plan.entries)} - set(offers)
        assert missing == set(), node.log()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("point", ["", "batch_written"])
def test_a_leader_that_is_killed_has_a_successor_and_no_caller_has_two_agents(drill: Drill, point: str) -> None:
    # The one who leads first has no callers of its own: nothing is lost with it but its mind.
    first = drill.start(NAMES[0], entries=0, fatal=f"{point}:{max(5, ENTRIES // 40)}" if point else "")
    drill.leader(first)
    others = [drill.start(name) for name in NAMES[1:3]]
    if not point:
        drill.until(lambda: len(drill.offers()) > ENTRIES // 3)
        first.signal(signal.SIGKILL)
    drill.until(lambda: not first.process.is_alive())
    killed = time.monotonic()
    heir = drill.leader(*others)
    milliseconds = (heir.said[-1][1] - killed) * 1000
    print(f"\nkilled at {point or 'any time'}; the next one leads after {milliseconds:.0f} ms")
    check(drill, *others)


@pytest.mark.timeout(300)
def test_a_leader_that_was_frozen_decides_nothing_any_more(drill: Drill) -> None:
    first, second = drill.start(NAMES[0]), None
    drill.leader(first)
    second = drill.start(NAMES[1])
    drill.until(lambda: len(drill.offers()) > ENTRIES // 3)
    first.signal(signal.SIGSTOP)
    frozen = time.monotonic()
    drill.leader(second)
    print(f"\nfrozen; the next one leads after {time.monotonic() - frozen:.1f} s")
    drill.until(lambda: second.is_done)
    first.signal(signal.SIGCONT)
    check(drill, first, second)
    drill.until(lambda: not first.leads)
