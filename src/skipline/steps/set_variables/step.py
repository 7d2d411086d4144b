"""Give variables a value: a text, a number, or whatever a `{{ hole }}` works out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from skipline.base.value_types import ValueType, shorten, write_plain
from skipline.flow.fields import Template, VariableName, field
from skipline.flow.outcome import Context, Go, Kept, StepOutcome
from skipline.model.events import Reply

Written = bool | int | float | Template


@dataclass(frozen=True, slots=True, kw_only=True)
class SetVariables:
    """`values` maps a variable to its value, in order: a later one may use an earlier one.

    A text that is one hole alone keeps the type of what the hole works out, so `"{{ orders * 2.0 }}"` is a number.
    A hole that fails gives nothing and leaves a warning in the trace; the run goes on.
    """

    exits: ClassVar[tuple[str, ...]] = ("done",)
    group: ClassVar[str] = "data"

    values: dict[VariableName, Written] = field(label="values", kind="values")

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Set each variable and leave."""
        set_now = {name: self._set(ctx, name, written) for name, written in self.values.items()}
        sentence = ", ".join(f"{name} is {shorten(write_plain(value), 60)}" for name, value in set_now.items())
        ctx.explain(sentence)
        return Go("done")

    def keeps(self) -> Iterator[Kept]:
        """A lone hole can give anything; the type of all else is plain to see."""
        for name, written in self.values.items():
            yield Kept(name, _type_of(written))

    def _set(self, ctx: Context, name: str, written: Written) -> object:
        value = ctx.value(Template(written)) if isinstance(written, str) else written
        ctx.set(name, value)
        return value


def _type_of(written: Written) -> ValueType:
    if isinstance(written, bool):
        return ValueType.BOOLEAN
    if isinstance(written, int | float):
        return ValueType.NUMBER
    is_lone_hole = written.lstrip().startswith("{{") and written.rstrip().endswith("}}")
    return ValueType.ANY if is_lone_hole else ValueType.TEXT
