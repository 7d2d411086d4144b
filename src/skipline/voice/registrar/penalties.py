"""Growing pauses for those who fail too often, and a measured flow for those who ask too often.

Both keep a bounded table: past the limit the one that was quiet for longest is forgotten, so that a flood from invented
addresses costs memory that was planned for.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class _Record:
    level: float = 0.0
    at: float = 0.0
    bans: int = 0
    banned_until: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PenaltyTerms:
    """After `limit` failures comes a pause of `first_seconds`, twice that the next time, `longest_seconds` at most.
    One failure is forgiven every `forgive_seconds`."""

    limit: int
    forgive_seconds: float
    first_seconds: float
    longest_seconds: float


class Penalties:
    """Who failed how often; times are monotonic seconds."""

    def __init__(self, terms: PenaltyTerms, most: int = 10_000) -> None:
        self._terms, self._most = terms, most
        self._records: dict[str, _Record] = {}

    def __len__(self) -> int:
        return len(self._records)

    def is_banned(self, key: str, now: float) -> bool:
        """Whether `key` must still wait."""
        record = self._records.get(key)
        return record is not None and now < record.banned_until

    def fail(self, key: str, now: float) -> bool:
        """Count a failure; true when with it a pause begins."""
        terms, record = self._terms, self._take(key)
        forgiven = max(0.0, now - record.at) / terms.forgive_seconds
        record.level = max(0.0, record.level - forgiven)
        if not record.level:
            record.bans = 0
        record.level, record.at = record.level + 1, now
        if record.level <= terms.limit:
            return False
        pause = min(terms.first_seconds * 2.0 ** min(record.bans, 30), terms.longest_seconds)
        record.bans += 1
        record.level, record.at = float(terms.limit), now + pause
        record.banned_until = now + pause
        return True

    def forgive(self, key: str) -> None:
        """Forget the failures of `key`."""
        self._records.pop(key, None)

    def _take(self, key: str) -> _Record:
        record = self._records.pop(key, None) or _Record()
        self._records[key] = record
        while len(self._records) > self._most:
            del self._records[next(iter(self._records))]
        return record


class Allowance:
    """So many at once, and so many a second for ever (a token bucket), for each key."""

    def __init__(self, burst: float, per_second: float, most: int = 10_000) -> None:
        self._burst, self._per_second, self._most = burst, per_second, most
        self._left: dict[str, tuple[float, float]] = {}

    def __len__(self) -> int:
        return len(self._left)

    def take(self, key: str, now: float) -> bool:
        """Whether `key` may once more; counts it."""
        left, at = self._left.pop(key, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._per_second)
        is_allowed = left >= 1
        self._left[key] = (left - 1 if is_allowed else left, now)
        while len(self._left) > self._most:
            del self._left[next(iter(self._left))]
        return is_allowed
