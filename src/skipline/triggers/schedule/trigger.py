"""The flow starts at set times."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator

from skipline.base.spelling import advice
from skipline.base.value_types import write_plain
from skipline.flow.fields import field
from skipline.flow.outcome import Kept, Start
from skipline.model.events import Event, ScheduleDue

_SOME_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def _cron(written: str) -> str:
    try:
        next(CronSim(written, _SOME_MOMENT))
    except (CronSimError, StopIteration) as mistake:
        why = str(mistake).lower() or "it never comes"
        raise ValueError(f"{written!r} is no schedule ({why}): write such as 0 9 * * 1-5") from None
    return written


def _zone(written: str) -> str:
    if written not in available_timezones():
        raise ValueError(f"there is no time zone {written!r}: {advice(written, available_timezones())}")
    return written


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """`cron` has five parts: minute, hour, day of the month, month, day of the week, in the local time of `zone`."""

    group: ClassVar[str] = "start"
    channel: ClassVar[str] = "schedule"
    way_round: ClassVar[str] = "begin with incoming_call, or have a program of your own place a call at that time"

    cron: Annotated[str, AfterValidator(_cron)] = field(label="cron", kind="cron")
    zone: Annotated[str, AfterValidator(_zone)] = field(label="zone", kind="zone", default="UTC")

    def match(self, event: Event) -> Start | None:
        """A start without a contact, when the moment is one of this schedule."""
        if not isinstance(event, ScheduleDue) or (event.cron, event.zone) != (self.cron, self.zone):
            return None
        return Start(variables={"planned_at": write_plain(event.planned_at)})

    def keeps(self) -> Iterator[Kept]:
        """The moment."""
        yield Kept("planned_at", "time")

    def next_after(self, now: datetime) -> datetime:
        """The next moment of the schedule after `now`, in UTC."""
        return next(CronSim(self.cron, now.astimezone(ZoneInfo(self.zone)))).astimezone(UTC)
