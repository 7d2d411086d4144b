"""Find a row of a small table, such as a VIP list, and keep some of its columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from skipline.asking.keeping import KeepNamed, default_taken
from skipline.base.value_types import shorten, take, write_plain
from skipline.flow.fields import Template, field
from skipline.flow.outcome import Context, Go, Kept, StepOutcome
from skipline.model.events import Reply
from skipline.model.table_rows import find_row


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUpTable:
    """`key` is compared with the table's key column; upper and lower case do not count."""

    exits: ClassVar[tuple[str, ...]] = ("found", "not_found")
    seldom_exits: ClassVar[tuple[str, ...]] = ("not_found",)
    group: ClassVar[str] = "data"
    tells_why: ClassVar[bool] = True

    table: str = field(label="table", kind="table")
    key: Template = field(label="key", default=Template("{{ contact.phone }}"))
    keep: tuple[KeepNamed, ...] = field(label="keep", kind="keep", default=())

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Keep the row's columns, or the defaults, and leave."""
        key = ctx.text(self.key).strip()
        table = ctx.table(self.table)
        row = find_row(table, key) if table is not None and key else None
        kept, problems = self._keep(ctx, row or {})
        ctx.explain(self._sentence(key, row is not None, kept), **({"problems": problems} if problems else {}))
        return Go("not_found" if row is None else "found")

    def keeps(self) -> Iterator[Kept]:
        """Each kept column, whichever way the step is left."""
        for keep in self.keep:
            yield Kept(keep.as_, keep.type, keep.personal)

    def _keep(self, ctx: Context, row: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        kept, problems = {}, []
        for keep in self.keep:
            value, problem = take(row.get(keep.from_), keep.type, keep.default)
            if problem:
                problems.append(default_taken(keep, problem))
            # A contact's name or language is not wiped out by a table that does not know it.
            if value is not None or "." not in keep.as_:
                ctx.set(keep.as_, value)
                kept[keep.as_] = value
        return kept, problems

    def _sentence(self, key: str, is_found: bool, kept: dict[str, Any]) -> str:
        who = shorten(key) or "an empty key"
        found = f"{self.table} has {who}" if is_found else f"{self.table} has no row for {who}"
        values = ", ".join(f"{name} is {shorten(write_plain(value), 60)}" for name, value in kept.items())
        return f"{found}: {values}" if values else found
