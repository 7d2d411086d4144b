"""Where good answers outlive this process, so that a source that is down after a restart still has a stand-in."""

import asyncio
from collections.abc import Coroutine
from typing import Protocol

import structlog

from skipline.model.lookup import KnownAnswer

_log = structlog.get_logger()

_PENDING_ALLOWED = 1000
_WRITE_SECONDS = 5.0


class LastKnown(Protocol):
    """Answers by source and key (a digest), kept on disk. It may drop those that nobody may use any more."""

    async def recall(self, source: str, key: str) -> KnownAnswer | None:
        """The last answer remembered, however old."""

    async def remember(self, source: str, key: str, answer: KnownAnswer) -> None:
        """Keep `answer` in place of an older one."""

    async def forget(self, source: str, key: str) -> None:
        """Drop what is kept, because the source says that it knows nothing."""


class NothingKept:
    """For those who keep nothing between runs, such as `skipline call` and tests."""

    async def recall(self, source: str, key: str) -> KnownAnswer | None:
        return None

    async def remember(self, source: str, key: str, answer: KnownAnswer) -> None:
        pass

    async def forget(self, source: str, key: str) -> None:
        pass


class Keeper:
    """Writes to `LastKnown` behind the calls' backs: no caller waits for a disk, and a full disk hurts no caller."""

    def __init__(self, last_known: LastKnown, tasks: asyncio.TaskGroup) -> None:
        self._last_known = last_known
        self._tasks = tasks
        self._pending = 0

    def remember(self, source: str, key: str, answer: KnownAnswer) -> None:
        """Have `answer` kept soon; when too many are waiting already, this one is left out."""
        self._soon(source, self._last_known.remember(source, key, answer))

    def forget(self, source: str, key: str) -> None:
        """Have the kept answer dropped soon."""
        self._soon(source, self._last_known.forget(source, key))

    def _soon(self, source: str, work: Coroutine[None, None, None]) -> None:
        if self._pending >= _PENDING_ALLOWED:
            work.close()
            return
        self._pending += 1
        self._tasks.create_task(self._carry_out(source, work))

    async def _carry_out(self, source: str, work: Coroutine[None, None, None]) -> None:
        try:
            async with asyncio.timeout(_WRITE_SECONDS):
                await work
        except Exception as failure:  # the answer itself was delivered long ago; only its copy on disk is missing
            _log.warning("last_known_not_kept", source=source, error=type(failure).__name__)
        finally:
            self._pending -= 1
