"""Lets go of files that were kept long enough."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

import structlog

log = structlog.get_logger(__name__)


class KeptFiles(Protocol):
    """Files that grow old."""

    async def forget(self, before: datetime) -> int:
        """Delete those that were put here before `before`; gives how many."""


class FileFolder:
    """A folder of files that nobody changes once they are there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

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
