"""Keeps Python's garbage collector from stopping the process while people wait.

Reference counting frees nearly everything at once; the collector only looks for cycles. Left alone it walks every
object of a busy process in one go, which stops the loop for 0.2 to 0.7 s and shows as the slowest one per cent of
calls: at 200 calls a second the time to ringing was 468 ms at p99 with it and 16 ms without. So the automatic
collection is off, what start-up made is never walked again (`gc.freeze`), new objects are walked in small bites four
times a second, and everything is walked only when nothing goes on, or when memory grows although something always does.
What lives longer than a bite and then becomes a cycle waits for that, so call objects take care not to be cycles.
"""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_TICK_SECONDS = 0.25
_IDLE_TICKS = 8
_FULL_EVERY_TICKS = 120
_GROWTH_BYTES = 256 << 20
_YOUNG, ALL = 1, 2


@dataclass(slots=True)
class _Rounds:
    idle: int = 0
    since_full: int = 0


class Collector:
    """Decides at each `tick` how much to collect. `is_idle` says whether nobody would notice a pause;
    `resident_bytes` gives the memory in use. Call `tick` every `seconds` from the owner's timer."""

    seconds = _TICK_SECONDS

    def __init__(self, is_idle: Callable[[], bool], resident_bytes: Callable[[], int] | None = None) -> None:
        self._is_idle = is_idle
        self._resident_bytes = resident_bytes or read_resident_bytes
        self._rounds = _Rounds()
        self._bytes_at_start = 0

    def start(self) -> None:
        """Take over from the automatic collection; once, when everything is loaded."""
        gc.collect()
        gc.freeze()
        gc.disable()
        self._bytes_at_start = self._resident_bytes()

    def stop(self) -> None:
        """Give back to the automatic collection."""
        gc.unfreeze()
        gc.enable()

    def tick(self) -> int:
        """Collect what is due; gives the generation that was collected: `ALL` was a full one."""
        rounds = self._rounds
        rounds.since_full += 1
        rounds.idle = rounds.idle + 1 if self._is_idle() else 0
        generation = self._due()
        if generation == ALL:
            rounds.since_full, rounds.idle = 0, 0
        gc.collect(generation)
        return generation

    def _due(self) -> int:
        rounds = self._rounds
        is_due = rounds.since_full >= _FULL_EVERY_TICKS
        return ALL if is_due and (rounds.idle >= _IDLE_TICKS or self._is_swollen()) else _YOUNG

    def _is_swollen(self) -> bool:
        # Only every half minute: then a pause is the lesser evil.
        grown = self._resident_bytes() - self._bytes_at_start > _GROWTH_BYTES
        if grown:
            self._bytes_at_start = self._resident_bytes()
        return grown


def read_resident_bytes() -> int:
    """The memory that this process has in RAM; 0 where the system does not tell."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * 4096
