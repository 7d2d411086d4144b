"""Group commit: works share transactions, and a transaction that the database gives up is given up by all in it."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from store_values import make_call

from skipline.store import Database, calls, migration, sqlite, work
from skipline.store.errors import StorageBusy, StorageError, StorageFailed
from skipline.store.sqlite_database import SqliteDatabase
from skipline.store.writer import Writer


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "skipline.db"
    migration.bring_up_to_date(made)
    return made


@pytest.fixture
def engine(file: Path, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    monkeypatch.setattr(sqlite, "BUSY_MILLISECONDS", 50)
    return sqlite.writing_engine(file)


@pytest.fixture
async def writing(engine: sa.Engine) -> AsyncIterator[Writer]:
    opened = Writer(engine, asyncio.get_running_loop())
    yield opened
    await opened.close()


async def test_works_that_wait_together_share_a_transaction(engine: sa.Engine, writing: Writer) -> None:
    commits: list[sa.Connection] = []
    sa.event.listen(engine, "commit", commits.append)
    works = [writing.put(lambda transaction, n=number: calls.start(transaction, make_call(n))) for number in range(500)]
    await asyncio.gather(*works)
    assert 2 <= len(commits) < 50


def _count(transaction: sa.Connection) -> int:
    return transaction.scalar(sa.text("SELECT count(*) FROM calls")) or 0


async def test_a_full_disk_is_told_and_heals(writing: Writer) -> None:
    def leave_room_for(transaction: sa.Connection, pages: int) -> None:
        used = transaction.exec_driver_sql("PRAGMA page_count").scalar() or 0
        transaction.exec_driver_sql(f"PRAGMA max_page_count = {used + pages}")

    await writing.put(lambda transaction: leave_room_for(transaction, 20))
    works = [writing.put(lambda transaction, n=number: calls.start(transaction, make_call(n))) for number in range(900)]
    results = await asyncio.gather(*works, return_exceptions=True)
    refused = [result for result in results if isinstance(result, Exception)]
    assert refused
    assert all("full" in str(problem) for problem in refused)
    assert await writing.put(_count) == len(results) - len(refused)

    await writing.put(lambda transaction: leave_room_for(transaction, 100_000))
    await writing.put(lambda transaction: calls.start(transaction, make_call(5000)))
    assert await writing.put(_count) == len(results) - len(refused) + 1


async def test_when_the_transaction_is_gone_all_works_of_the_group_are_told(writing: Writer) -> None:
    def lose_the_transaction(transaction: sa.Connection) -> None:
        transaction.exec_driver_sql("ROLLBACK")

    results = await asyncio.gather(
        writing.put(lambda transaction: calls.start(transaction, make_call(1))),
        writing.put(lose_the_transaction),
        writing.put(lambda transaction: calls.start(transaction, make_call(2))),
        return_exceptions=True,
    )
    assert any(isinstance(result, StorageFailed) for result in results)
    assert await writing.put(_count) == sum(result is None for result in results)
    await writing.put(lambda transaction: calls.start(transaction, make_call(3)))


async def test_a_writer_kept_out_too_long_says_so_and_goes_on_afterwards(file: Path, writing: Writer) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as intruder:
        intruder.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageFailed, match="locked"):
            await writing.put(lambda transaction: calls.start(transaction, make_call(1)))
        intruder.execute("ROLLBACK")
        await writing.put(lambda transaction: calls.start(transaction, make_call(2)))
    assert await writing.put(_count) == 1


async def test_too_many_waiting_writes_are_refused_at_once(writing: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "MOST_WAITING", 10)
    held = asyncio.Event()
    loop = asyncio.get_running_loop()
    writing.put(lambda _: asyncio.run_coroutine_threadsafe(held.wait(), loop).result(timeout=10))
    accepted = []
    with pytest.raises(StorageBusy) as refusal:
        for number in range(12):
            accepted.append(  # noqa: PERF401 - those accepted before the refusal count
                writing.put(lambda transaction, n=number: calls.start(transaction, make_call(n)))
            )
    assert isinstance(refusal.value, StorageError)
    held.set()
    await asyncio.gather(*accepted)
    assert await writing.put(_count) == len(accepted)


async def test_who_is_first_goes_before_all_that_waits(database: Database) -> None:
    order: list[str] = []
    has_begun, may_go_on = threading.Event(), threading.Event()

    def note(_transaction: sa.Connection, name: str) -> None:
        has_begun.set()
        may_go_on.wait(10)
        order.append(name)

    works = []
    if isinstance(database, SqliteDatabase):  # whose thread may take the first one before the others are there
        works.append(database.write(note, "begun"))
        await asyncio.to_thread(has_begun.wait, 10)
    works += [database.write(note, name) for name in ("waits", "waits too")]
    works.append(database.write_first(note, "first"))
    may_go_on.set()
    await asyncio.gather(*works)
    assert [name for name in order if name != "begun"] == ["first", "waits", "waits too"]
