"""Service level: which share of contacts was answered in time. There is no common formula, so each has a name.

T is the target in seconds, S the wait below which an abandonment is short (a wrong number, a change of mind). The six
variants are those of ICMI's list and of the vendors' manuals. On one day's counts they differ by five points, so that a
figure without its variant, T and S says little. Skipline shows `ALL_ABANDONS_HURT`, and `SHORT_ABANDONS_REMOVED` with
it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Contacts of one group, or shares of all of them: `in_time` means within T, `short` at most S."""

    answered: float
    answered_in_time: float
    abandoned: float
    abandoned_in_time: float = 0.0
    abandoned_short: float = 0.0


class Variant(StrEnum):
    """How abandonments count."""

    ABANDONS_IN_TIME_HELP = "abandons_in_time_help"
    ANSWERED_ONLY = "answered_only"
    ALL_ABANDONS_HURT = "all_abandons_hurt"
    ABANDONS_IN_TIME_REMOVED = "abandons_in_time_removed"
    SHORT_ABANDONS_HELP = "short_abandons_help"
    SHORT_ABANDONS_REMOVED = "short_abandons_removed"


def abandons_in_time_help(counts: Counts) -> float | None:
    """Who left within T counts as served (Asterisk's second figure, Cisco's "positive impact")."""
    return _share(counts.answered_in_time + counts.abandoned_in_time, counts.answered + counts.abandoned)


def answered_only(counts: Counts) -> float | None:
    """Nobody who left is counted (Asterisk's first figure). It flatters: with fewer answers it can rise."""
    return _share(counts.answered_in_time, counts.answered)


def all_abandons_hurt(counts: Counts) -> float | None:
    """Everybody who left was not served in time (Genesys Cloud's default, Cisco's "negative impact")."""
    return _share(counts.answered_in_time, counts.answered + counts.abandoned)


def abandons_in_time_removed(counts: Counts) -> float | None:
    """Who left within T is as if they had not come (Cisco's "ignored", Bright Pattern)."""
    return _share(counts.answered_in_time, counts.answered + counts.abandoned - counts.abandoned_in_time)


def short_abandons_help(counts: Counts) -> float | None:
    """Who left within S counts as served (in ICMI's list)."""
    return _share(counts.answered_in_time + counts.abandoned_short, counts.answered + counts.abandoned)


def short_abandons_removed(counts: Counts) -> float | None:
    """Who left within S is as if they had not come (Genesys Cloud without short abandons)."""
    return _share(counts.answered_in_time, counts.answered + counts.abandoned - counts.abandoned_short)


VARIANTS: Mapping[Variant, Callable[[Counts], float | None]] = {
    Variant.ABANDONS_IN_TIME_HELP: abandons_in_time_help,
    Variant.ANSWERED_ONLY: answered_only,
    Variant.ALL_ABANDONS_HURT: all_abandons_hurt,
    Variant.ABANDONS_IN_TIME_REMOVED: abandons_in_time_removed,
    Variant.SHORT_ABANDONS_HELP: short_abandons_help,
    Variant.SHORT_ABANDONS_REMOVED: short_abandons_removed,
}
"""Every variant's formula. Each gives None when nobody is left to count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """What became of contacts; the three add up to one."""

    service_level: float
    abandonment: float
    late_answers: float


def shares(counts: Counts) -> Shares | None:
    """What became of everybody, by `ALL_ABANDONS_HURT`; None when there was nobody."""
    whole = counts.answered + counts.abandoned
    return None if whole <= 0 else _shares(counts, counts.abandoned, whole)


def shares_without_short(counts: Counts) -> Shares | None:
    """What became of all but those who left within S, by `SHORT_ABANDONS_REMOVED`; None when there was nobody."""
    left = counts.abandoned - counts.abandoned_short
    whole = counts.answered + left
    return None if whole <= 0 else _shares(counts, left, whole)


def _shares(counts: Counts, left: float, whole: float) -> Shares:
    return Shares(
        service_level=counts.answered_in_time / whole,
        abandonment=left / whole,
        late_answers=(counts.answered - counts.answered_in_time) / whole,
    )


def _share(part: float, whole: float) -> float | None:
    return None if whole <= 0 else part / whole
