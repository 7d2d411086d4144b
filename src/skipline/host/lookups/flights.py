"""Equal questions that are asked at the same time become one: the second asker waits for the first one's answer."""

import asyncio
from collections.abc import Callable, Coroutine

from skipline.model.lookup import Answer

Start = Callable[[], Coroutine[None, None, Answer]]


class Flights:
    """Questions on their way, by key. A flight goes on when the call that began it ends: others may wait for it."""

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self._tasks = tasks
        self._flying: dict[str, asyncio.Task[Answer | Exception]] = {}

    async def join(self, key: str, start: Start) -> Answer:
        """The answer of the flight under `key`, which `start` begins when there is none. Bring your own limit."""
        flight = self._flying.get(key)
        if flight is None:
            flight = self._flying[key] = self._tasks.create_task(_landed(start))
            flight.add_done_callback(lambda _: self._flying.pop(key, None))
        result = await asyncio.shield(flight)
        if isinstance(result, Exception):
            raise result
        return result

    def abandon(self) -> None:
        """Stop all flights; for the end of the process."""
        for flight in self._flying.values():
            flight.cancel()


async def _landed(start: Start) -> Answer | Exception:
    """A mistake as a value: raised in a task group it would end every other flight too."""
    try:
        return await start()
    except Exception as mistake:
        return mistake
