"""How often refusals are written down: a program that asks in vain a thousand times a second fills no disk."""

from datetime import datetime, timedelta

_WINDOW = timedelta(minutes=1)
_MOST = 30
"""Different refusals that one node tells of in a window."""


class Refusals:
    """What was told of in the present minute."""

    def __init__(self) -> None:
        self._until: datetime | None = None
        self._told: set[str] = set()

    def may_tell(self, key: str, now: datetime) -> bool:
        """Whether this refusal is to be written down, as the first of its kind in this minute and one of the first."""
        if self._until is None or now >= self._until:
            self._until = now + _WINDOW
            self._told.clear()
        if key in self._told or len(self._told) >= _MOST:
            return False
        self._told.add(key)
        return True
