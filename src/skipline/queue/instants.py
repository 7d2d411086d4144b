"""Time as the queue counts it: whole microseconds since 1970, so that sums and ties are exact."""

from datetime import UTC, datetime, timedelta

Instant = int
"""Microseconds since 1970, UTC."""
Span = int
"""Microseconds."""

SECOND: Span = 1_000_000
_DAY_SECONDS = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def as_instant(at: datetime) -> Instant:
    """An aware time as an instant."""
    since = at - _EPOCH
    return (since.days * _DAY_SECONDS + since.seconds) * SECOND + since.microseconds


def as_datetime(instant: Instant) -> datetime:
    """An instant as an aware time, UTC."""
    return _EPOCH + timedelta(microseconds=instant)


def as_span(seconds: float) -> Span:
    """A length of time given in seconds."""
    return round(seconds * SECOND)


def in_seconds(span: Span) -> float:
    """A length of time, in seconds."""
    return span / SECOND
