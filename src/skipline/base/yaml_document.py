"""What was read from a YAML file, with the place of every part of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]
"""Where a value stands: keys and list positions (from 0) from the top of the file."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line and a column of a file, both counted from 1."""

    line: int
    column: int


class YamlMistake(Exception):
    """A file, or one place in it, cannot be read. `fix` says what to do, and may be empty."""

    def __init__(self, sentence: str, place: Place, fix: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.place = place
        self.fix = fix

    @property
    def line(self) -> int:
        """The line, from 1."""
        return self.place.line

    @property
    def column(self) -> int:
        """The column, from 1."""
        return self.place.column


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """What a file says: plain data (None for an empty file), and where each part of it stands.

    `keys` and `values` hold the place of every key and value by path; `written` holds numbers as they were typed, for
    those who need to know that 31201234567 began with a plus; `mistakes` tells of keys that were written twice.
    """

    data: Any
    keys: Mapping[Path, Place]
    values: Mapping[Path, Place]
    written: Mapping[Path, str]
    mistakes: tuple[YamlMistake, ...] = ()

    def key_place(self, path: Path) -> Place:
        """Where the key that `path` ends with is written; for a list item the item, else the nearest place above."""
        while path:
            found = self.keys.get(path) or self.values.get(path)
            if found is not None:
                return found
            path = path[:-1]
        return self.values.get((), Place(1, 1))

    def line(self, path: Path) -> int:
        """The line to show for `path`: that of its key, else of the list item, else of what is around it."""
        return self.key_place(path).line
