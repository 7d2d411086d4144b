"""Join the caller with the first of several targets that answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import AfterValidator

from skipline.base.sentence import say
from skipline.base.value_types import write_plain
from skipline.flow.fields import Duration, Template, field
from skipline.flow.outcome import Context, Go, Kept, StepOutcome, Wait
from skipline.model.call import TargetTry, TryEnd
from skipline.model.commands import ForwardCall as ForwardCommand
from skipline.model.events import ForwardEnded, Reply
from skipline.steps.forward_call.wire import check_header_name, check_target, is_target, one_line

_EXIT_OF = {end: end.value for end in TryEnd} | {TryEnd.CANCELLED: TryEnd.FAILED.value}
_TIER_HEADER = "X-Skipline-Tier"

Target = Annotated[Template, AfterValidator(check_target)]
HeaderName = Annotated[str, AfterValidator(check_header_name)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardCall:
    """`targets` are SIP URIs or numbers, tried in order, each for `ring_time`; numbers leave over `trunk`.

    `answered` is left after the talk, the other exits after the last target was tried. `tier` is kept as the
    contact's tier and travels in `X-Skipline-Tier`; `headers` go to the target as they are written here.
    """

    exits: ClassVar[tuple[str, ...]] = ("answered", "busy", "no_answer", "failed")
    seldom_exits: ClassVar[tuple[str, ...]] = ("busy", "no_answer", "failed")
    group: ClassVar[str] = "route"
    serves_caller: ClassVar[bool] = True
    channels: ClassVar[tuple[str, ...]] = ("call",)
    way_round: ClassVar[str] = say("have writers wait for an agent with `add_to_queue`")

    targets: tuple[Target, ...] = field(label="targets", kind="targets")
    ring_time: Duration = field(label="ring_time", kind="duration", default=20.0, most_seconds=180)
    tier: Template = field(label="tier", kind="tier", default=Template(""))
    headers: dict[HeaderName, Template] = field(label="headers", kind="headers", default_factory=dict)
    trunk: str = field(label="trunk", kind="trunk", default="")

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Forward, then leave by how it ended."""
        if isinstance(reply, ForwardEnded):
            ctx.explain(_ending(reply), code=reply.code, talk_seconds=reply.talk_seconds, target=reply.target)
            return Go(_EXIT_OF[reply.end])
        targets = tuple(target for written in self.targets if (target := one_line(ctx.text(written))))
        dialled = tuple(target for target in targets if is_target(target))
        if not dialled:
            ctx.explain(f"there is nobody to call: {', '.join(targets) or 'no target'} is no SIP URI and no number")
            return Go("failed")
        ctx.explain(f"calls {', then '.join(dialled)}", targets=list(dialled))
        ctx.do(self._command(ctx, dialled))
        # No limit here: a talk may be long, and the voice worker reports the end of every forward and of every call.
        return Wait()

    def keeps(self) -> Iterator[Kept]:
        """The contact's tier, when the step names one."""
        if self.tier:
            yield Kept("contact.tier", "text")

    def _command(self, ctx: Context, targets: tuple[str, ...]) -> ForwardCommand:
        headers = {name: one_line(ctx.text(value)) for name, value in self.headers.items()}
        tier = one_line(ctx.text(self.tier)) if self.tier else ctx.contact.tier
        if self.tier and tier:
            ctx.set("contact.tier", tier)
        if tier:
            headers[_TIER_HEADER] = tier
        return ForwardCommand(targets=targets, ring_seconds=self.ring_time, headers=headers, trunk=self.trunk)


def _ending(reply: ForwardEnded) -> str:
    tries = ", then ".join(_attempt(one) for one in reply.tries)
    if reply.end is TryEnd.ANSWERED:
        return f"{tries or f'{reply.target} answered'}, talked for {write_plain(round(reply.talk_seconds))} s"
    status = f" ({reply.code} {reply.reason})".replace(" )", ")") if reply.code else ""
    return tries or f"{reply.end.value.replace('_', ' ')}{status}"


def _attempt(one: TargetTry) -> str:
    words = {TryEnd.ANSWERED: "answered", TryEnd.BUSY: "was busy", TryEnd.NO_ANSWER: "did not answer"}
    status = f" ({one.code} {one.reason})".replace(" )", ")") if one.code and one.end is not TryEnd.ANSWERED else ""
    end = words.get(one.end, one.end.value)
    return f"{one.target} {end}{status} after {one.ended_after:.1f} s"
