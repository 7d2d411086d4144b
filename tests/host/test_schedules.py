"""Schedules at work: each time once, whatever happens to the nodes that look. On both databases."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from api_client import client_of
from hook_room import shop_files
from inside_server import Inside, inside

from skipline.base.ids import counted_ids
from skipline.host.schedules import Schedules
from skipline.model.run import Run
from skipline.model.schedule import ScheduleMark
from skipline.store import runs, schedules
from skipline.store.schema import schedules as table

MONDAY = datetime(2026, 5, 4, 5, 0, tzinfo=UTC)
NINE = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
FLOW = """
format: 1
name: Reminders
triggers: [{type: schedule, cron: "CRON", zone: Europe/Amsterdam}]
start: greet
steps:
  greet: {type: note, with: {text: "Planned for {{ planned_at }}"}}
"""


@dataclass
class Node:
    """A node with a clock that stands still."""

    room: Inside
    schedules: Schedules
    clock: "StandingClock"

    async def look_at(self, moment: datetime) -> float:
        """Look once, at this moment."""
        self.clock.now = moment
        return await self.schedules.look()

    async def planned(self) -> list[str]:
        """The moments for which runs were started, in UTC, once these runs are over."""
        while True:
            found = (await self.room.database.read(runs.find, limit=500)).runs
            if all(one.ended_at for one in found):
                break
            await asyncio.sleep(0.02)
        kept = [await self.room.database.read(runs.read, one.id) for one in found]
        return sorted(_planned_at(one) for one in kept if one is not None)

    async def marks(self) -> tuple[ScheduleMark, ...]:
        return await self.room.database.read(schedules.read_marks)


class StandingClock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    async def read(self) -> datetime:
        return self.now


def _planned_at(run: Run) -> str:
    assert run.started_by is not None
    assert run.variables["planned_at"] == run.started_by.details["planned_at"]
    return run.started_by.details["planned_at"]


@asynccontextmanager
async def node(
    folder: Path, place: Path | str | None = None, cron: str = "0 9 * * *", *, name: str = "node", **more: Any
) -> AsyncIterator[Node]:
    """A node with the flow, published on Monday at seven in the morning in Amsterdam."""
    clock = StandingClock(more.get("at", MONDAY))
    files = shop_files(FLOW.replace("CRON", cron))
    async with inside(folder, files, place=place, clock=clock, name=name) as room:
        yield Node(room, _schedules(room, clock, name), clock)


def _schedules(room: Inside, clock: StandingClock, name: str) -> Schedules:
    return Schedules(
        database=room.database,
        find_flow=room.workspace.compiled,
        receive=room.services.durable.receive,
        ids=counted_ids(f"{name}-run"),
        now=clock.read,
    )


async def test_each_time_starts_one_run(tmp_path: Path, place: Path | str) -> None:
    async with node(tmp_path / "data", place) as one:
        await one.look_at(NINE - timedelta(seconds=1))
        assert await one.planned() == []
        for late in (0, 0.5, 30, 3600):
            await one.look_at(NINE + timedelta(seconds=late))
        assert await one.planned() == ["2026-05-04T07:00:00Z"]
        await one.look_at(NINE + timedelta(days=1))
        assert await one.planned() == ["2026-05-04T07:00:00Z", "2026-05-05T07:00:00Z"]
        (mark,) = await one.marks()
        assert (mark.last_planned_at, mark.missed) == (NINE + timedelta(days=1), 0)


async def test_a_node_looks_again_when_the_next_time_comes(tmp_path: Path) -> None:
    async with node(tmp_path) as one:
        assert await one.look_at(NINE - timedelta(hours=1)) == 10
        assert await one.look_at(NINE - timedelta(seconds=3)) == 3


async def test_a_crash_before_the_mark_starts_no_second_run(tmp_path: Path, place: Path | str) -> None:
    async with node(tmp_path / "data", place) as one:
        await one.look_at(NINE)
        planned, (mark,) = await one.planned(), await one.marks()
        forgotten = {"done_until": MONDAY, "last_planned_at": None, "last_run": ""}
        await one.room.database.write(lambda rows: rows.execute(sa.update(table).values(forgotten)))
        again = Node(one.room, _schedules(one.room, one.clock, "again"), one.clock)
        await again.look_at(NINE + timedelta(minutes=1))
        assert await again.planned() == planned == ["2026-05-04T07:00:00Z"]
        assert await again.marks() == (mark,)


async def test_two_nodes_start_it_once(tmp_path: Path, place: Path | str) -> None:
    if isinstance(place, Path):
        async with node(tmp_path / "one") as one:
            other = Node(one.room, _schedules(one.room, one.clock, "two"), one.clock)
            await _look_together(one, other)
        return
    async with node(tmp_path / "one", place) as one, node(tmp_path / "two", place, name="two") as other:
        await _look_together(one, other)


async def _look_together(one: Node, other: Node) -> None:
    for day in range(3):
        moment = NINE + timedelta(days=day)
        await asyncio.gather(one.look_at(moment), other.look_at(moment))
    assert await one.planned() == [f"2026-05-0{4 + day}T07:00:00Z" for day in range(3)]
    assert {mark.missed for mark in await one.marks()} == {0}


async def test_a_missed_time_is_made_up_for_when_it_is_not_long_ago(tmp_path: Path, place: Path | str) -> None:
    async with node(tmp_path / "data", place) as one:
        await one.look_at(MONDAY)
    async with node(tmp_path / "data", place, name="next") as one:
        await one.look_at(NINE + timedelta(minutes=40))
        assert await one.planned() == ["2026-05-04T07:00:00Z"]
        await one.look_at(NINE + timedelta(days=4, hours=2))
        assert await one.planned() == ["2026-05-04T07:00:00Z"]
        (mark,) = await one.marks()
        assert (mark.missed, mark.last_missed_at) == (4, NINE + timedelta(days=4))
        await one.look_at(NINE + timedelta(days=5))
        assert await one.planned() == ["2026-05-04T07:00:00Z", "2026-05-09T07:00:00Z"]


async def test_of_many_missed_times_the_latest_is_made_up_for(tmp_path: Path) -> None:
    async with node(tmp_path, cron="*/10 * * * *") as one:
        await one.look_at(MONDAY)
        await one.look_at(MONDAY + timedelta(hours=2, minutes=5))
        assert await one.planned() == ["2026-05-04T07:00:00Z"]
        (mark,) = await one.marks()
        assert (mark.missed, mark.last_missed_at) == (11, NINE - timedelta(minutes=10))


async def test_a_schedule_begins_with_the_next_time_after_its_publication(tmp_path: Path) -> None:
    async with node(tmp_path, at=NINE + timedelta(minutes=10)) as one:
        await one.look_at(NINE + timedelta(minutes=11))
        assert await one.planned() == []
        (mark,) = await one.marks()
        assert mark.missed == 0


async def test_a_time_between_publication_and_the_first_look_counts(tmp_path: Path) -> None:
    async with node(tmp_path, at=NINE - timedelta(seconds=5)) as one:
        await one.look_at(NINE + timedelta(seconds=2))
        assert await one.planned() == ["2026-05-04T07:00:00Z"]


async def test_a_schedule_that_is_changed_begins_anew(tmp_path: Path, place: Path | str) -> None:
    async with node(tmp_path / "data", place) as one:
        await one.look_at(NINE)
        one.clock.now = NINE + timedelta(hours=2)
        assert (await one.room.workspace.apply(shop_files(FLOW.replace("CRON", "0 10 * * *")))).is_applied
        await one.look_at(NINE + timedelta(hours=2, minutes=1))
        assert [mark.cron for mark in await one.marks()] == ["0 10 * * *"]
        await one.look_at(NINE + timedelta(days=1, hours=1))
        assert await one.planned() == ["2026-05-04T07:00:00Z", "2026-05-05T08:00:00Z"]


async def test_a_flow_that_is_taken_down_starts_no_more(tmp_path: Path) -> None:
    async with node(tmp_path) as one:
        await one.look_at(MONDAY)
        files = shop_files()
        del files["flows/orders.yaml"]
        await one.room.workspace.apply(files)
        await one.look_at(NINE)
        assert (await one.planned(), await one.marks()) == ([], ())


async def test_a_node_hears_of_what_another_one_published(place: Path | str, tmp_path: Path) -> None:
    if isinstance(place, Path):
        return  # a folder belongs to one process
    async with node(tmp_path / "one", place) as one, node(tmp_path / "two", place, name="two") as other:
        await one.room.workspace.apply(shop_files(FLOW.replace("CRON", "0 10 * * *")))
        await other.look_at(NINE)
        assert await other.planned() == []
        await other.look_at(NINE + timedelta(hours=1))
        assert await other.planned() == ["2026-05-04T08:00:00Z"]


@pytest.mark.parametrize(
    ("night", "planned"),
    [
        ("2026-03-28T20:00Z", ["2026-03-29T01:00:00Z"]),
        ("2026-10-24T20:00Z", ["2026-10-25T00:30:00Z"]),
    ],
    ids=["forward", "back"],
)
async def test_the_night_in_which_clocks_change_has_one_run(tmp_path: Path, night: str, planned: list[str]) -> None:
    evening = datetime.fromisoformat(night)
    async with node(tmp_path, cron="30 2 * * *", at=evening) as one:
        for minutes in range(0, 12 * 60, 5):
            await one.look_at(evening + timedelta(minutes=minutes))
        assert await one.planned() == planned


async def test_schedules_are_listed_with_what_became_of_their_times(tmp_path: Path) -> None:
    async with node(tmp_path) as one, client_of(one.room) as client:
        await one.look_at(NINE)
        await one.look_at(NINE + timedelta(days=1, hours=3))
        (listed,) = await client.get("/schedules")
        (run,) = (await client.get("/runs"))["runs"]
        assert listed == {
            "flow": "orders",
            "cron": "0 9 * * *",
            "zone": "Europe/Amsterdam",
            "next_at": "2026-05-06T07:00:00Z",
            "last_planned_at": "2026-05-04T07:00:00Z",
            "last_run": run["id"],
            "missed": 1,
            "last_missed_at": "2026-05-05T07:00:00Z",
        }
        assert run["trigger"] == "schedule"


async def test_without_a_clock_of_its_own_it_goes_by_the_databases(tmp_path: Path) -> None:
    async with node(tmp_path, cron="* * * * *", at=datetime.now(UTC) - timedelta(minutes=2)) as one:
        plain = Schedules(
            database=one.room.database,
            find_flow=one.room.workspace.compiled,
            receive=one.room.services.durable.receive,
            ids=counted_ids("plain"),
        )
        looking = asyncio.create_task(plain.run())
        while not await one.planned():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        looking.cancel()
