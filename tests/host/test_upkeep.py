"""Answers about people are kept no longer than they may be quoted."""

import asyncio
from datetime import timedelta
from pathlib import Path

from lookup_room import TurnedClock

from skipline.host.upkeep import forget_answers, keep_house
from skipline.model.configuration import Configuration, Source
from skipline.model.lookup import KnownAnswer
from skipline.store import Database, last_known

_DAY = timedelta(days=1)


async def _keep(database: Database, clock: TurnedClock, **ages: timedelta) -> None:
    for key, age in ages.items():
        answer = KnownAnswer(value={"name": "Ana"}, answered_at=clock() - age)
        await database.write(last_known.remember, "loyalty", key, answer)


async def _kept(database: Database, *keys: str) -> list[str]:
    return [key for key in keys if await database.read(last_known.recall, "loyalty", key) is not None]


async def test_answers_older_than_a_day_are_forgotten(tmp_path: Path) -> None:
    clock = TurnedClock()
    async with await Database.open(tmp_path) as database:
        await _keep(database, clock, old=_DAY * 1.01, young=_DAY * 0.99)
        assert await forget_answers(database, clock, Configuration()) == 1
        assert await _kept(database, "old", "young") == ["young"]


async def test_a_source_that_may_be_quoted_for_longer_has_its_answers_kept(tmp_path: Path) -> None:
    clock = TurnedClock()
    week = Configuration(sources=(Source(name="loyalty", type="http", stale_if_error_seconds=7 * 86400),))
    async with await Database.open(tmp_path) as database:
        await _keep(database, clock, old=_DAY * 8, young=_DAY * 6)
        assert await forget_answers(database, clock, week) == 1
        assert await _kept(database, "old", "young") == ["young"]


async def test_the_rounds_go_on_after_a_database_in_trouble(tmp_path: Path) -> None:
    clock = TurnedClock()
    async with await Database.open(tmp_path) as database:
        await _keep(database, clock, old=_DAY * 2)
        database._writer._is_closed = True
        rounds = asyncio.create_task(keep_house(database, clock, Configuration, every_seconds=0.01))
        await asyncio.sleep(0.05)
        database._writer._is_closed = False
        async with asyncio.timeout(10):
            while await _kept(database, "old"):  # noqa: ASYNC110 - only the database can tell
                await asyncio.sleep(0.01)
        assert not rounds.done()
        rounds.cancel()
        await asyncio.wait([rounds])
