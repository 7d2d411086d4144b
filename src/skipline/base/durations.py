"""Durations as people write them: `20s`, `2m`, `24h`, `1d`, `250ms`."""

import re

from skipline.base.sentence import say
from skipline.base.wrong_value import WrongValue

_SECONDS_PER_UNIT = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_WRITTEN = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_LONGEST_DAYS = 36_500
"""A hundred years: beyond some thousands there is no date to count to."""


def parse_duration(written: object) -> float:
    """Seconds in `written`, e.g. `"2m"` -> 120.0.

    Raises `WrongValue` with a sentence for the writer when it is not a number followed by a unit, or longer than a
    hundred years.
    """
    match = _WRITTEN.fullmatch(written.strip()) if isinstance(written, str) else None
    if match is None:
        sentence = say("{written!r} is not a duration", written=written)
        raise WrongValue(sentence, say("write a number and a unit, such as 20s, 2m or 24h"))
    seconds = float(match[1]) * _SECONDS_PER_UNIT[match[2]]
    if seconds > _LONGEST_DAYS * _SECONDS_PER_UNIT["d"]:
        sentence = say("{written} is longer than a hundred years", written=str(written)[:40])
        raise WrongValue(sentence, say("write {days}d at most", days=_LONGEST_DAYS))
    return seconds


def write_duration(seconds: float) -> str:
    """The shortest way to write `seconds`, e.g. 120 -> `"2m"`; the inverse of `parse_duration`."""
    for unit in ("d", "h", "m", "s"):
        amount = seconds / _SECONDS_PER_UNIT[unit]
        if amount >= 1 and amount == int(amount):
            return f"{int(amount)}{unit}"
    if not seconds:
        return "0s"
    return f"{round(seconds * 1000)}ms"
