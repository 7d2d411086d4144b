"""Who came to the door lately: the last call of each trunk, and calls that were refused. In memory, and bounded."""

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from skipline.model.trunk_examination import RefusedCalls

MOST_KEPT = 50
"""Different addresses, or numbers, that are remembered; past that the one that came longest ago is forgotten, so that
scanners cost nothing."""

_Key = TypeVar("_Key", bound=Hashable)


class DoorLog:
    """Counts since `since`."""

    def __init__(self, since: datetime) -> None:
        self.since = since
        self._last_calls: dict[str, datetime] = {}
        self._unknown: _Tally[tuple[str, str]] = _Tally()
        self._strangers: _Tally[str] = _Tally()

    def let_in(self, trunk: str, now: datetime) -> None:
        """A trunk brought a call."""
        self._last_calls[trunk] = now

    def note_unknown_number(self, trunk: str, number: str, now: datetime) -> None:
        """A trunk brought a call for a number that no flow takes."""
        self._unknown.add((trunk, number), number, now)

    def note_stranger(self, address: str, now: datetime) -> None:
        """A call came from an address of no trunk."""
        self._strangers.add(address, address, now)

    def last_call_at(self, trunk: str) -> datetime | None:
        """When a trunk last brought a call that was let in."""
        return self._last_calls.get(trunk)

    def unknown_numbers(self, trunk: str) -> tuple[RefusedCalls, ...]:
        """Calls of a trunk for numbers that no flow takes, the latest first."""
        return tuple(calls for (name, _), calls in self._unknown.latest_first() if name == trunk)

    def strangers(self) -> tuple[RefusedCalls, ...]:
        """Calls from addresses of no trunk, the latest first."""
        return tuple(calls for _, calls in self._strangers.latest_first())


class _Tally(Generic[_Key]):
    """Counts by key; what was counted last stands last."""

    def __init__(self) -> None:
        self._counted: OrderedDict[_Key, RefusedCalls] = OrderedDict()

    def add(self, key: _Key, about: str, now: datetime) -> None:
        before = self._counted.pop(key, None) or RefusedCalls(about=about[:200], count=0, first_at=now, last_at=now)
        self._counted[key] = msgspec.structs.replace(before, count=before.count + 1, last_at=now)
        if len(self._counted) > MOST_KEPT:
            self._counted.popitem(last=False)

    def latest_first(self) -> list[tuple[_Key, RefusedCalls]]:
        return list(reversed(self._counted.items()))
