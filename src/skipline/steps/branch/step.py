"""Choose one of several paths by what is known."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from skipline.base.sentence import say
from skipline.base.wrong_value import WrongValue
from skipline.expr.errors import FormulaFailed
from skipline.expr.rows import Row
from skipline.flow.fields import Formula, field
from skipline.flow.outcome import Context, Go, StepOutcome
from skipline.model.events import Reply
from skipline.steps.branch.sentences import describe_match, describe_value

ELSE = "else"
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchPath:
    """One way out: taken when every row of `all` holds, one row of `any` holds and the formula is true; parts that
    are left out do not count. `id` is the exit's name, `name` what people read."""

    id: str = field(label="path_id", kind="id")
    name: str = field(label="path_name", default="")
    all_: tuple[Row, ...] = field(label="all", kind="rows", default=())
    any_: tuple[Row, ...] = field(label="any", kind="rows", default=())
    formula: Formula = field(label="formula", kind="formula", wants="boolean", default=Formula(""))

    def __post_init__(self) -> None:
        if self.id == ELSE or not _ID.fullmatch(self.id):
            raise WrongValue(
                say("{written!r} cannot be a path's id", written=self.id),
                say("use small letters, digits and _, but not {taken}", taken=ELSE),
            )
        if not (self.all_ or self.any_ or self.formula):
            raise WrongValue(say("path {id} has no condition", id=self.id), say("add `all`, `any` or `formula`"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """Paths are tried in order and the first that matches is taken; when none does, the exit is `else`.

    A condition that cannot be worked out is false, so a failed look-up never stops a call here.
    """

    exits: ClassVar[tuple[str, ...]] = (ELSE,)
    group: ClassVar[str] = "decide"
    tells_why: ClassVar[bool] = True

    paths: tuple[BranchPath, ...] = field(label="paths", kind="paths")

    def __post_init__(self) -> None:
        ids = [path.id for path in self.paths]
        if not ids:
            raise WrongValue(say("a branch needs at least one path"), say("add one under `paths`"))
        if twice := sorted({one for one in ids if ids.count(one) > 1}):
            raise WrongValue(say("two paths have the id {id}", id=twice[0]), say("give each path an id of its own"))

    def own_exits(self) -> tuple[str, ...]:
        """One exit for each path, and `else`."""
        return (*(path.id for path in self.paths), ELSE)

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Take the first path that matches."""
        for path in self.paths:
            if (why := _match(ctx, path)) is not None:
                ctx.explain(f"{path.name or path.id}: {why}", path=path.id)
                return Go(path.id)
        ctx.explain(self._nothing_matched(ctx.variables))
        return Go(ELSE)

    def _nothing_matched(self, variables: Mapping[str, Any]) -> str:
        names = dict.fromkeys(row.variable for path in self.paths for row in (*path.all_, *path.any_))
        return ": ".join(
            filter(None, ["no path matched", ", ".join(describe_value(name, variables) for name in names)])
        )


def _match(ctx: Context, path: BranchPath) -> str | None:
    """Why the path matches, or None."""
    reasons = []
    for row in path.all_:
        if not ctx.holds(row):
            return None
        reasons.append(describe_match(row, ctx.variables))
    if path.any_:
        held = next((row for row in path.any_ if ctx.holds(row)), None)
        if held is None:
            return None
        reasons.append(describe_match(held, ctx.variables))
    if path.formula and not _is_true(ctx, path.formula):
        return None
    return " and ".join([*reasons, path.formula] if path.formula else reasons)


def _is_true(ctx: Context, formula: Formula) -> bool:
    try:
        return ctx.formula(formula) is True
    except FormulaFailed as failure:
        ctx.explain(f"the formula could not be worked out: {failure}")
        return False
