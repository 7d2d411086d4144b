"""Makers of identifiers, handed in as arguments so that tests can count instead."""

from collections.abc import Callable
from itertools import count

from uuid_utils import uuid7

Ids = Callable[[], str]
"""Gives a new identifier at each call, never the same twice."""


def time_ordered_ids() -> str:
    """A version 7 UUID (RFC 9562 section 5.7): later ones sort after earlier ones."""
    return str(uuid7())


def counted_ids(prefix: str) -> Ids:
    """Identifiers `prefix1`, `prefix2`, ... for tests and stories."""
    numbers = count(1)
    return lambda: f"{prefix}{next(numbers)}"
