"""Entries that the same agents may take and that age alike, in order of effective arrival."""

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from skipline.model.queueing import Medium
from skipline.queue.grade import Grade
from skipline.queue.instants import Instant, Span
from skipline.queue.spot import NOBODY, Spot

if TYPE_CHECKING:
    from skipline.queue.profile import Profile
    from skipline.queue.stay import Stay

Needs = tuple[tuple[str, int], ...]
"""Skills with their least levels, in order of name."""

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
    head: Spot = NOBODY
    _spots: list[Spot] = field(default_factory=list)
    _first: int = 0

    def __len__(self) -> int:
        return len(self._spots) - self._first

    def __iter__(self) -> Iterator[Spot]:
        return iter(self._spots[self._first :])

    def add(self, stay: "Stay") -> None:
        """Put an entry where its effective arrival says."""
        spots, spot = self._spots, (stay.since, stay.entry.id, stay)
        if not spots or spot > spots[-1]:
            spots.append(spot)
        else:
            insort(spots, spot, self._first)
        stay.line = self
        self.head = spots[self._first]

    def remove(self, stay: "Stay") -> None:
        """Take an entry out, wherever it stands."""
        spots = self._spots
        if stay is self.head[2]:
            spots[self._first] = NOBODY
            self._first += 1
            self._trim()
        else:
            place: Any = (stay.since, stay.entry.id)
            del spots[bisect_left(spots, place, self._first)]
        stay.line = None
        self.head = spots[self._first] if self._first < len(spots) else NOBODY

    def count_before(self, stay: "Stay", now: Instant) -> int:
        """How many here go before `stay` by the queue's policy, whatever line it stands in."""
        mine = stay.grade.key(stay.since, stay.entry.id, now)
        key = self.grade.key
        found = bisect_left(self._spots, mine, self._first, key=lambda other: key(other[0], other[1], now))
        return found - self._first

    def longest_wait(self, now: Instant) -> Span:
        """How long whoever has waited longest here has. Without granted waits that is the first; with them others who
        are behind may have waited longer, but none longer than their place says."""
        longest = 0
        for since, _, stay in islice(self._spots, self._first, None):
            if now - since <= longest:
                break
            longest = max(longest, stay.waited_by(now))
        return longest

    def _trim(self) -> None:
        if self._first > _SPARE and self._first * 2 > len(self._spots):
            del self._spots[: self._first]
            self._first = 0
