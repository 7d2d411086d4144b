"""Backups are whole although work goes on, and restoring never leaves a folder worse than it was."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa
from store_values import make_call

from skipline.store import Database, calls
from skipline.store.backup import copy_database
from skipline.store.errors import FolderInUse, SchemaIsNewer, UnusablePlace
from skipline.store.folder import DATABASE_NAME
from skipline.store.restoration import restore


def _count(transaction: sa.Connection) -> int:
    return transaction.scalar(sa.text("SELECT count(*) FROM calls")) or 0


def _names_in(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


async def _fill(folder: Path, count: int) -> None:
    async with await Database.open(folder) as database:
        await asyncio.gather(*(database.write(calls.start, make_call(number)) for number in range(count)))


async def _count_in(folder: Path) -> int:
    async with await Database.open(folder) as database:
        return await database.read(_count)


async def test_a_backup_holds_all_that_was_acknowledged_and_the_writer_goes_on(tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    async with await Database.open(tmp_path / "data") as database:
        await asyncio.gather(*(database.write(calls.start, make_call(number)) for number in range(300)))
        later = [database.write(calls.start, make_call(number)) for number in range(300, 600)]
        await asyncio.to_thread(copy_database, database.folder / DATABASE_NAME, copy)
        await asyncio.gather(*later)
        assert await database.read(_count) == 600
    assert copy.stat().st_mode & 0o777 == 0o600
    assert _names_in(tmp_path) == {"copy.db", "data"}
    await asyncio.to_thread(restore, copy, tmp_path / "new")
    assert 300 <= await _count_in(tmp_path / "new") <= 600


async def test_restoring_keeps_what_was_there(tmp_path: Path) -> None:
    async with await Database.open(tmp_path / "data") as database:
        await database.write(calls.start, make_call(1))
        await asyncio.to_thread(copy_database, database.folder / DATABASE_NAME, tmp_path / "copy.db")
        await database.write(calls.start, make_call(2))
    await asyncio.to_thread(restore, tmp_path / "copy.db", tmp_path / "data")
    assert await _count_in(tmp_path / "data") == 1
    await asyncio.to_thread(restore, tmp_path / "data" / "skipline.before-restore.db", tmp_path / "data")
    assert await _count_in(tmp_path / "data") == 2


async def test_restoring_helps_when_the_database_is_damaged(tmp_path: Path) -> None:
    async with await Database.open(tmp_path / "data") as database:
        await database.write(calls.start, make_call(1))
        await asyncio.to_thread(copy_database, database.folder / DATABASE_NAME, tmp_path / "copy.db")
    (tmp_path / "data" / "skipline.db").write_bytes(b"damaged" * 10_000)
    with pytest.raises(UnusablePlace, match="restore a backup"):
        await Database.open(tmp_path / "data")
    await asyncio.to_thread(restore, tmp_path / "copy.db", tmp_path / "data")
    assert await _count_in(tmp_path / "data") == 1


async def test_a_running_skipline_is_not_restored_over(in_folder: Database, tmp_path: Path) -> None:
    await in_folder.write(calls.start, make_call(1))
    await asyncio.to_thread(copy_database, in_folder.folder / DATABASE_NAME, tmp_path / "copy.db")
    with pytest.raises(FolderInUse):
        await asyncio.to_thread(restore, tmp_path / "copy.db", in_folder.folder)
    assert await in_folder.read(_count) == 1


async def test_what_is_no_backup_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    await _fill(tmp_path / "data", 3)
    empty, nonsense, cut = tmp_path / "empty.db", tmp_path / "nonsense.db", tmp_path / "cut.db"
    empty.touch()
    nonsense.write_bytes(b"nonsense" * 1000)
    cut.write_bytes((tmp_path / "data" / "skipline.db").read_bytes()[:20_000])
    for wrong in (empty, nonsense, cut, tmp_path / "missing.db"):
        with pytest.raises(UnusablePlace):
            await asyncio.to_thread(restore, wrong, tmp_path / "data")
    assert await _count_in(tmp_path / "data") == 3


async def test_a_backup_of_a_newer_skipline_is_refused(in_folder: Database, tmp_path: Path) -> None:
    await in_folder.write(
        lambda transaction: transaction.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    )
    await asyncio.to_thread(copy_database, in_folder.folder / DATABASE_NAME, tmp_path / "copy.db")
    with pytest.raises(SchemaIsNewer):
        await asyncio.to_thread(restore, tmp_path / "copy.db", tmp_path / "new")
    assert not (tmp_path / "new").exists()
