"""How good announced waits were, held against what came."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from skipline.model.queueing import Estimate

_SHORTEST_SECONDS = 10.0
"""An error is taken relative to the wait, but to no less than this: 2 s instead of 1 s is not 100 % wrong."""

Outcome = tuple[Estimate, float]
"""What was told, and the seconds that it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """`mdare` is the median of |estimate - wait| / max(wait, 10 s); `coverage` the share of waits inside their band,
    which promises 0.8; `width` the mean width of the bands over the mean wait; `bias` the mean error over the mean
    wait, above 0 where too much was told."""

    count: int
    mdare: float
    coverage: float
    width: float
    bias: float


def score(outcomes: Iterable[Outcome]) -> Score | None:
    """The score of estimates whose waits are known; None when there are none."""
    found = list(outcomes)
    waited = sum(wait for _, wait in found)
    if not found or waited <= 0:
        return None
    return Score(
        count=len(found),
        mdare=median_error([(told.seconds, wait) for told, wait in found]),
        coverage=fmean(told.low <= wait <= told.high for told, wait in found),
        width=sum(told.high - told.low for told, _ in found) / waited,
        bias=sum(told.seconds - wait for told, wait in found) / waited,
    )


def median_error(pairs: Sequence[tuple[float, float]]) -> float:
    """The median of |estimate - wait| / max(wait, 10 s)."""
    return median(abs(told - wait) / max(wait, _SHORTEST_SECONDS) for told, wait in pairs)
