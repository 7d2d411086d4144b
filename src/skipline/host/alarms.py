"""One alarm per thing that waits for a time, on the event loop's clock."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime

from skipline.base.clock import Clock

_SHORTEST_SECONDS = 0.01
"""The loop's clock and the calendar's differ a little, so that an alarm may ring before its time has come."""


class Alarms:
    """Calls `ring` with a key once its time has come. Whoever is rung sets the next alarm, if there is one."""

    def __init__(self, clock: Clock, ring: Callable[[str], None]) -> None:
        self._clock, self._ring = clock, ring
        self._set: dict[str, tuple[datetime, asyncio.TimerHandle]] = {}

    def __iter__(self) -> Iterator[str]:
        """The keys that will be rung for."""
        return iter(self._set)

    def set(self, key: str, at: datetime | None) -> None:
        """Ring for `key` at this time instead of the one before; None: not at all."""
        before = self._set.get(key)
        if before is not None:
            if before[0] == at:
                return
            before[1].cancel()
            del self._set[key]
        if at is not None:
            delay = max(_SHORTEST_SECONDS, (at - self._clock()).total_seconds())
            self._set[key] = at, asyncio.get_running_loop().call_later(delay, self._go_off, key)

    def _go_off(self, key: str) -> None:
        self._set.pop(key, None)
        self._ring(key)
