"""Walk another flow and come back with what it found."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from skipline.asking.keeping import KeepNamed
from skipline.base.value_types import shorten, take, write_plain
from skipline.flow.fields import Template, field
from skipline.flow.outcome import Context, Enter, Go, Kept, StepOutcome
from skipline.model.events import FlowEnded, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFlow:
    """`inputs` gives the other flow's inputs their values; `keep` names what to bring back."""

    exits: ClassVar[tuple[str, ...]] = ("done", "failed")
    seldom_exits: ClassVar[tuple[str, ...]] = ("failed",)
    group: ClassVar[str] = "decide"

    flow: str = field(label="flow", kind="flow")
    inputs: dict[str, Template] = field(label="inputs", kind="map", default_factory=dict)
    keep: tuple[KeepNamed, ...] = field(label="keep", kind="keep", default=())

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Go in, then keep what it left."""
        if not isinstance(reply, FlowEnded):
            return Enter(self.flow, {name: ctx.value(value) for name, value in self.inputs.items()})
        kept = self._keep(ctx, reply)
        if reply.problem:
            ctx.explain(f"flow {self.flow} was not run: {reply.problem}")
            return Go("failed")
        ctx.explain(f"flow {self.flow} ended{f': {kept}' if kept else ''}")
        return Go("done")

    def keeps(self) -> Iterator[Kept]:
        """Each kept name, whichever way the step is left."""
        for one in self.keep:
            yield Kept(one.as_, one.type, one.personal)

    def _keep(self, ctx: Context, reply: FlowEnded) -> str:
        words = []
        for one in self.keep:
            value, problem = take(reply.variables.get(one.from_), one.type, one.default)
            is_personal = one.personal or one.from_ in reply.personal
            # A contact's name or language is not wiped out by a flow that does not know it.
            if value is not None or "." not in one.as_:
                ctx.set(one.as_, value, is_personal=is_personal)
            why = f", because {'its value is not of that type' if is_personal else problem}" if problem else ""
            words.append(f"{one.as_} is {shorten(write_plain(value), 60)}{why}")
        return ", ".join(words)
