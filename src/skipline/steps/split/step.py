"""Send shares of the contacts different ways; a contact always goes the same way.

A hash of the seed and the contact gives each contact a place from 0 to 100; shares are laid side by side on that line.
"""

import hashlib
from dataclasses import dataclass
from itertools import accumulate
from typing import Annotated, ClassVar

from pydantic import Field

from skipline.base.sentence import say
from skipline.base.wrong_value import WrongValue
from skipline.flow.fields import Template, field
from skipline.flow.outcome import Context, Go, StepOutcome
from skipline.model.events import Reply

_ALL = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One way out, and how many of a hundred contacts take it."""

    id: str = field(label="path_id")
    name: str = field(label="path_name", default="")
    share: Annotated[float, Field(ge=0, le=100)] = field(label="share", kind="number")

    def __post_init__(self) -> None:
        if self.id == "else":
            raise WrongValue(say("no path can be called 'else'"), say("that is what is left of 100 percent"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """`key` says who stays together; splits with the same `seed` put a contact on the same side. Without one a split
    goes its own way: two halves of a half are quarters."""

    exits: ClassVar[tuple[str, ...]] = ("else",)
    group: ClassVar[str] = "decide"
    tells_why: ClassVar[bool] = True

    paths: tuple[Share, ...] = field(label="paths", kind="shares")
    key: Template = field(label="key", default=Template("{{ contact.phone }}"))
    seed: str = field(label="seed", default="")

    def __post_init__(self) -> None:
        ids = [path.id for path in self.paths]
        if twice := next((one for one in ids if ids.count(one) > 1), None):
            raise WrongValue(say("two paths are called {id!r}", id=twice), say("give each an id of its own"))
        # Rounded, because 33.4 + 33.3 + 33.3 may come to a hair more than 100.
        if (total := round(sum(path.share for path in self.paths), 6)) > _ALL:
            raise WrongValue(say("the shares come to {total:g}", total=total), say("make them 100 at most"))

    def own_exits(self) -> tuple[str, ...]:
        """The paths, and what is left."""
        return (*(path.id for path in self.paths), "else")

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Leave by the path in whose share the contact's place is."""
        key = ctx.text(self.key).strip() or ctx.contact.address  # who writes need not have a number
        unknown = "" if key else "there is nothing to know the contact by, so the moment decides: "
        seed = self.seed or f"{ctx.variables['flow']['name']}/{ctx.step_id}"
        place = _place(seed, key or ctx.now.isoformat())
        ends = accumulate(path.share for path in self.paths)
        for path, end in zip(self.paths, ends, strict=True):
            if place < end:
                share = f"{path.name or path.id} ({end - path.share:g} to {end:g})"
                ctx.explain(f"{unknown}place {place:.1f} of 100, which is in the share of {share}")
                return Go(path.id)
        ctx.explain(f"{unknown}place {place:.1f} of 100, which is in nobody's share")
        return Go("else")


def _place(seed: str, key: str) -> float:
    digest = hashlib.sha256(f"{seed}\0{key}".encode()).digest()
    return int.from_bytes(digest[:7], "big") / 2**56 * _ALL
