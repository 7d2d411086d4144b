"""The value that a share of all values stay under."""

import math
from collections.abc import Sequence


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """Of values in rising order the one that `share` (0 to 1) of them stay under, in between two by straight line.

    R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", 1996, type 7. None when there are no values.
    """
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
