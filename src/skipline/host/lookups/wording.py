"""Sentences about time, for the reasons that a trace shows."""

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
