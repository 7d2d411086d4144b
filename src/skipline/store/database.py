"""The way in to storage: works go in as functions of a transaction, their results come out.

A work is a plain function `(transaction, ...) -> result`; the modules of this room are full of them. It runs outside
the event loop and must neither await nor touch anything but its transaction and arguments. A second kind of database
needs only another class with these methods (SQLAlchemy's `AsyncConnection.run_sync` takes the same works).
"""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar

import sqlalchemy as sa
import structlog

from skipline.store import backup, migration, sqlite
from skipline.store.errors import UnusablePlace
from skipline.store.folder import DATABASE_NAME, FolderLock, make_folder
from skipline.store.readers import Readers
from skipline.store.writer import Writer

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
_log = structlog.get_logger()


class Database:
    """An open database. Make it with `open`, end it with `close` or `async with`."""

    def __init__(self, folder: Path, lock: FolderLock) -> None:
        self.folder, self._lock = folder, lock
        self._file = folder / DATABASE_NAME
        self._writer = Writer(sqlite.writing_engine(self._file), asyncio.get_running_loop())
        self._readers = Readers(sqlite.reading_engine(self._file))

    @classmethod
    async def open(cls, place: Path | str) -> Self:
        """Open a data folder (or a `sqlite:///FOLDER` URL), made and migrated as needed, for this process alone.

        Raises `FolderInUse`, `SchemaIsNewer`, or `UnusablePlace` with a sentence that names the fix.
        """
        folder = _folder_of(place)
        lock = await asyncio.to_thread(_prepare, folder)
        if warning := sqlite.version_warning():
            _log.warning("sqlite_is_old", why=warning)
        try:
            return cls(folder, lock)
        except BaseException:
            lock.release()
            raise

    def write(
        self,
        work: Callable[Concatenate[sa.Connection, Arguments], Result],
        /,
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> "asyncio.Future[Result]":
        """Carry out `work` in a transaction; awaiting it waits until the change is on the disk.

        Works are carried out in the order of these calls, awaited or not; cancelling the wait does not undo the work.
        Raises what `work` raises (then its changes are undone), `StorageFailed`, or at once `StorageBusy`.
        """
        return self._writer.put(partial(_call, work, args, kwargs))

    async def read(
        self,
        work: Callable[Concatenate[sa.Connection, Arguments], Result],
        /,
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        """The result of `work`, which sees all that was written before and can change nothing."""
        return await self._readers.run(partial(_call, work, args, kwargs))

    async def back_up(self, file: Path) -> None:
        """Write a copy of the whole database to `file` while work goes on. The master key is not in it."""
        await asyncio.to_thread(backup.copy_database, self._file, file)

    async def close(self) -> None:
        """Finish the works that wait, then let go of the folder."""
        await self._writer.close()
        await self._readers.close()
        self._lock.release()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _call(
    work: Callable[..., Result], args: tuple[object, ...], kwargs: dict[str, object], transaction: sa.Connection
) -> Result:
    return work(transaction, *args, **kwargs)


def _folder_of(place: Path | str) -> Path:
    if isinstance(place, Path):
        return place
    if "://" not in place:
        return Path(place)
    if place.startswith("sqlite:///"):
        return Path(place.removeprefix("sqlite:///"))
    scheme = place.split("://", 1)[0]
    raise UnusablePlace(f"this release stores in SQLite, not {scheme}: give a folder, or sqlite:///FOLDER")


def _prepare(folder: Path) -> FolderLock:
    make_folder(folder)
    lock = FolderLock(folder)
    try:
        migration.bring_up_to_date(folder / DATABASE_NAME)
    except BaseException:
        lock.release()
        raise
    return lock
