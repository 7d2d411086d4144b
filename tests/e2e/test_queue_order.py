"""Many calls through few agents: none is lost, and each agent gets the most urgent one at that moment."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from e2e_queue_room import GOLD_LINE, SILVER_LINE, QueueRoom, open_queue_room
from e2e_room import eventually

from skipline.voice.phone import Manners, PhoneCall

CALLS, AGENTS = (int(number) for number in os.environ.get("QUEUE_LOAD", "60x6").split("x"))
"""`QUEUE_LOAD=300x20` for the size at which a centre is busy."""
TARGETS = {"gold": 10.0, "silver": 30.0}
AT_ONCE = 30
SLACK_SECONDS = 0.5
"""INVITEs that come nearer together than this may have been sent in the other order: the telephones are in the process
of the tests, which hears late while browsers keep the machine busy."""


@pytest.mark.timeout(300)
async def test_no_call_is_lost_and_the_order_is_the_policys(tmp_path: Path) -> None:
    async with open_queue_room(tmp_path, agents=AGENTS, queue=", fair_lane: 0") as room:
        lines = asyncio.Semaphore(AT_ONCE)
        calling = [asyncio.create_task(_call(room, number, lines)) for number in range(CALLS)]
        await room.waiting(min(AT_ONCE, CALLS))
        manners = Manners(ring_seconds=0.05, talk_seconds=0.4)
        await room.sign_on(*(f"agent{number}" for number in range(AGENTS)), manners=manners)
        assert [call.code for call in await asyncio.gather(*calling)] == [200] * CALLS
        runs = await eventually(lambda: _ended(room), f"{CALLS} runs are over", 30)
        assert {run["outcome"] for run in runs} == {"answered"}
        served = [run for run, _, _ in room.rung]
        assert sorted(served) == sorted(run["id"] for run in runs)
        entries = [await room.server.ask("GET", f"/entries/{run}:1") for run in served]
        _check_order(entries, [at for _, _, at in room.rung])


async def _call(room: QueueRoom, number: int, lines: asyncio.Semaphore) -> PhoneCall:
    async with lines:
        call = room.call((GOLD_LINE, SILVER_LINE)[number % 3 > 0], hz=0)
        await call.ended.wait()
    return call


async def _ended(room: QueueRoom) -> list[dict[str, Any]] | None:
    found: list[dict[str, Any]] = (await room.server.ask("GET", f"/runs?limit={CALLS + 1}"))["runs"]
    return found if len(found) == CALLS and all(run["ended_at"] for run in found) else None


def _check_order(entries: list[dict[str, Any]], rung_at: list[float]) -> None:
    """Whoever was rung for was at least as urgent as everybody who had to wait clearly longer."""
    to_calendar = datetime.now(UTC).timestamp() - asyncio.get_running_loop().time()
    joined = [datetime.fromisoformat(entry["joined_at"]).timestamp() - to_calendar for entry in entries]
    for place, at in enumerate(rung_at):
        waited_on = [
            later
            for later in range(place + 1, len(entries))
            if joined[later] < at - SLACK_SECONDS and rung_at[later] > at + SLACK_SECONDS
        ]
        urgencies = {one: (at - joined[one]) / TARGETS[entries[one]["tier"]] for one in (place, *waited_on)}
        first = max(urgencies, key=lambda one: urgencies[one])
        assert urgencies[place] >= urgencies[first] - SLACK_SECONDS / TARGETS["gold"], (entries[place], entries[first])
