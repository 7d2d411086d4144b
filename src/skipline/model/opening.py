"""Whether somebody is there at a moment, why, and when that changes.

A day's hours come from the first of these that knows the day: the exceptions, the public holidays (closed), the week.
Spans are local wall time, so a day on which clocks change is an hour shorter or longer, as it is for people.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from skipline.base.public_holidays import holiday_name
from skipline.base.week_hours import DAYS, MINUTES_PER_DAY, read_span, time_of
from skipline.model.configuration import Hours

_LOOK_AHEAD_DAYS = 400


class State(StrEnum):
    """What a moment is; also the exits of the step `opening_hours`."""

    OPEN = "open"
    CLOSED = "closed"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class Opening:
    """What hours say of a moment. `changes_at` is when it closes or opens next (UTC), None when that is too far away;
    `occasion` names the holiday or the exception of the day."""

    state: State
    local: datetime
    occasion: str
    changes_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Day:
    spans: tuple[str, ...]
    occasion: str
    is_special: bool


def opening_at(hours: Hours, now: datetime) -> Opening:
    """What `hours` say of `now` (aware)."""
    local = now.astimezone(ZoneInfo(hours.zone))
    end = next((end for begin, end in _spans_around(hours, local.date()) if begin <= now < end), None)
    today = _day(hours, local.date())
    if end is not None:
        return Opening(State.OPEN, local, today.occasion, _closing(hours, local.date(), end))
    state = State.HOLIDAY if today.is_special and not today.spans else State.CLOSED
    return Opening(state, local, today.occasion, _next_begin(hours, local.date(), now))


def _day(hours: Hours, day: date) -> _Day:
    special = next((one for one in hours.exceptions if one.date == day.isoformat()), None)
    if special is not None:
        return _Day(special.open, special.name, is_special=True)
    occasion = holiday_name(hours.holidays, day) if hours.holidays else ""
    if occasion:
        return _Day((), occasion, is_special=True)
    return _Day(tuple(hours.week.get(DAYS[day.weekday()], ())), "", is_special=False)


def _spans_of(hours: Hours, day: date) -> Iterator[tuple[datetime, datetime]]:
    """The spans that begin on `day`, as UTC moments."""
    zone = ZoneInfo(hours.zone)
    for written in _day(hours, day).spans:
        begin, end = read_span(written)
        begins_at = datetime.combine(day, time_of(begin), zone).astimezone(UTC)
        last_day = day + timedelta(days=end // MINUTES_PER_DAY)
        yield begins_at, datetime.combine(last_day, time_of(end), zone).astimezone(UTC)


def _spans_around(hours: Hours, day: date) -> Iterator[tuple[datetime, datetime]]:
    """The spans that may cover a moment of `day`: its own, and the day before's that go past midnight."""
    yield from _spans_of(hours, day - timedelta(days=1))
    yield from _spans_of(hours, day)


def _closing(hours: Hours, day: date, end: datetime) -> datetime | None:
    """When it closes: spans that touch are one."""
    for ahead in range(8):
        for begin, later in _spans_around(hours, day + timedelta(days=ahead)):
            if begin <= end < later:
                end = later
    return end if end < datetime.combine(day + timedelta(days=7), time_of(0), UTC) else None


def _next_begin(hours: Hours, day: date, now: datetime) -> datetime | None:
    for ahead in range(_LOOK_AHEAD_DAYS):
        begins = [begin for begin, _ in _spans_of(hours, day + timedelta(days=ahead)) if begin > now]
        if begins:
            return min(begins)
    return None
