"""Where files of messages are: below the data folder, each under the SHA-256 of its bytes, so that the same file is
there once. What is kept aside is never served."""

import asyncio
import os
import shutil
from hashlib import sha256
from pathlib import Path

LEAST_FREE_BYTES = 512 * 1024 * 1024
_SERVED, _ASIDE = "media", "media-aside"


class NoSpace(Exception):
    """The disk is nearly full: calls and messages need what is left."""


class Shelf:
    """The files of one data folder."""

    def __init__(self, folder: Path, least_free_bytes: int = LEAST_FREE_BYTES) -> None:
        self._folder, self._least_free_bytes = folder, least_free_bytes

    async def keep(self, data: bytes, *, is_aside: bool = False) -> str:
        """Put a file away; gives its name here. Raises `NoSpace` and `OSError`."""
        return await asyncio.to_thread(self._keep, data, _ASIDE if is_aside else _SERVED)

    def path_of(self, file: str) -> Path | None:
        """A file that may be served; None when it is not here."""
        path = self._folder / _SERVED / file
        return path if _is_name(file) and path.is_file() else None

    def _keep(self, data: bytes, room: str) -> str:
        digest = sha256(data).hexdigest()
        file = f"{digest[:2]}/{digest}"
        path = self._folder / room / file
        if path.exists():
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
