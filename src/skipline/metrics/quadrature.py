"""The integral of a smooth function."""

import math
from collections.abc import Callable

_PIECES = 16
_PANELS = 300


def integral(function: Callable[[float], float], low: float, high: float) -> float:
    """The integral of `function` from `low` to `high` by Simpson's rule; 0 when `high` is not above `low`.

    Each of the pieces is half as wide as the one after it, so that what happens within a thousandth of the way from
    `low` is seen as well as the rest.
    """
    if high <= low:
        return 0.0
    ends = [low + (high - low) * 0.5**piece for piece in range(_PIECES)]
    return math.fsum(_simpson(function, low, high) for high, low in zip(ends, [*ends[1:], low], strict=True))


def _simpson(function: Callable[[float], float], low: float, high: float) -> float:
    width = (high - low) / _PANELS
    odd = math.fsum(function(low + panel * width) for panel in range(1, _PANELS, 2))
    even = math.fsum(function(low + panel * width) for panel in range(2, _PANELS, 2))
    return width / 3.0 * (function(low) + function(high) + 4.0 * odd + 2.0 * even)
