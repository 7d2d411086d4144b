"""The way in to storage: works go in as functions of a transaction, their results come out.

A work is a plain function `(transaction, ...) -> result`; the modules of this room are full of them. It must neither
await nor touch anything but its transaction and arguments: on SQLite it runs on a thread of its own, on PostgreSQL
between two turns of the event loop.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import sqlalchemy as sa

from skipline.store.errors import UnusablePlace
from skipline.store.structs import work_out_structs

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
_SERVERS = ("postgresql://", "postgres://")


class Database(ABC):
    """An open database. Make it with `open`, end it with `close` or `async with`.

    `folder` is the data folder of this process: its master key and audio are there, whatever holds the tables.
    """

    folder: Path

    @staticmethod
    async def open(place: Path | str, folder: Path | None = None) -> "Database":
        """Open a data folder, a `sqlite:///FOLDER` URL or a `postgresql://` URL.

        A folder is made and migrated as needed and held by this process alone. PostgreSQL may be shared by many; it
        must have been migrated by a command, and `folder` names the data folder to use beside it.
        Raises `FolderInUse`, `SchemaIsNewer`, or `UnusablePlace` with a sentence that names the fix.
        """
        work_out_structs()
        if is_server(place):
            from skipline.store.postgres_database import PostgresDatabase  # loaded by those alone who use it

            return await PostgresDatabase.connect(str(place), folder)
        from skipline.store.sqlite_database import SqliteDatabase

        return await SqliteDatabase.open_folder(_folder_of(place))

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
        return self._put(partial(_call, work, args, kwargs))

    def write_soon(
        self,
        work: Callable[Concatenate[sa.Connection, Arguments], Result],
        /,
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> "asyncio.Future[Result]":
        """As `write`, for what nobody waits for: others may join its transaction for a hundredth of a second."""
        return self._put(partial(_call, work, args, kwargs), is_urgent=False)

    def write_first(
        self,
        work: Callable[Concatenate[sa.Connection, Arguments], Result],
        /,
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> "asyncio.Future[Result]":
        """As `write`, before all that waits: for what a stranger hands in who waits for our answer."""
        return self._put(partial(_call, work, args, kwargs), is_first=True)

    async def read(
        self,
        work: Callable[Concatenate[sa.Connection, Arguments], Result],
        /,
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        """The result of `work`, which sees all that was written before and can change nothing."""
        return await self._get(partial(_call, work, args, kwargs))

    @abstractmethod
    def _put(
        self, work: Callable[[sa.Connection], Any], *, is_urgent: bool = True, is_first: bool = False
    ) -> "asyncio.Future[Any]": ...

    @abstractmethod
    async def _get(self, work: Callable[[sa.Connection], Result]) -> Result: ...

    @abstractmethod
    async def close(self) -> None:
        """Finish the works that wait, then let go."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def is_server(place: Path | str) -> bool:
    """Whether a place is the URL of a database server."""
    return isinstance(place, str) and place.startswith(_SERVERS)


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
    raise UnusablePlace(
        f"{scheme} is no database that Skipline stores in: give a folder, sqlite:///FOLDER, or postgresql://HOST/NAME"
    )
