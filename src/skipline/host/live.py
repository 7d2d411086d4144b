"""Tells listeners what happens as it happens: the demo's terminal, the live socket of the API."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager

import msgspec

from skipline.model.events import Event, LookupAnswered, LookupsAnswered, RequestAnswered

MOST_KEPT = 1000
"""Facts that wait for a slow listener."""


class Listener:
    """Somebody who listens. One that falls behind by 1,000 facts loses the oldest, never slows the host, and is told
    how many those were."""

    def __init__(self, wants: Callable[[Event], bool], *, of_this_node: bool) -> None:
        self.wants, self.of_this_node = wants, of_this_node
        self._facts: deque[Event] = deque()
        self._has_some = asyncio.Event()
        self._missed = 0

    def tell(self, fact: Event) -> None:
        """Keep a fact for the listener."""
        if len(self._facts) >= MOST_KEPT:
            self._facts.popleft()
            self._missed += 1
        self._facts.append(fact)
        self._has_some.set()

    async def next(self) -> tuple[Event, int]:
        """The next fact, and how many before it were lost."""
        while not self._facts:
            self._has_some.clear()
            await self._has_some.wait()
        missed, self._missed = self._missed, 0
        return self._facts.popleft(), missed


class Live:
    """Fans facts out to listeners.

    What a source said stays here, as it stays out of the record: only what a flow keeps of it is for people to see.
    """

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()

    def publish(self, facts: Iterable[Event]) -> None:
        """Hand `facts` to every listener, in order."""
        if self._listeners:
            self._tell(facts, self._listeners)

    def repeat(self, facts: Iterable[Event]) -> None:
        """Hand on what happened at another node, to all who do not ask for this one's facts alone."""
        self._tell(facts, [one for one in self._listeners if not one.of_this_node])

    @contextmanager
    def listen(self) -> Iterator[AsyncIterator[Event]]:
        """The facts from now on, until the `with` block is left."""
        with self.attend(lambda _: True) as listener:
            yield _drained(listener)

    @contextmanager
    def attend(self, wants: Callable[[Event], bool], *, of_this_node: bool = False) -> Iterator[Listener]:
        """The facts that somebody wants, one after the other, with what they missed."""
        listener = Listener(wants, of_this_node=of_this_node)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def _tell(self, facts: Iterable[Event], listeners: Iterable[Listener]) -> None:
        for fact in facts:
            shown = without_values(fact)
            for listener in listeners:
                if listener.wants(fact):
                    listener.tell(shown)


def without_values(fact: Event) -> Event:
    """A fact as people may see it: a source's answer without its value, which may be everything about a customer."""
    if isinstance(fact, LookupAnswered | RequestAnswered):
        return msgspec.structs.replace(fact, value=None)
    if isinstance(fact, LookupsAnswered):
        answers = tuple(msgspec.structs.replace(answer, value=None) for answer in fact.answers)
        return msgspec.structs.replace(fact, answers=answers)
    return fact


async def _drained(listener: Listener) -> AsyncIterator[Event]:
    while True:
        yield (await listener.next())[0]
