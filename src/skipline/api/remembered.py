"""What was worked out and may be asked for again, up to a bound: the oldest makes room."""

from collections.abc import Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Remembered(Generic[Value]):
    """A table of at most `most` values."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[Hashable, Value] = {}

    def get(self, key: Hashable) -> Value | None:
        """What is remembered under a key; None: nothing."""
        return self._values.get(key)

    def keep(self, key: Hashable, value: Value) -> None:
        """Remember a value as the newest."""
        self._values.pop(key, None)
        while len(self._values) >= self._most:
            del self._values[next(iter(self._values))]
        self._values[key] = value
