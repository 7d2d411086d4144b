"""The way in: what is written is there, what fails is not, and nobody else's folder is touched."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from store_values import NOON, make_call

from skipline.model.configuration import Tier
from skipline.store import Database, calls, configuration, sqlite
from skipline.store.errors import FolderInUse, StorageClosed, UnusablePlace
from skipline.store.schema import tiers


def _add_tier(transaction: sa.Connection, name: str, position: int = 0) -> None:
    row = {"key": name, "position": position, "body": {"name": name, "target_seconds": 1}, "updated_at": NOON}
    transaction.execute(sa.insert(tiers).values(row))


def _names(transaction: sa.Connection) -> set[str]:
    return {tier.name for tier in configuration.read_all(transaction, Tier)}


async def test_what_was_written_is_read_and_outlives_the_process(tmp_path: Path) -> None:
    async with await Database.open(tmp_path) as database:
        await database.write(_add_tier, "gold")
        assert await database.read(_names) == {"gold"}
    async with await Database.open(f"sqlite:///{tmp_path}") as again:
        assert await again.read(_names) == {"gold"}


async def test_works_are_carried_out_in_the_order_of_the_calls(database: Database) -> None:
    seen: list[int] = []
    works = [database.write(lambda _, n=number: seen.append(n)) for number in range(1000)]
    await asyncio.gather(*works)
    assert seen == list(range(1000))


async def test_a_work_that_fails_is_undone_and_hurts_no_other(database: Database) -> None:
    def add_then_fail(transaction: sa.Connection, name: str) -> None:
        _add_tier(transaction, name)
        raise LookupError(name)

    works = [database.write(add_then_fail if number % 3 == 0 else _add_tier, f"tier{number}") for number in range(300)]
    results = await asyncio.gather(*works, return_exceptions=True)
    assert [isinstance(result, LookupError) for result in results] == [number % 3 == 0 for number in range(300)]
    assert await database.read(_names) == {f"tier{number}" for number in range(300) if number % 3}


async def test_a_broken_promise_of_the_schema_reaches_the_one_who_broke_it(database: Database) -> None:
    first, second = database.write(_add_tier, "gold"), database.write(_add_tier, "gold")
    await first
    with pytest.raises(sa.exc.IntegrityError):
        await second


async def test_who_stops_waiting_undoes_nothing_and_disturbs_nobody(database: Database) -> None:
    unheard, heard = database.write(_add_tier, "gold"), database.write(_add_tier, "silver")
    unheard.cancel()
    await heard
    assert await database.read(_names) == {"gold", "silver"}


async def test_readers_cannot_write(database: Database) -> None:
    with pytest.raises(sa.exc.DBAPIError, match=r"read-?only"):
        await database.read(_add_tier, "gold")


async def test_a_reader_sees_one_state_while_the_writer_goes_on(in_folder: Database) -> None:
    loop = asyncio.get_running_loop()
    has_looked, may_look_again = asyncio.Event(), asyncio.Event()

    def look_twice(transaction: sa.Connection) -> tuple[set[str], set[str]]:
        first = _names(transaction)
        loop.call_soon_threadsafe(has_looked.set)
        asyncio.run_coroutine_threadsafe(may_look_again.wait(), loop).result(timeout=10)
        return first, _names(transaction)

    reading = asyncio.ensure_future(in_folder.read(look_twice))
    await has_looked.wait()
    await in_folder.write(_add_tier, "gold")
    may_look_again.set()
    assert await reading == (set(), set())
    assert await in_folder.read(_names) == {"gold"}


async def test_closing_finishes_what_waits_and_refuses_the_rest(tmp_path: Path) -> None:
    database = await Database.open(tmp_path)
    works = [database.write(_add_tier, f"tier{number}") for number in range(700)]
    await database.close()
    assert all(work.done() and work.exception() is None for work in works)
    with pytest.raises(StorageClosed):
        database.write(_add_tier, "late")
    async with await Database.open(tmp_path) as again:
        assert len(await again.read(_names)) == 700


async def test_a_folder_is_held_by_one_process(in_folder: Database) -> None:
    with pytest.raises(FolderInUse, match=f"in use by process {os.getpid()}: stop it"):
        await Database.open(in_folder.folder)


async def test_a_closed_folder_can_be_opened_again(tmp_path: Path) -> None:
    for _ in range(3):
        await (await Database.open(tmp_path)).close()


async def test_nobody_else_can_read_the_files(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    async with await Database.open(folder) as database:
        await database.write(_add_tier, "gold")
        assert folder.stat().st_mode & 0o777 == 0o700
        modes = {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}
        assert "skipline.db-wal" in modes
        assert set(modes.values()) == {0o600}


async def test_a_commit_waits_for_the_disk(in_folder: Database) -> None:
    def settings(transaction: sa.Connection) -> tuple[object, ...]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return tuple(transaction.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names)

    assert await in_folder.write(settings) == ("wal", 2, 1, 10_000)


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("mysql://host/skipline", "mysql is no database that Skipline stores in"),
        ("postgresql://127.0.0.1:1/skipline", "needs a data folder beside it"),
        ("/dev/null/data", "cannot be a data folder"),
    ],
)
async def test_a_place_that_cannot_be_used_says_why(place: str, sentence: str) -> None:
    with pytest.raises(UnusablePlace, match=sentence):
        await Database.open(place)


_WRITES_UNTIL_KILLED = """
import asyncio, sys
from store_values import make_call
from skipline.store import Database, calls

async def main():
    database = await Database.open(sys.argv[1])
    async def feed(lane):
        for number in range(lane, 1_000_000, 8):
            await database.write(calls.start, make_call(number))
            print(number, flush=True)
    await asyncio.gather(*(feed(lane) for lane in range(8)))

asyncio.run(main())
"""


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", _WRITES_UNTIL_KILLED, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None
        acknowledged = [line for line, _ in zip(child.stdout, range(400), strict=False)]
        child.send_signal(signal.SIGKILL)
        acknowledged += [line for line in child.stdout if line.endswith("\n")]
    numbers = [int(line) for line in acknowledged if line.strip().isdigit()]
    assert len(numbers) > 300
    with sqlite.reading_engine(tmp_path / "skipline.db").connect() as transaction, transaction.begin():
        assert all(calls.read(transaction, make_call(number).id) is not None for number in numbers)
        assert transaction.scalar(sa.text("PRAGMA integrity_check")) == "ok"
