"""The types of variables as sentences name them."""

from collections.abc import Mapping

from skipline.base.sentence import say

_WORDS: Mapping[str, str] = {
    "map": say("a map"),
    "text": say("a text"),
    "number": say("a number"),
    "boolean": say("a boolean"),
    "time": say("a time"),
    "duration": say("a duration"),
    "list": say("a list"),
}


def a_kind(kind: str) -> str:
    """`a map` for `map`."""
    return _WORDS.get(kind, f"a {kind}")
