"""An answer laid out as the fields that it has, for people who choose what to keep of it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from skipline.base.value_types import shorten, write_plain

MOST_FIELDS = 500
MOST_ITEMS = 5
"""Of a list: the others look like the first."""
DEEPEST = 16
LONGEST_VALUE = 500


class AnswerField(NamedTuple):
    """One place in an answer: its JSON pointer (RFC 6901), what is there (text, number, boolean, list, map or nothing),
    and its value as people read it; a list or map tells how much is in it."""

    pointer: str
    type: str
    value: str


def fields_of(value: Any) -> list[AnswerField]:
    """The fields of an answer, each list and map before what is in it, no more than `MOST_FIELDS`."""
    found = []
    for one in _fields(value, "", 0):
        found.append(one)
        if len(found) == MOST_FIELDS:
            break
    return found


def _fields(value: Any, pointer: str, depth: int) -> Iterator[AnswerField]:
    if isinstance(value, dict | list):
        inner = list(value.items()) if isinstance(value, dict) else list(enumerate(value))[:MOST_ITEMS]
        if pointer:
            yield AnswerField(pointer, "map" if isinstance(value, dict) else "list", str(len(value)))
        for key, one in inner if depth < DEEPEST else ():
            yield from _fields(one, f"{pointer}/{_escaped(str(key))}", depth + 1)
    else:
        yield AnswerField(pointer, _type_of(value), shorten(write_plain(value), LONGEST_VALUE))


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _type_of(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else "text"
