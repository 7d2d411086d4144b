"""Ask the company's own system about the contact and keep the answer.

A failed look-up never stops a call. What counts then is, in this order: the last known answer (the host keeps it; the
status is `stale`), the row of the fallback table, the defaults.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import repeat
from typing import Annotated, ClassVar

import msgspec
from pydantic import Field

from skipline.asking.keeping import KeepValue
from skipline.base.json_pointer import JsonPointer
from skipline.base.sentence import say
from skipline.base.value_types import ValueType, write_plain
from skipline.base.wrong_value import WrongValue
from skipline.flow.fields import Duration, Template, field
from skipline.flow.outcome import Context, Go, Kept, StepOutcome, Wait
from skipline.model.commands import LookUp, LookUpAll
from skipline.model.events import LookupAnswered, LookupsAnswered, LookupStatus, Reply
from skipline.model.table_rows import find_row
from skipline.steps.fetch_variables.also import Also, Method, combine, question_to
from skipline.steps.fetch_variables.conclusion import Conclusion, Finding, conclude, conclude_from_row, finding_of
from skipline.steps.fetch_variables.keeping import Fallback
from skipline.steps.fetch_variables.sentences import describe

LONGEST_SECONDS = 8.0
TOGETHER_SECONDS = 3.0
"""The limit of several sources together, unless the step sets its own."""
_GRACE_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchVariables:
    """`path` and `query` are added to the source's address. Each hole in them is percent-encoded and must have a
    value: a caller who hides the number is `not_found` and the source is not asked. Holes in a JSON `body` are
    escaped for a JSON text. `found_when` is a JSON pointer to what a real answer has, for systems that answer 200 with
    an empty list. Times in seconds; `time_limit` is the source's own unless it is set here, and that of all sources
    together, 3s, when `also` names others that are asked at the same time.
    """

    exits: ClassVar[tuple[str, ...]] = ("found", "not_found", "failed")
    seldom_exits: ClassVar[tuple[str, ...]] = ("not_found", "failed")
    group: ClassVar[str] = "data"
    tells_why: ClassVar[bool] = True

    source: str = field(label="source", kind="source")
    method: Method = field(label="method", kind="choice", default="GET")
    path: Template = field(label="path", kind="path", default="")
    query: dict[str, Template] = field(label="query", kind="map", default_factory=dict)
    headers: dict[str, Template] = field(label="headers", kind="map", default_factory=dict)
    body: Template = field(label="body", kind="long_text", default="")
    time_limit: Duration | None = field(label="time_limit", kind="duration", default=None, most_seconds=LONGEST_SECONDS)
    retries: Annotated[int, Field(ge=0, le=3)] = field(label="retries", kind="number", default=1)
    found_when: JsonPointer = field(label="found_when", kind="pointer", default="")
    keep: tuple[KeepValue, ...] = field(label="keep", kind="keep", default=())
    fallback: Fallback | None = field(label="fallback", kind="fallback", default=None)
    also: Annotated[tuple[Also, ...], Field(max_length=5)] = field(label="also", kind="also", default=())

    def __post_init__(self) -> None:
        types: dict[str, ValueType] = {}
        for one in (keep for asked in self._asked() for keep in asked.keep):
            if self.also and types.setdefault(one.as_, one.type) != one.type:
                raise WrongValue(
                    say("`{variable}` is kept with two types", variable=one.as_),
                    say("give it the same `type` in each source"),
                )

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Ask, then keep what the answer, the table or the defaults say."""
        if isinstance(reply, LookupAnswered):
            return self._leave(ctx, finding_of(reply))
        if isinstance(reply, LookupsAnswered):
            return self._leave_all(ctx, [finding_of(answer) for answer in reply.answers])
        if ctx.timed_out:
            overdue = Finding(status=LookupStatus.TIMEOUT)
            return self._leave_all(ctx, repeat(overdue)) if self.also else self._leave(ctx, overdue)
        return self._ask_all(ctx) if self.also else self._ask(ctx)

    def keeps(self) -> Iterator[Kept]:
        """Each kept name once, those of other sources and of the fallback table included."""
        more = {one.as_: Kept(one.as_) for one in self.fallback.keep} if self.fallback else {}
        kept = (keep for asked in self._asked() for keep in asked.keep)
        yield from (more | {one.as_: Kept(one.as_, one.type, one.personal) for one in kept}).values()

    def _asked(self) -> tuple[Also, ...]:
        """Every source in the order of precedence, this step's own first."""
        own = Also(
            source=self.source,
            method=self.method,
            path=self.path,
            query=self.query,
            headers=self.headers,
            body=self.body,
            found_when=self.found_when,
            keep=self.keep,
        )
        return (own, *self.also)

    def _ask(self, ctx: Context) -> StepOutcome:
        question = question_to(ctx, self._asked()[0])
        if isinstance(question, Finding):
            return self._leave(ctx, question)
        ctx.do(msgspec.structs.replace(question, time_limit_seconds=self.time_limit, retries=self.retries))
        return self._wait(ctx, self.time_limit or LONGEST_SECONDS)

    def _ask_all(self, ctx: Context) -> StepOutcome:
        questions = [question_to(ctx, asked) for asked in self._asked()]
        lookups = tuple(
            msgspec.structs.replace(one, retries=self.retries) for one in questions if isinstance(one, LookUp)
        )
        if not lookups:
            return self._leave_all(ctx, [])
        seconds = self.time_limit or TOGETHER_SECONDS
        ctx.do(LookUpAll(lookups=lookups, time_limit_seconds=seconds))
        return self._wait(ctx, seconds)

    def _wait(self, ctx: Context, seconds: float) -> Wait:
        return Wait(until=ctx.now + timedelta(seconds=seconds + _GRACE_SECONDS))

    def _leave(self, ctx: Context, finding: Finding) -> StepOutcome:
        conclusion = self._with_table(ctx, finding, conclude(finding, self.keep, self.found_when))
        table = self.fallback.table if self.fallback else ""
        return self._keep(ctx, finding, conclusion, self.source, describe(self.source, finding, conclusion, table))

    def _leave_all(self, ctx: Context, answered: Iterable[Finding]) -> StepOutcome:
        """The answers belong to the questions that could be put, in their order."""
        questions, answers = [question_to(ctx, asked) for asked in self._asked()], iter(answered)
        findings = [one if isinstance(one, Finding) else next(answers) for one in questions]
        together = combine(self._asked(), findings)
        conclusion = self._with_table(ctx, together.first, together.conclusion)
        why = together.why
        if conclusion is not together.conclusion and self.fallback:
            shown = ", ".join(f"{name} is {write_plain(value)}" for name, value in conclusion.values.items())
            why = f"{why}; so the row of table {self.fallback.table} counts: {shown}"
        return self._keep(ctx, together.first, conclusion, together.source, why)

    def _keep(self, ctx: Context, finding: Finding, conclusion: Conclusion, source: str, why: str) -> StepOutcome:
        for name, value in conclusion.values.items():
            # A contact's name or language is not wiped out by a source that does not know it.
            if value is not None or "." not in name:
                ctx.set(name, value)
        figures = {"origin": conclusion.origin.value, "source": source, "age_seconds": round(finding.age_seconds)}
        ctx.set_lookup(conclusion.status.value, **figures, reason=finding.reason, is_cached=finding.is_cached)
        ctx.explain(why, status=conclusion.status.value, took_ms=round(finding.took_ms, 1), **figures)
        return Go(conclusion.exit)

    def _with_table(self, ctx: Context, finding: Finding, conclusion: Conclusion) -> Conclusion:
        """What counts once the fallback table was looked into, which is when the source failed."""
        if conclusion.exit != "failed" or self.fallback is None:
            return conclusion
        table = ctx.table(self.fallback.table)
        row = find_row(table, ctx.text(self.fallback.key)) if table is not None else None
        keep = tuple(keep for asked in self._asked() for keep in asked.keep)
        return conclusion if row is None else conclude_from_row(finding, keep, self.fallback, row)
