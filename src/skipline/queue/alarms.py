"""What falls due by itself, in order of time."""

from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Protocol

from skipline.queue.instants import Instant

Alarm = tuple[Instant, int, "Sleeper"]
"""When, a number that keeps the order of equal times, and whose it is."""


class Sleeper(Protocol):
    """Something that has at most one alarm; setting another one makes the old one void."""

    alarm: Alarm | None


@dataclass(slots=True)
class Alarms:
    """A heap of alarms. Void ones stay until they come to the top."""

    _heap: list[Alarm] = field(default_factory=list)
    _count: int = 0
    _void: int = 0

    def set(self, sleeper: Sleeper, at: Instant | None) -> None:
        """Wake `sleeper` at `at`, and at no other time; None: not at all."""
        if sleeper.alarm is not None:
            self._void += 1
            sleeper.alarm = None
        if at is None:
            return
        self._count += 1
        sleeper.alarm = (at, self._count, sleeper)
        heappush(self._heap, sleeper.alarm)
        if self._void > len(self._heap) // 2 + 64:
            self._sweep()

    def next_at(self) -> Instant | None:
        """The earliest alarm, or None."""
        heap = self._heap
        while heap and heap[0][2].alarm is not heap[0]:
            heappop(heap)
            self._void -= 1
        return heap[0][0] if heap else None

    def due(self, now: Instant) -> Sleeper | None:
        """The first sleeper whose time has come, its alarm taken off; None when nobody's has."""
        at = self.next_at()
        if at is None or at > now:
            return None
        sleeper = heappop(self._heap)[2]
        sleeper.alarm = None
        return sleeper

    def _sweep(self) -> None:
        self._heap = [alarm for alarm in self._heap if alarm[2].alarm is alarm]
        self._heap.sort(key=_order)
        self._void = 0


def _order(alarm: Alarm) -> tuple[Instant, int]:
    return alarm[:2]
