"""Have another system do something, such as open a ticket.

The request carries its command's id as `Idempotency-Key`: however often it is sent again, it is the same request.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from skipline.asking.keeping import KeepValue, default_values, pick_values
from skipline.asking.question import UrlEncoder, body_encoder, join_query
from skipline.base.value_types import shorten, write_plain
from skipline.flow.fields import Duration, Template, field
from skipline.flow.outcome import Context, Go, Kept, StepOutcome, Wait
from skipline.model.commands import SendRequest as SendRequestCommand
from skipline.model.events import LookupStatus, Reply, RequestAnswered

LONGEST_SECONDS = 8.0
_GRACE_SECONDS = 2.0
_MAY_PASS = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRequest:
    """`path` and `query` are added to the source's address; each hole in them must have a value. Times in seconds."""

    exits: ClassVar[tuple[str, ...]] = ("done", "refused", "failed")
    seldom_exits: ClassVar[tuple[str, ...]] = ("failed",)
    group: ClassVar[str] = "data"

    source: str = field(label="source", kind="source")
    method: Literal["POST", "PUT", "PATCH", "DELETE"] = field(label="method", kind="choice", default="POST")
    path: Template = field(label="path", kind="path", default=Template(""))
    query: dict[str, Template] = field(label="query", kind="map", default_factory=dict)
    headers: dict[str, Template] = field(label="headers", kind="map", default_factory=dict)
    body: Template = field(label="body", kind="long_text", default=Template(""))
    time_limit: Duration | None = field(label="time_limit", kind="duration", default=None, most_seconds=LONGEST_SECONDS)
    retries: Annotated[int, Field(ge=0, le=3)] = field(label="retries", kind="number", default=0)
    keep: tuple[KeepValue, ...] = field(label="keep", kind="keep", default=())

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Send it once, then leave by what became of it."""
        if isinstance(reply, RequestAnswered):
            return self._leave(ctx, reply)
        if ctx.timed_out:
            self._keep(ctx, None)
            ctx.explain(f"nobody told what became of the request to {self.source}")
            return Go("failed")
        return self._send(ctx)

    def keeps(self) -> Iterator[Kept]:
        """Each kept name."""
        for one in self.keep:
            yield Kept(one.as_, one.type, one.personal)

    def _send(self, ctx: Context) -> StepOutcome:
        encode = UrlEncoder()
        query = {name: ctx.text(value, encode) for name, value in self.query.items()}
        path = join_query(ctx.text(self.path, encode), query)
        if encode.refusal:
            self._keep(ctx, None)
            ctx.explain(f"nothing was sent to {self.source}, because {encode.refusal}")
            return Go("refused")
        ctx.do(self._command(ctx, path))
        return Wait(until=ctx.now + timedelta(seconds=(self.time_limit or LONGEST_SECONDS) + _GRACE_SECONDS))

    def _command(self, ctx: Context, path: str) -> SendRequestCommand:
        return SendRequestCommand(
            source=self.source,
            method=self.method,
            path=path,
            headers={name: ctx.text(value) for name, value in self.headers.items()},
            body=ctx.text(self.body, body_encoder(self.body)),
            time_limit_seconds=self.time_limit,
            retries=self.retries,
        )

    def _leave(self, ctx: Context, reply: RequestAnswered) -> StepOutcome:
        exit_ = _exit_of(reply)
        kept = self._keep(ctx, reply)
        what = (
            f"{self.source} took the request in {reply.took_ms:.0f} ms ({reply.code})"
            if exit_ == "done"
            else f"{reply.reason.rstrip('.')} ({reply.took_ms:.0f} ms)"
        )
        ctx.explain(f"{what}: {kept}" if kept else what, code=reply.code, took_ms=round(reply.took_ms, 1))
        return Go(exit_)

    def _keep(self, ctx: Context, reply: RequestAnswered | None) -> str:
        """Keep the answer's values or the defaults; gives them in words."""
        if reply is not None and reply.status is LookupStatus.OK:
            values, problems = pick_values(self.keep, lambda one: one.found_in(reply.value))
        else:
            values, problems = default_values(self.keep), ()
        for name, value in values.items():
            # A contact's name or language is not wiped out by a system that does not know it.
            if value is not None or "." not in name:
                ctx.set(name, value)
        shown = ", ".join(f"{name} is {shorten(write_plain(value), 60)}" for name, value in values.items())
        return "; ".join([shown, *problems] if shown else problems)


def _exit_of(reply: RequestAnswered) -> str:
    if reply.status is LookupStatus.OK:
        return "done"
    return "refused" if 400 <= reply.code < 500 and reply.code not in _MAY_PASS else "failed"
