"""Keep the contact's place in a queue without them, and call them back when it is their turn."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from skipline.base.phone_number import read_number
from skipline.base.value_types import LONGEST_TEXT, shorten
from skipline.flow.fields import Duration, Template, field
from skipline.flow.outcome import Context, Go, Kept, StepOutcome, Wait
from skipline.flow.queue_steps import AskedSkills, ask_place, kept_tier, language_of
from skipline.model.commands import RequestCallBack, SayText, SendMessage
from skipline.model.events import CallBackTaken, MessageSent, PromptEnded, Reply
from skipline.queue.spoken.sentences import call_back_taken, language_for

_BETWEEN_DIGITS = re.compile(r"[ ().-]")
_SLOWEST_SECONDS_PER_CHARACTER = 0.25
_GRACE_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack:
    """`phone` is called when it is the contact's turn, the agent or the contact first. Who does not answer is called
    again after `retry`, `attempts` times in all. What the contact has waited before counts."""

    exits: ClassVar[tuple[str, ...]] = ("taken", "failed")
    seldom_exits: ClassVar[tuple[str, ...]] = ("failed",)
    group: ClassVar[str] = "route"
    serves_caller: ClassVar[bool] = True
    waits_in_writing: ClassVar[bool] = False
    channels: ClassVar[tuple[str, ...]] = ("call", "message")

    queue: str = field(label="queue", kind="queue")
    tier: Template = field(label="tier", kind="tier", default=Template(""))
    phone: Template = field(label="phone", default=Template("{{ contact.phone }}"))
    skills: AskedSkills = field(label="skills", kind="skills", default=())
    rings_first: Literal["agent", "contact"] = field(label="rings_first", kind="choice", default="agent")
    attempts: Annotated[int, Field(ge=1, le=10)] = field(label="attempts", kind="number", default=3)
    retry: Duration = field(label="retry", kind="duration", default=300.0)
    trunk: str = field(label="trunk", kind="trunk", default="", calls_out=True)
    goodbye: Template = field(label="goodbye", kind="long_text", default=Template(""))
    language: Template = field(label="language", kind="language", default=Template(""))
    keeps_wait: bool = field(label="keeps_wait", kind="switch", default=True)

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Promise, say goodbye, leave."""
        if isinstance(reply, CallBackTaken):
            return self._part(ctx, reply)
        if isinstance(reply, PromptEnded | MessageSent) or ctx.timed_out:
            return Go("taken")
        return self._promise(ctx)

    def keeps(self) -> Iterator[Kept]:
        """The contact's tier, when the step names one."""
        return kept_tier(self.tier)

    def _promise(self, ctx: Context) -> StepOutcome:
        written = ctx.text(self.phone).strip()
        try:
            phone = _read(written)
        except ValueError:
            ctx.explain(f"there is no number to call back: {shorten(written, 40) or 'none is known'}")
            return Go("failed")
        place = ask_place(
            ctx, self.queue, tier=self.tier, skills=self.skills, keeps_wait=self.keeps_wait, is_for_call=True
        )
        ctx.do(
            RequestCallBack(
                place=place,
                phone=phone,
                trunk=self.trunk,
                rings_agent_first=self.rings_first == "agent",
                attempts=self.attempts,
                retry_seconds=self.retry,
                language=language_of(ctx, self.language),
                reasons=ctx.reasons(),
            )
        )
        # No limit here: the centre answers at once, for the promise is its own.
        return Wait()

    def _part(self, ctx: Context, reply: CallBackTaken) -> StepOutcome:
        if reply.problem:
            ctx.explain(f"no call-back was promised: {reply.problem.rstrip('.')}")
            return Go("failed")
        ctx.explain("the place is kept, and the contact will be called back", entry=reply.entry)
        own, language = ctx.text(self.goodbye).strip()[:LONGEST_TEXT], language_of(ctx, self.language)
        text, language = (own, language) if own else (call_back_taken(language), language_for(language))
        ctx.do(SayText(text=text, language=language) if ctx.is_on_call else SendMessage(text=text))
        seconds = _GRACE_SECONDS + _SLOWEST_SECONDS_PER_CHARACTER * len(text)
        return Wait(until=ctx.now + timedelta(seconds=seconds))


def _read(written: str) -> str:
    """A number as E.164, from how people and other systems write it; raises `ValueError` when it is none."""
    digits = _BETWEEN_DIGITS.sub("", written)
    return read_number(f"+{digits[2:]}" if digits.startswith("00") else digits)
