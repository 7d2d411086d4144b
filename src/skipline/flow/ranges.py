"""Ranges of numbers, each with the question whether its ends belong to it."""

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`; `has_low` and `has_high` say whether the ends belong to it."""

    low: float
    high: float = inf
    has_low: bool = True
    has_high: bool = True


def is_within(inner: Range, outer: Range) -> bool:
    """Whether every number of `inner` is in `outer`."""
    is_low_in = inner.low > outer.low or (inner.low == outer.low and (outer.has_low or not inner.has_low))
    is_high_in = inner.high < outer.high or (inner.high == outer.high and (outer.has_high or not inner.has_high))
    return is_low_in and is_high_in


def is_apart(one: Range, other: Range) -> bool:
    """Whether no number is in both."""
    lower, upper = (one, other) if one.low <= other.low else (other, one)
    is_touching = lower.high == upper.low and lower.has_high and upper.has_low
    return lower.high < upper.low or (lower.high == upper.low and not is_touching)
