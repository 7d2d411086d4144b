"""Put tags on the contact or take them off."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from skipline.base.value_types import shorten
from skipline.flow.fields import Template, field
from skipline.flow.outcome import Context, Go, StepOutcome
from skipline.model.commands import TagContact
from skipline.model.contact import retagged
from skipline.model.events import Reply

_LONGEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """Upper and lower case of a tag do not count. A tag on both lists is taken off. Of a contact who writes the record
    is changed too."""

    exits: ClassVar[tuple[str, ...]] = ("done",)
    group: ClassVar[str] = "data"

    add: tuple[Template, ...] = field(label="add", kind="list", default=())
    remove: tuple[Template, ...] = field(label="remove", kind="list", default=())

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Change the contact's tags."""
        before = ctx.contact.tags
        add, remove = _filled(ctx, self.add), _filled(ctx, self.remove)
        after = retagged(before, add, remove)
        ctx.set("contact.tags", after)
        if ctx.variables["message"] and (add or remove):
            ctx.do(TagContact(add=add, remove=remove))
        ctx.explain(_sentence(before, after))
        return Go("done")


def _filled(ctx: Context, templates: Iterable[Template]) -> tuple[str, ...]:
    texts = (shorten(ctx.text(one).strip(), _LONGEST) for one in templates)
    return tuple(text for text in texts if text)


def _sentence(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    on, off = [tag for tag in after if tag not in before], [tag for tag in before if tag not in after]
    parts = [f"puts on {', '.join(on)}" if on else "", f"takes off {', '.join(off)}" if off else ""]
    return "; ".join(part for part in parts if part) or "the contact's tags stay as they are"
