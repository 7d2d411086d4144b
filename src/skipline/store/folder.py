"""The data folder: made private, and held by one process at a time."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from skipline.store.errors import FolderInUse, UnusablePlace

DATABASE_NAME = "skipline.db"
_LOCK_NAME = "skipline.lock"


def make_folder(folder: Path) -> None:
    """Make the data folder readable for its owner alone; one that exists keeps its mode."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as refusal:
        raise UnusablePlace(f"{folder} cannot be a data folder ({refusal.strerror}): choose another one") from refusal


class FolderLock:
    """Holds a data folder until `release`, the end of a `with`, or the end of the process, however it comes (flock).

    Raises `FolderInUse` at once when another process holds it.
    """

    def __init__(self, folder: Path) -> None:
        self._file = _open_lock_file(folder)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = self._file.read().strip() or "unknown"
            self._file.close()
            raise FolderInUse(folder, holder) from None
        self._sign()

    def _sign(self) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._file.write(f"{os.getpid()}\n")
        self._file.flush()

    def release(self) -> None:
        """Let another process have the folder. The file stays: removing it would race with the next holder."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def find_holder(folder: Path) -> str | None:
    """The number of the process that holds a data folder; None when none does."""
    try:
        with (folder / _LOCK_NAME).open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return (folder / _LOCK_NAME).read_text().strip() or "unknown"
    except OSError:
        return None
    return None


def _open_lock_file(folder: Path) -> IO[str]:
    try:
        return os.fdopen(os.open(folder / _LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+")
    except OSError as refusal:
        raise UnusablePlace(f"{folder} cannot be written to ({refusal.strerror}): choose another folder") from refusal
