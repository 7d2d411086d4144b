"""Ask the company's own system about the contact and keep the answer.

A failed look-up never stops a call. What counts then is, in this order: the last known answer (the host keeps it; the
status is `stale`), the row of the fallback table, the defaults.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from skipline.asking.keeping import KeepValue
from skipline.asking.question import UrlEncoder, body_encoder, join_query
from skipline.base.json_pointer import JsonPointer
from skipline.flow.fields import Duration, Template, field
from skipline.flow.outcome import Context, Go, Kept, StepOutcome, Wait
from skipline.model.commands import LookUp
from skipline.model.events import LookupAnswered, LookupStatus, Reply
from skipline.model.table_rows import find_row
from skipline.steps.fetch_variables.conclusion import Conclusion, Finding, conclude, conclude_from_row, finding_of
from skipline.steps.fetch_variables.keeping import Fallback
from skipline.steps.fetch_variables.sentences import describe

LONGEST_SECONDS = 8.0
_GRACE_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchVariables:
    """`path` and `query` are added to the source's address. Each hole in them is percent-encoded and must have a
    value: a caller who hides the number is `not_found` and the source is not asked. Holes in a JSON `body` are
    escaped for a JSON text. `found_when` is a JSON pointer to what a real answer has, for systems that answer 200 with
    an empty list. Times in seconds; `time_limit` is the source's own unless it is set here.
    """

    exits: ClassVar[tuple[str, ...]] = ("found", "not_found", "failed")
    group: ClassVar[str] = "data"

    source: str = field(label="source", kind="source")
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] = field(
        label="method", kind="choice", default="GET"
    )
    path: Template = field(label="path", kind="path", default="")
    query: dict[str, Template] = field(label="query", kind="map", default_factory=dict)
    headers: dict[str, Template] = field(label="headers", kind="map", default_factory=dict)
    body: Template = field(label="body", kind="long_text", default="")
    time_limit: Duration | None = field(label="time_limit", kind="duration", default=None, most_seconds=LONGEST_SECONDS)
    retries: Annotated[int, Field(ge=0, le=3)] = field(label="retries", kind="number", default=1)
    found_when: JsonPointer = field(label="found_when", kind="pointer", default="")
    keep: tuple[KeepValue, ...] = field(label="keep", kind="keep", default=())
    fallback: Fallback | None = field(label="fallback", kind="fallback", default=None)

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Ask, then keep what the answer, the table or the defaults say."""
        if isinstance(reply, LookupAnswered):
            return self._leave(ctx, finding_of(reply))
        if ctx.timed_out:
            return self._leave(ctx, Finding(status=LookupStatus.TIMEOUT))
        return self._ask(ctx)

    def keeps(self) -> Iterator[Kept]:
        """Each kept name once, those of the fallback table included."""
        more = {one.as_: Kept(one.as_) for one in self.fallback.keep} if self.fallback else {}
        yield from (more | {one.as_: Kept(one.as_, one.type, one.personal) for one in self.keep}).values()

    def _ask(self, ctx: Context) -> StepOutcome:
        encode = UrlEncoder()
        query = {name: ctx.text(value, encode) for name, value in self.query.items()}
        path = join_query(ctx.text(self.path, encode), query)
        if encode.refusal:
            nobody = Finding(status=LookupStatus.NOT_FOUND, reason=encode.refusal, is_asked=False)
            return self._leave(ctx, nobody)
        ctx.do(self._command(ctx, path))
        return Wait(until=ctx.now + timedelta(seconds=(self.time_limit or LONGEST_SECONDS) + _GRACE_SECONDS))

    def _command(self, ctx: Context, path: str) -> LookUp:
        return LookUp(
            source=self.source,
            method=self.method,
            path=path,
            headers={name: ctx.text(value) for name, value in self.headers.items()},
            body=ctx.text(self.body, body_encoder(self.body)),
            time_limit_seconds=self.time_limit,
            retries=self.retries,
        )

    def _leave(self, ctx: Context, finding: Finding) -> StepOutcome:
        conclusion = self._conclude(ctx, finding)
        for name, value in conclusion.values.items():
            # A contact's name or language is not wiped out by a source that does not know it.
            if value is not None or "." not in name:
                ctx.set(name, value)
        figures = {"origin": conclusion.origin.value, "source": self.source, "age_seconds": round(finding.age_seconds)}
        more = {"reason": finding.reason, "is_cached": finding.is_cached}
        ctx.set_lookup(conclusion.status.value, **figures, **more)
        table = self.fallback.table if self.fallback else ""
        took_ms = round(finding.took_ms, 1)
        why = describe(self.source, finding, conclusion, table)
        ctx.explain(why, status=conclusion.status.value, took_ms=took_ms, **figures)
        return Go(conclusion.exit)

    def _conclude(self, ctx: Context, finding: Finding) -> Conclusion:
        conclusion = conclude(finding, self.keep, self.found_when)
        if conclusion.exit != "failed" or self.fallback is None:
            return conclusion
        table = ctx.table(self.fallback.table)
        row = find_row(table, ctx.text(self.fallback.key)) if table is not None else None
        return conclusion if row is None else conclude_from_row(finding, self.keep, self.fallback, row)
