"""Entries that the same agents may take and that age alike, in order of effective arrival."""

import sys
from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from skipline.model.queueing import Medium
from skipline.queue.grade import Grade
from skipline.queue.instants import Instant

if TYPE_CHECKING:
    from skipline.queue.profile import Profile
    from skipline.queue.stay import Stay

Standing = tuple[Instant, str, "Stay"]
"""Effective arrival, entry id, and whose it is. Ids differ, so stays are never compared."""
Needs = tuple[tuple[str, int], ...]
"""Skills with their least levels, in order of name."""

NOBODY: Standing = (sys.maxsize, "", None)  # type: ignore[assignment]
"""The head of an empty line: later than everybody, and never handed out."""

_SPARE = 256


@dataclass(slots=True, eq=False, kw_only=True)
class Line:
    """One first-come-first-served line. `preferred` are the only agents who may take its entries, `refused` those who
    just refused them. `profiles` may take them otherwise, narrowest first.

    A sorted list from `_first` on: taking the head moves nothing, anybody else is found by bisection, and those who
    come with credit are sorted in. Moving 100,000 references takes tens of microseconds, in the one line that long.
    """

    grade: Grade
    medium: Medium
    needs: Needs = ()
    preferred: tuple[str, ...] = ()
    refused: frozenset[str] = frozenset()
    profiles: "tuple[Profile, ...]" = ()
    head: Standing = NOBODY
    _standings: list[Standing] = field(default_factory=list)
    _first: int = 0

    def __len__(self) -> int:
        return len(self._standings) - self._first

    def __iter__(self) -> Iterator[Standing]:
        return iter(self._standings[self._first :])

    def add(self, stay: "Stay") -> None:
        """Put an entry where its effective arrival says."""
        standings, standing = self._standings, (stay.since, stay.entry.id, stay)
        if not standings or standing > standings[-1]:
            standings.append(standing)
        else:
            insort(standings, standing, self._first)
        stay.line = self
        self.head = standings[self._first]

    def remove(self, stay: "Stay") -> None:
        """Take an entry out, wherever it stands."""
        standings = self._standings
        if stay is self.head[2]:
            standings[self._first] = NOBODY
            self._first += 1
            self._trim()
        else:
            place: Any = (stay.since, stay.entry.id)
            del standings[bisect_left(standings, place, self._first)]
        stay.line = None
        self.head = standings[self._first] if self._first < len(standings) else NOBODY

    def count_before(self, stay: "Stay", now: Instant) -> int:
        """How many here go before `stay` by the queue's policy, whatever line it stands in."""
        mine = stay.grade.key(stay.since, stay.entry.id, now)
        key = self.grade.key
        found = bisect_left(self._standings, mine, self._first, key=lambda other: key(other[0], other[1], now))
        return found - self._first

    def _trim(self) -> None:
        if self._first > _SPARE and self._first * 2 > len(self._standings):
            del self._standings[: self._first]
            self._first = 0
