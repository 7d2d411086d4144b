"""Rates and means of late: what is longer ago counts less."""

from dataclasses import dataclass
from math import exp, expm1

from skipline.queue.instants import Instant, Span, in_seconds


def _faded(age: Span, memory_seconds: float) -> float:
    return exp(-in_seconds(max(0, age)) / memory_seconds)


@dataclass(slots=True)
class FadingSum:
    """A sum whose parts fade: after `memory_seconds` each counts for 1/e of what it did."""

    memory_seconds: float
    _sum: float = 0.0
    _at: Instant = 0

    def add(self, amount: float, at: Instant) -> None:
        """Add a part. One that is told late has faded already."""
        if at < self._at:
            self._sum += amount * _faded(self._at - at, self.memory_seconds)
        else:
            self._sum, self._at = self.value(at) + amount, at

    def value(self, now: Instant) -> float:
        """The sum by now."""
        return self._sum * _faded(now - self._at, self.memory_seconds) if self._sum else 0.0

    def window(self, now: Instant, watched_since: Instant) -> float:
        """Over how many seconds the sum is spread: divided by it, the sum is a rate. What lies before `watched_since`
        does not count as time in which nothing happened."""
        watched = in_seconds(max(0, now - watched_since)) + 1.0
        return self.memory_seconds * -expm1(-watched / self.memory_seconds)


@dataclass(slots=True)
class FadingMean:
    """A mean of values of late."""

    memory_seconds: float
    _sum: float = 0.0
    _count: float = 0.0
    _at: Instant = 0

    def add(self, value: float, at: Instant) -> None:
        """Count a value. One that is told late has faded already."""
        if at < self._at:
            weight = _faded(self._at - at, self.memory_seconds)
            self._sum, self._count = self._sum + weight * value, self._count + weight
        else:
            total, count = self.parts(at)
            self._sum, self._count, self._at = total + value, count + 1.0, at

    def parts(self, now: Instant) -> tuple[float, float]:
        """The values' sum and how many there are, as far as they have not faded."""
        if not self._count:
            return 0.0, 0.0
        faded = _faded(now - self._at, self.memory_seconds)
        return self._sum * faded, self._count * faded

    def value(self, now: Instant) -> float | None:
        """The mean; None when nothing is left to take it of."""
        total, count = self.parts(now)
        return total / count if count > 1e-6 else None

    def near(self, now: Instant, other: float, weight: float) -> float:
        """The mean with `other` counted in as if it were `weight` values, so that a few values do not decide alone."""
        total, count = self.parts(now)
        return (total + weight * other) / (count + weight)
