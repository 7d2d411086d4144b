"""The one place that reads the machine's clock; everything else takes `now` or a `Clock` as an argument."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the present as an aware UTC time."""


def system_clock() -> datetime:
    """The present, as this machine knows it."""
    return datetime.now(UTC)
