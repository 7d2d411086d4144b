"""How many questions a source gets at once, and how many may wait for their turn."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_WAITING_PER_PLACE = 10


class TooManyWaiting(Exception):
    """The line before the gate is so long that joining it is pointless."""


class Gate:
    """Lets `places` through at once; the others wait in line, and a line that is too long is refused at once.

    Who waits must bring a time limit of its own.
    """

    def __init__(self, places: int) -> None:
        self._places = asyncio.Semaphore(max(1, places))
        self._waiting = 0
        self._waiting_allowed = max(1, places) * _WAITING_PER_PLACE

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold one place for the length of the block."""
        if self._waiting >= self._waiting_allowed:
            raise TooManyWaiting
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._places.release()
