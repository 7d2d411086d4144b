"""Sentences about time and about errors, for the reasons that a trace shows."""

from skipline.base.sentence import chained, sentence_of
from skipline.base.wrong_value import WrongValue

_MINUTE = 60
_HOUR = 3600
_LIMIT = 90
"""From this many of a unit on, the next larger one reads better."""


def describe_age(seconds: float) -> str:
    """How long ago something was, roughly: `12 s ago`, `5 min ago`, `3 h ago`."""
    if seconds < _LIMIT:
        return f"{seconds:.0f} s ago"
    if seconds < _LIMIT * _MINUTE:
        return f"{seconds / _MINUTE:.0f} min ago"
    return f"{seconds / _HOUR:.0f} h ago"


def describe_limit(seconds: float) -> str:
    """A time limit in the unit that reads best: `2 s`, `500 ms`."""
    return f"{seconds:g} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def words_of(error: Exception) -> str:
    """What an error says, in a form that can still be told in other languages."""
    if isinstance(error, WrongValue):
        return chained([error.sentence, error.fix], ": ") if error.fix else error.sentence
    return sentence_of(error)
