"""Tells listeners what happens as it happens: the demo's terminal, the live socket of the API."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager

import msgspec

from skipline.model.events import Event, LookupAnswered, LookupsAnswered, RequestAnswered

_KEPT_FOR_SLOW_LISTENERS = 1000


class Live:
    """Fans facts out to listeners. One that falls behind by 1,000 facts loses the oldest, never slows the host.

    What a source said stays here, as it stays out of the record: only what a flow keeps of it is for people to see.
    """

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[Event]] = set()

    def publish(self, facts: Iterable[Event]) -> None:
        """Hand `facts` to every listener, in order."""
        if not self._queues:
            return
        for fact in facts:
            shown = without_values(fact)
            for queue in self._queues:
                if queue.full():
                    queue.get_nowait()
                queue.put_nowait(shown)

    @contextmanager
    def listen(self) -> Iterator[AsyncIterator[Event]]:
        """The facts from now on, until the `with` block is left."""
        queue: asyncio.Queue[Event] = asyncio.Queue(_KEPT_FOR_SLOW_LISTENERS)
        self._queues.add(queue)
        try:
            yield _drained(queue)
        finally:
            self._queues.discard(queue)


def without_values(fact: Event) -> Event:
    """A fact as people may see it: a source's answer without its value, which may be everything about a customer."""
    if isinstance(fact, LookupAnswered | RequestAnswered):
        return msgspec.structs.replace(fact, value=None)
    if isinstance(fact, LookupsAnswered):
        answers = tuple(msgspec.structs.replace(answer, value=None) for answer in fact.answers)
        return msgspec.structs.replace(fact, answers=answers)
    return fact


async def _drained(queue: asyncio.Queue[Event]) -> AsyncIterator[Event]:
    while True:
        yield await queue.get()
