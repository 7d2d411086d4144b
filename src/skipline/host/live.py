"""Tells listeners what happens as it happens: the demo's terminal, the live socket of the API."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager

from skipline.model.events import Event

_KEPT_FOR_SLOW_LISTENERS = 1000


class Live:
    """Fans facts out to listeners. One that falls behind by 1,000 facts loses the oldest, never slows the host."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[Event]] = set()

    def publish(self, facts: Iterable[Event]) -> None:
        """Hand `facts` to every listener, in order."""
        for fact in facts:
            for queue in self._queues:
                if queue.full():
                    queue.get_nowait()
                queue.put_nowait(fact)

    @contextmanager
    def listen(self) -> Iterator[AsyncIterator[Event]]:
        """The facts from now on, until the `with` block is left."""
        queue: asyncio.Queue[Event] = asyncio.Queue(_KEPT_FOR_SLOW_LISTENERS)
        self._queues.add(queue)
        try:
            yield _drained(queue)
        finally:
            self._queues.discard(queue)


async def _drained(queue: asyncio.Queue[Event]) -> AsyncIterator[Event]:
    while True:
        yield await queue.get()
