"""What a look-up came to, and the terms on which it was made."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from skipline.base.sentence import chained, say
from skipline.host.lookups.wording import describe_age
from skipline.model.commands import LookUp
from skipline.model.configuration import Source
from skipline.model.events import LookupStatus
from skipline.model.lookup import Answer, KnownAnswer

CEILING_SECONDS = 8.0
"""No look-up takes longer, whatever a flow or a source says: a caller is waiting."""

_RESERVE_SECONDS = 0.1
_RESERVE_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Terms:
    """One look-up's limits: the flow's own where it set them, else the source's."""

    limit_seconds: float
    cache_seconds: float
    stale_seconds: float

    @classmethod
    def agreed(cls, question: LookUp, source: Source, most_seconds: float = CEILING_SECONDS) -> "Terms":
        """The terms for `question` to `source`, within `most_seconds`."""
        wanted_seconds = _first(question.time_limit_seconds, source.time_limit_seconds)
        return cls(
            limit_seconds=min(wanted_seconds, most_seconds, CEILING_SECONDS),
            cache_seconds=_first(question.cache_seconds, source.cache_seconds),
            stale_seconds=_first(question.stale_if_error_seconds, source.stale_if_error_seconds),
        )

    @property
    def asking_seconds(self) -> float:
        """How long the source has: the limit but for a sliver in which the last known answer can be fetched."""
        return self.limit_seconds - self._reserve_seconds

    @property
    def waiting_seconds(self) -> float:
        """How long to wait for a question that is on its way already, perhaps on other terms than ours."""
        return self.limit_seconds - self._reserve_seconds / 2

    @property
    def _reserve_seconds(self) -> float:
        return min(_RESERVE_SECONDS, self.limit_seconds * _RESERVE_SHARE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A look-up's result; the fields are those of `LookupAnswered`, and the HTTP status."""

    status: LookupStatus
    value: Any = None
    is_cached: bool = False
    age_seconds: float = 0.0
    reason: str = ""
    code: int = 0


def finding_of(source: str, answer: Answer) -> Finding:
    """What the source itself said, or why it did not."""
    reason = chained([source, answer.reason or say("answered")], " ")
    return Finding(status=answer.status, value=answer.value, reason=reason, code=answer.code)


def fresh_from_cache(source: str, known: KnownAnswer, now: datetime) -> Finding:
    """A kept answer that is young enough to need no question."""
    age = age_of(known, now)
    reason = f"{source} was not asked again: its answer of {describe_age(age)} was used"
    return Finding(status=LookupStatus.OK, value=known.value, is_cached=True, age_seconds=age, reason=reason)


def stand_in(failure: Finding, known: KnownAnswer, now: datetime) -> Finding:
    """The last known answer in place of a failure, whose reason is kept."""
    age = age_of(known, now)
    reason = f"{failure.reason}; its answer of {describe_age(age)} stands in"
    return Finding(status=LookupStatus.STALE, value=known.value, is_cached=True, age_seconds=age, reason=reason)


def age_of(known: KnownAnswer, now: datetime) -> float:
    """Seconds since the answer came; never negative, even when the clock was set back."""
    return max(0.0, (now - known.answered_at).total_seconds())


def _first(written: float | None, otherwise: float) -> float:
    return otherwise if written is None else written
