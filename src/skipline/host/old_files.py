"""Lets go of files that were kept long enough."""

import asyncio
import platform
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Protocol

import structlog

log = structlog.get_logger(__name__)

_NAME = re.compile(r"\w[\w.-]*", re.ASCII)


class KeptFiles(Protocol):
    """Files that grow old."""

    async def forget(self, before: datetime) -> int:
        """Delete those that were put here before `before`; gives how many."""


class FileFolder:
    """A folder of files that nobody changes once they are there. `place` tells it from those of other servers: the
    server's own name, then the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.place = f"{platform.node()}:{folder.absolute()}"

    def path_of(self, name: str) -> Path | None:
        """A file right in the folder; None when it is not here, whatever else the name may lead to."""
        path = self._folder / name
        return path if _NAME.fullmatch(name) and path.is_file() and not path.is_symlink() else None

    async def delete(self, names: Iterable[str]) -> None:
        """Delete these files, where they are here. Raises `OSError` when one of them cannot be."""
        await asyncio.to_thread(self._delete, tuple(names))

    def _delete(self, names: tuple[str, ...]) -> None:
        for path in filter(None, map(self.path_of, names)):
            path.unlink(missing_ok=True)

    async def forget(self, before: datetime) -> int:
        """Delete those that were put here before `before`; gives how many."""
        return await asyncio.to_thread(forget_files, self._folder, before)


def delete_if_old(file: Path, before: datetime) -> bool:
    """Delete a file that was last written before `before`; whether it was."""
    is_old = file.stat().st_mtime < before.timestamp()
    if is_old:
        file.unlink()
    return is_old


def forget_files(folder: Path, before: datetime, delete: Callable[[Path, datetime], bool] = delete_if_old) -> int:
    """Delete the files right in `folder` that were last written before `before`; gives how many. One that cannot be
    deleted is told and stays."""
    try:
        files = sorted(one for one in folder.iterdir() if one.is_file())
    except FileNotFoundError:
        return 0
    gone = 0
    for file in files:
        try:
            gone += delete(file, before)
        except FileNotFoundError:
            continue  # it was only on its way to its name
        except OSError as trouble:
            log.error("file_not_deleted", file=str(file), why=trouble.strerror)
    return gone
