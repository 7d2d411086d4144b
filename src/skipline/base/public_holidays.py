"""Public holidays of a country or a part of it, such as `NL` or `US-CA`.

The library is large, so it is loaded when the first calendar is asked for.
"""

from datetime import date
from functools import lru_cache
from importlib import import_module

from skipline.base.sentence import say
from skipline.base.wrong_value import WrongValue


def check_place(written: str) -> str:
    """`written` when holidays of that place are known; raises `WrongValue` with a sentence else."""
    country, _, part = written.partition("-")
    known = import_module("holidays").list_supported_countries(include_aliases=True)
    if country not in known:
        sentence = say("{written!r} has no holidays that we know", written=written)
        raise WrongValue(sentence, say("write a country such as NL, or a part: US-CA"))
    if part and part not in known[country]:
        parts = ", ".join(sorted(known[country])[:12])
        sentence = say("{country} has no part {part!r} with holidays of its own", country=country, part=part)
        raise WrongValue(sentence, say("it has {parts}", parts=parts) if parts else say("it has none"))
    return written


def holiday_name(place: str, day: date) -> str:
    """What is celebrated in `place` on `day`; empty on other days."""
    return _calendar(place, day.year).get(day, "")


@lru_cache(maxsize=256)
def _calendar(place: str, year: int) -> dict[date, str]:
    country, _, part = place.partition("-")
    return dict(import_module("holidays").country_holidays(country, subdiv=part or None, years=year))
