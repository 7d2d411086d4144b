"""Wait for a while, or until a moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from skipline.base.durations import write_duration
from skipline.base.sentence import say
from skipline.base.value_types import ValueType, conform, write_plain
from skipline.base.wrong_value import WrongValue
from skipline.flow.fields import Duration, Template, field
from skipline.flow.outcome import Context, Go, StepOutcome
from skipline.flow.outcome import Wait as WaitUntil
from skipline.model.events import Reply

_LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One of `duration` and `until`."""

    exits: ClassVar[tuple[str, ...]] = ("done",)
    group: ClassVar[str] = "decide"
    waits_in_writing: ClassVar[bool] = True

    duration: Duration | None = field(label="duration", kind="duration", default=None)
    until: Template = field(label="until", kind="time", default=Template(""))

    def __post_init__(self) -> None:
        if (self.duration is None) == (not self.until):
            if self.until:
                raise WrongValue(say("write `duration` or `until`, not both"), say("remove one of them"))
            raise WrongValue(say("wait for what"), say("write `duration` or `until`"))

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Wait once, then leave."""
        if ctx.timed_out:
            ctx.explain("the time has come")
            return Go("done")
        try:
            until = min(self._until(ctx), ctx.now + _LONGEST)
        except ValueError as mistake:
            ctx.explain(f"there was nothing to wait for: {mistake}")
            return Go("done")
        if until <= ctx.now:
            ctx.explain(f"there was nothing to wait for: {write_plain(until)} is here already")
            return Go("done")
        how_long = f"for {write_duration(self.duration)}, " if self.duration is not None else ""
        ctx.explain(f"waits {how_long}until {write_plain(until)}")
        return WaitUntil(until=until)

    def _until(self, ctx: Context) -> datetime:
        if self.duration is not None:
            return ctx.now + timedelta(seconds=self.duration)
        moment: datetime = conform(ctx.text(self.until), ValueType.TIME)
        return moment
