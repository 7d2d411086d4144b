"""Places that callers lost by our own fault: who rings back soon is as far in line as they were.

A withheld number has no place to come back to.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

KEPT_SECONDS = 300.0


class LostPlace(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller had waited when their call was lost, in seconds, credit and all."""

    at: datetime
    waited_seconds: float


class LostPlaces:
    """A short memory, by telephone number."""

    def __init__(self, places: Mapping[str, LostPlace] | None = None) -> None:
        self._places = dict(places or {})

    def keep(self, phone: str, place: LostPlace) -> None:
        """A caller's place was lost; the ones that are too old by then are forgotten."""
        self._places = {one: old for one, old in self._places.items() if _is_kept(old, place.at)}
        if phone:
            self._places[phone] = place

    def take(self, phone: str, now: datetime) -> LostPlace | None:
        """The place that this caller comes back to, once."""
        place = self._places.pop(phone, None)
        return place if place is not None and _is_kept(place, now) else None


def _is_kept(place: LostPlace, now: datetime) -> bool:
    return now - place.at <= timedelta(seconds=KEPT_SECONDS)
