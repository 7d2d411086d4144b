"""Where files of messages are: below the data folder, each under the SHA-256 of its bytes, so that the same file is
there once. What is kept aside is never served."""

import asyncio
import os
import shutil
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Lock

from skipline.host.old_files import delete_if_old, forget_files

LEAST_FREE_BYTES = 512 * 1024 * 1024
CLOCKS_DIFFER = timedelta(days=1)
"""A file stays so much longer than its message, whose time is its provider's."""
_SERVED, _ASIDE = "media", "media-aside"


class NoSpace(Exception):
    """The disk is nearly full: calls and messages need what is left."""


class Shelf:
    """The files of one data folder."""

    def __init__(self, folder: Path, least_free_bytes: int = LEAST_FREE_BYTES) -> None:
        self._folder, self._least_free_bytes = folder, least_free_bytes
        # So that no file goes that a message was just now told to be here.
        self._touching = Lock()

    async def keep(self, data: bytes, *, is_aside: bool = False) -> str:
        """Put a file away; gives its name here. Raises `NoSpace` and `OSError`."""
        return await asyncio.to_thread(self._keep, data, _ASIDE if is_aside else _SERVED)

    def path_of(self, file: str) -> Path | None:
        """A file that may be served; None when it is not here."""
        path = self._folder / _SERVED / file
        return path if _is_name(file) and path.is_file() else None

    async def forget(self, before: datetime) -> int:
        """Delete the files of messages that came before `before`; gives how many. The same file of several messages is
        as young as the youngest of them."""
        folders = [one for room in (_SERVED, _ASIDE) for one in sorted((self._folder / room).glob("*"))]
        gone = 0
        for folder in folders:
            gone += await asyncio.to_thread(forget_files, folder, before - CLOCKS_DIFFER, self._delete_if_old)
        return gone

    def _delete_if_old(self, file: Path, before: datetime) -> bool:
        with self._touching:
            return delete_if_old(file, before)

    def _is_here(self, path: Path) -> bool:
        """Whether a file is here; it counts from now on."""
        with self._touching:
            try:
                os.utime(path)
            except FileNotFoundError:
                return False
        return True

    def _keep(self, data: bytes, room: str) -> str:
        digest = sha256(data).hexdigest()
        file = f"{digest[:2]}/{digest}"
        path = self._folder / room / file
        if self._is_here(path):
            return file
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(path.parent).free < self._least_free_bytes + len(data):
            raise NoSpace("the disk is nearly full")
        _write(path, data)
        return file


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, whoever writes the same file at the same time."""
    partial = path.with_name(f"{path.name}.{os.urandom(4).hex()}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # so that the name is there after a power cut, as the row that names it is
    finally:
        os.close(folder)


def _is_name(file: str) -> bool:
    folder, _, digest = file.partition("/")
    return len(digest) == 64 and digest.startswith(folder) and digest.isalnum()
