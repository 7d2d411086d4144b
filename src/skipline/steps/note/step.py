"""Leave a note in the record of the run."""

from dataclasses import dataclass
from typing import ClassVar

from skipline.base.value_types import LONGEST_TEXT, shorten
from skipline.flow.fields import Template, field
from skipline.flow.outcome import Context, Go, StepOutcome
from skipline.model.events import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """The note is kept in the run's trace."""

    exits: ClassVar[tuple[str, ...]] = ("done",)
    group: ClassVar[str] = "data"

    text: Template = field(label="text", kind="note")

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Write the note down."""
        text = ctx.text(self.text).strip()[:LONGEST_TEXT]
        if text:
            ctx.explain(f"notes: {shorten(text)}", note=text)
        else:
            ctx.explain("there was nothing to note")
        return Go("done")
