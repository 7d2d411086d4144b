"""Go one way while somebody is there and another while nobody is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from skipline.flow.fields import VariableName, field
from skipline.flow.outcome import Context, Go, Kept, StepOutcome
from skipline.model.events import Reply
from skipline.model.opening import Opening, State, opening_at


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """`hours` names hours of the workspace; `keep_as` gets the moment at which they change next."""

    exits: ClassVar[tuple[str, ...]] = ("open", "closed", "holiday")
    group: ClassVar[str] = "decide"
    tells_why: ClassVar[bool] = True

    hours: str = field(label="hours", kind="hours")
    keep_as: VariableName | None = field(label="keep_as", kind="variable", default=None)

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Leave by what the hours say of now."""
        hours = ctx.hours(self.hours)
        if hours is None:
            ctx.explain(f"there are no hours named {self.hours}, so it counts as open")
            return self._leave(ctx, State.OPEN, None)
        opening = opening_at(hours, ctx.now)
        ctx.explain(_sentence(self.hours, hours.zone, opening))
        return self._leave(ctx, opening.state, opening.changes_at)

    def keeps(self) -> Iterator[Kept]:
        """The next change, when it is kept."""
        if self.keep_as:
            yield Kept(self.keep_as, "time")

    def _leave(self, ctx: Context, state: State, changes_at: datetime | None) -> StepOutcome:
        if self.keep_as:
            ctx.set(self.keep_as, changes_at)
        return Go(state.value)


def _sentence(name: str, zone: str, opening: Opening) -> str:
    state = "open" if opening.state is State.OPEN else "closed"
    why = f" for {opening.occasion}" if opening.state is State.HOLIDAY and opening.occasion else ""
    note = f" ({opening.occasion})" if opening.occasion and not why else ""
    until = f", until {_when(opening)}" if opening.changes_at else ""
    return f"{name} is {state}{why}: it is {opening.local:%A %H:%M} in {zone}{note}{until}"


def _when(opening: Opening) -> str:
    if opening.changes_at is None:
        return ""
    then = opening.changes_at.astimezone(opening.local.tzinfo)
    day = "" if then.date() == opening.local.date() else f" {then.day} {then:%B}"
    return f"{then:%A}{day} {then:%H:%M}"
