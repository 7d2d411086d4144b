"""The flow starts at set times."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator

from skipline.base.durations import write_duration
from skipline.base.sentence import say
from skipline.base.spelling import advice
from skipline.base.value_types import write_plain
from skipline.base.wrong_value import WrongValue
from skipline.flow.fields import Duration, field
from skipline.flow.outcome import Kept, Start
from skipline.model.events import Event, ScheduleDue
from skipline.model.run import StartedBy

LONGEST_CATCH_UP_SECONDS = 86_400.0
_SOME_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
_PARTS = 5


_TROUBLES = {
    "bad minute": say("bad minute"),
    "bad hour": say("bad hour"),
    "bad day-of-month": say("bad day-of-month"),
    "bad month": say("bad month"),
    "bad day-of-week": say("bad day-of-week"),
    "wrong number of fields": say("wrong number of fields"),
}
"""What the library says is wrong."""


def _no_schedule(written: str, why: str) -> WrongValue:
    sentence = say("{written!r} is no schedule ({why})", written=written, why=why)
    return WrongValue(sentence, say("write such as 0 9 * * 1-5"))


def _cron(written: str) -> str:
    try:
        next(CronSim(written, _SOME_MOMENT))
    except StopIteration:
        raise _no_schedule(written, say("it never comes")) from None
    except CronSimError as mistake:
        why = str(mistake).lower()
        raise _no_schedule(written, _TROUBLES.get(why, why)) from None
    if (parts := len(written.split())) != _PARTS:
        raise _no_schedule(written, say("it has {parts} parts, not {most}", parts=parts, most=_PARTS))
    return " ".join(written.split())


def _zone(written: str) -> str:
    if written not in available_timezones():
        raise WrongValue(
            say("there is no time zone {written!r}", written=written), advice(written, available_timezones())
        )
    return written


def _catch_up(seconds: float) -> float:
    if seconds > LONGEST_CATCH_UP_SECONDS:
        most = write_duration(LONGEST_CATCH_UP_SECONDS)
        raise WrongValue(
            say("a time missed more than {most} ago is not made up for", most=most),
            say("write {most} or less", most=most),
        )
    return seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """`cron` has five parts: minute, hour, day of the month, month, day of the week, in the local time of `zone`.

    `catch_up` in seconds: so late a time that was missed is still made up for, and only the latest of several.
    """

    group: ClassVar[str] = "start"
    channel: ClassVar[str] = "schedule"

    cron: Annotated[str, AfterValidator(_cron)] = field(label="cron", kind="cron")
    zone: Annotated[str, AfterValidator(_zone)] = field(label="zone", kind="zone", default="UTC")
    catch_up: Annotated[Duration, AfterValidator(_catch_up)] = field(label="catch_up", kind="duration", default=3600.0)

    def match(self, event: Event) -> Start | None:
        """A start without a contact, when the moment is one of this schedule."""
        if not isinstance(event, ScheduleDue) or (event.cron, event.zone) != (self.cron, self.zone):
            return None
        planned_at = write_plain(event.planned_at)
        details = {"cron": self.cron, "zone": self.zone, "planned_at": planned_at}
        return Start(variables={"planned_at": planned_at}, started_by=StartedBy(type="schedule", details=details))

    def keeps(self) -> Iterator[Kept]:
        """The moment."""
        yield Kept("planned_at", "time")

    def next_after(self, now: datetime) -> datetime:
        """The next moment of the schedule after `now`, in UTC.

        When clocks are put forward, a moment that does not exist is the next one that does; when they are put back, one
        that comes twice is its first. Schedules by the hour or minute (`*` in the hour) go by time that has passed. It
        is what Debian's cron does.
        """
        moments = CronSim(self.cron, now.astimezone(ZoneInfo(self.zone)))
        # In the hour that comes twice it begins with the first pass, which may be over.
        return next(later for moment in moments if (later := moment.astimezone(UTC)) > now)
