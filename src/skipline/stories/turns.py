"""Counts how often something was asked, for stories that tell the answers one by one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

Line = TypeVar("Line")


@dataclass(slots=True)
class Turns:
    """How often each thing was asked so far."""

    _counts: dict[str, int] = field(default_factory=dict)

    def next(self, name: str, lines: Sequence[Line]) -> Line:
        """The line for this time; the last one holds for all times after it."""
        return lines[min(self.count(name), len(lines)) - 1]

    def count(self, name: str) -> int:
        """How often `name` was asked, this time included."""
        count = self._counts[name] = self._counts.get(name, 0) + 1
        return count
