"""The band around an estimate, learned from what the last estimates were wrong by.

Split-conformal prediction (V. Vovk, A. Gammerman, G. Shafer, "Algorithmic learning in a random world", 2005; H.
Papadopoulos et al., 2002): of the last misses of estimates like this one, those between the 10th and the 90th
percentile say where 80 % of outcomes will lie, whatever the shape of their distribution. "Like this one" is: of the
same queue and tier, and of the same size.

A wait that would have been long is seen less often, because more contacts give up before its end. So each outcome
counts as many times as it was likely to be seen: `e^(leaving wait)` (inverse probability of censoring weights).
"""

from bisect import insort
from collections import deque
from dataclasses import dataclass, field
from math import exp, sqrt

SHARE = 0.8
SIZES = (15.0, 60.0)
"""Where small, middle and large estimates part, in seconds."""
_FEWEST = 40
_KEPT = 400
_SPREAD_OF_SHARE = 1.2816
"""80 % of a normal distribution lie within so many standard deviations."""
_LEAST_SCALE = 10.0
_MOST_WEIGHT = 20.0

Miss = tuple[float, float]
"""How far an outcome lay above its estimate, in parts of it, and how often it counts."""


@dataclass(slots=True)
class _Misses:
    """The last ones, by age and by size."""

    by_age: "deque[Miss]" = field(default_factory=deque)
    by_size: list[Miss] = field(default_factory=list)
    _between: Miss | None = None

    def add(self, miss: Miss) -> None:
        if len(self.by_age) == _KEPT:
            self.by_size.remove(self.by_age.popleft())
        self.by_age.append(miss)
        insort(self.by_size, miss)
        self._between = None

    def between(self) -> Miss:
        """The two misses that hold the middle 80 %, as (lower, upper). One is taken off at both ends, for the one to
        come: so the promise holds for few outcomes too."""
        if self._between is None:
            whole = sum(weight for _, weight in self.by_size) * (1 + 1 / len(self.by_size))
            beyond = whole * (1 - SHARE) / 2
            self._between = _reached(self.by_size, beyond), _reached(self.by_size[::-1], beyond)
        return self._between


def _reached(misses: list[Miss], weight: float) -> float:
    """The miss at which so much weight is passed."""
    passed = 0.0
    for size, own in misses:
        passed += own
        if passed >= weight:
            return size
    return misses[-1][0]


@dataclass(slots=True)
class Bands:
    """Misses by (queue, tier, size), and by (queue, "", size) for tiers with few of their own."""

    _misses: dict[tuple[str, str, int], _Misses] = field(default_factory=dict)

    def learn(self, queue: str, tier: str, estimated: float, waited: float, leaving_per_second: float) -> None:
        """An estimate was followed by a wait that ended with an answer."""
        weight = min(_MOST_WEIGHT, exp(leaving_per_second * waited))
        miss = ((waited - estimated) / _scale(estimated), weight)
        size = _size(estimated)
        for key in {(queue, tier, size), (queue, "", size)}:
            self._misses.setdefault(key, _Misses()).add(miss)

    def around(self, queue: str, tier: str, estimated: float, starts: float) -> tuple[float, float]:
        """The band around an estimate, in seconds. Before enough is learned it is that of a wait for `starts` agents
        who come free independently of each other."""
        size = _size(estimated)
        for key in ((queue, tier, size), (queue, "", size)):
            found = self._misses.get(key)
            if found is not None and len(found.by_age) >= _FEWEST:
                low, high = found.between()
                scale = _scale(estimated)
                return max(0.0, estimated + low * scale), max(0.0, estimated + high * scale)
        spread = _SPREAD_OF_SHARE / sqrt(max(1.0, starts))
        return max(0.0, estimated * (1 - spread)), estimated * (1 + spread)


def _size(estimated: float) -> int:
    return sum(estimated >= limit for limit in SIZES)


def _scale(estimated: float) -> float:
    return max(estimated, _LEAST_SCALE)
