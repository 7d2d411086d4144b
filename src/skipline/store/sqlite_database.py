"""A database in a data folder: one file, one process, one thread that writes."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, TypeVar

import sqlalchemy as sa
import structlog

from skipline.store import migration, sqlite
from skipline.store.database import Database
from skipline.store.folder import DATABASE_NAME, FolderLock, make_folder
from skipline.store.readers import Readers
from skipline.store.writer import Writer

Result = TypeVar("Result")
_log = structlog.get_logger()


class SqliteDatabase(Database):
    """See `Database`. Made by `Database.open`."""

    def __init__(self, folder: Path, lock: FolderLock) -> None:
        self.folder, self._lock = folder, lock
        self._file = folder / DATABASE_NAME
        self._writer = Writer(sqlite.writing_engine(self._file), asyncio.get_running_loop())
        self._readers = Readers(sqlite.reading_engine(self._file))

    @classmethod
    async def open_folder(cls, folder: Path) -> Self:
        """Open a data folder, made and migrated as needed, for this process alone."""
        lock = await asyncio.to_thread(_prepare, folder)
        if warning := sqlite.version_warning():
            _log.warning("sqlite_is_old", why=warning)
        try:
            return cls(folder, lock)
        except BaseException:
            lock.release()
            raise

    def _put(
        self, work: Callable[[sa.Connection], Any], *, is_urgent: bool = True, is_first: bool = False
    ) -> "asyncio.Future[Any]":
        return self._writer.put(work, is_urgent=is_urgent, is_first=is_first)

    async def _get(self, work: Callable[[sa.Connection], Result]) -> Result:
        return await self._readers.run(work)

    async def close(self) -> None:
        await self._writer.close()
        await self._readers.close()
        self._lock.release()


def _prepare(folder: Path) -> FolderLock:
    make_folder(folder)
    lock = FolderLock(folder)
    try:
        migration.bring_up_to_date(folder / DATABASE_NAME)
    except BaseException:
        lock.release()
        raise
    return lock
