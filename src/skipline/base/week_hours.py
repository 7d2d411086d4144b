"""Times of day and days of the week as people write them: `09:00-17:30`, `monday-friday`."""

import re
from datetime import time

from skipline.base.sentence import say
from skipline.base.wrong_value import WrongValue

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""In the order of `date.weekday()`."""

MINUTES_PER_DAY = 1440
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")


def read_span(written: str) -> tuple[int, int]:
    """Minutes since midnight at which a span begins and ends; an end at or before the beginning is on the next day.

    Raises `WrongValue` with a sentence for the writer.
    """
    match = _SPAN.fullmatch(written.strip())
    begin, end = ((int(match[1]) * 60 + int(match[2])), (int(match[3]) * 60 + int(match[4]))) if match else (-1, -1)
    if match is None or begin >= MINUTES_PER_DAY or end > MINUTES_PER_DAY or int(match[2]) > 59 or int(match[4]) > 59:
        sentence = say("{written!r} is not a span of time", written=written)
        raise WrongValue(sentence, say("write it such as {example}", example="09:00-17:30"))
    return begin, end if end > begin else end + MINUTES_PER_DAY


def read_days(written: str) -> tuple[str, ...]:
    """The days that `monday` or `monday-friday` means; raises `WrongValue` with a sentence for the writer."""
    first, dash, last = written.strip().lower().partition("-")
    if first not in DAYS or (dash and last not in DAYS):
        sentence = say("{written!r} is no day of the week", written=written)
        raise WrongValue(sentence, say("write monday, or monday-friday"))
    begin, end = DAYS.index(first), DAYS.index(last or first)
    return DAYS[begin : end + 1] if begin <= end else (*DAYS[begin:], *DAYS[: end + 1])


def time_of(minutes: int) -> time:
    """Minutes since midnight as a time of day; a day's end is the next day's midnight."""
    return time(*divmod(minutes % MINUTES_PER_DAY, 60))
