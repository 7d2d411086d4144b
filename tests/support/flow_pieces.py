"""Small steps and a trigger for tests of the flow room: each does one thing and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from skipline.flow.fields import Duration, Formula, Template, VariableName, field
from skipline.flow.outcome import Context, Done, Go, Kept, Start, StepOutcome, Wait
from skipline.flow.pieces import Catalogue, make_catalogue
from skipline.model.commands import HangUp, SayText
from skipline.model.contact import Contact
from skipline.model.events import Event, Reply
from skipline.model.run import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """Says something and waits until it was heard, or no longer than `patience`."""

    exits: ClassVar[tuple[str, ...]] = ("heard", "silence")
    serves_caller: ClassVar[bool] = True

    text: Template = field(label="text")
    patience: Duration = field(label="patience", kind="duration", default=10.0)

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        if ctx.timed_out:
            return Go("silence")
        if reply is not None:
            return Go("heard")
        ctx.do(SayText(text=ctx.text(self.text)))
        return Wait(until=ctx.now + timedelta(seconds=self.patience))


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """Keeps a value under a name."""

    exits: ClassVar[tuple[str, ...]] = ("done",)

    as_: VariableName = field(label="as")
    value: Template = field(label="value")

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        ctx.set(self.as_, ctx.value(self.value))
        ctx.explain(f"kept {self.as_}")
        return Go("done")

    def keeps(self) -> Iterator[Kept]:
        yield Kept(self.as_)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Works a formula out and leaves; one that fails is nobody's business here."""

    exits: ClassVar[tuple[str, ...]] = ("done", "failed")

    formula: Formula = field(label="formula", wants="number")

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        ctx.explain(f"it is {ctx.formula(self.formula)}")
        return Go("done")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spin:
    """Leaves at once; claims to serve the caller, so that no check stops a circle of it."""

    exits: ClassVar[tuple[str, ...]] = ("on",)
    serves_caller: ClassVar[bool] = True

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        return Go("on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """Does what no step may do."""

    exits: ClassVar[tuple[str, ...]] = ("done",)
    serves_caller: ClassVar[bool] = True

    how: str = field(label="how")

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        return Wait() if self.how == "waits_for_nothing" else Go("nowhere")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Ends the run, hanging up with a reason of its own."""

    exits: ClassVar[tuple[str, ...]] = ()
    serves_caller: ClassVar[bool] = True

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        ctx.do(HangUp(code=486))
        return Done(Outcome.HUNG_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Always:
    """Everything that happens starts the flow."""

    def match(self, event: Event) -> Start | None:
        return Start(contact=Contact())


def small_catalogue() -> Catalogue:
    """The steps above, and the trigger."""
    steps = {"tell": Tell, "keep": Keep, "count": Count, "spin": Spin, "broken": Broken, "part": Part}
    return make_catalogue(steps, {"always": Always})
