"""Messages come in while nodes die by kill -9 at every boundary: each is there once, its run heard of it once, and all
of them stand in their order."""

import asyncio
import os
from pathlib import Path

import pytest
from intake_drill import kill_everywhere, what_is_there
from postgres_server import PostgresServer

PEOPLE = int(os.environ.get("CHAOS_PEOPLE", "12"))
LINES = 4


def check(place: str, folder: Path) -> None:
    assert asyncio.run(what_is_there(place, folder)) == {
        "contacts": PEOPLE,
        "conversations": PEOPLE,
        "durable_runs": PEOPLE,
        "messages": PEOPLE * LINES,
        "inbox": PEOPLE * LINES,
        "channel_events": PEOPLE * LINES,
        "unread": {LINES},
        "problems": {""},
        "texts": [f"line {line}" for line in range(LINES)] * PEOPLE,
    }


@pytest.mark.timeout(600)
def test_a_folder_takes_every_message_in_once_wherever_its_node_dies(tmp_path: Path) -> None:
    kill_everywhere(str(tmp_path / "data"), tmp_path, people=PEOPLE, lines=LINES, seed=1, beside=False)
    check(str(tmp_path / "data"), tmp_path)


@pytest.mark.timeout(600)
def test_a_node_beside_one_that_dies_does_nothing_twice(
    tmp_path: Path, postgres: PostgresServer, migrated: str
) -> None:
    place = postgres.make_database(template=migrated)
    kill_everywhere(place, tmp_path, people=PEOPLE, lines=LINES, seed=2, beside=True)
    check(place, tmp_path)
