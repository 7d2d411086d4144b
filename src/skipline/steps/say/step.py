"""Speak a text to the caller, or write it to who writes."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from skipline.base.patterns import is_language_tag
from skipline.base.value_types import LONGEST_TEXT, shorten
from skipline.flow.fields import Template, field
from skipline.flow.outcome import Context, Go, StepOutcome, Wait
from skipline.model.commands import SayText, SendMessage
from skipline.model.events import MessageSent, PromptEnded, Reply

_SLOWEST_SECONDS_PER_CHARACTER = 0.25
_PATIENCE_SECONDS = 30.0
_LONGEST_WAY = timedelta(minutes=5)
_UNTOLD_SPOKEN = "nobody said that the text was spoken to its end, so the call goes on"
_UNTOLD_SENT = "nobody said yet that the text is on its way, so the run goes on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Answers the call first when it only rings; in a conversation in writing the text is a message.

    Trouble with either never costs the contact: the step leaves by the same exit, and the trace says what happened.
    """

    exits: ClassVar[tuple[str, ...]] = ("done",)
    group: ClassVar[str] = "talk"
    serves_caller: ClassVar[bool] = True
    waits_in_writing: ClassVar[bool] = False
    channels: ClassVar[tuple[str, ...]] = ("call", "message")

    text: Template = field(label="text", kind="long_text")
    language: Template = field(label="language", kind="language", default=Template(""))

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Speak, then leave once it was heard."""
        if ctx.timed_out:
            ctx.explain(_UNTOLD_SPOKEN if ctx.is_on_call else _UNTOLD_SENT)
            return Go("done")
        if isinstance(reply, MessageSent):
            ctx.explain(f"it could not be sent: {reply.problem}" if reply.problem else "it was sent")
            return Go("done")
        if isinstance(reply, PromptEnded):
            ctx.explain(f"it could not be spoken: {reply.problem}" if reply.problem else "it was spoken to its end")
            return Go("done")
        return self._speak(ctx)

    def _speak(self, ctx: Context) -> StepOutcome:
        text = ctx.text(self.text).strip()[:LONGEST_TEXT]
        if not text:
            ctx.explain("there was nothing to say, because the text is empty")
            return Go("done")
        if not ctx.is_on_call:
            return _write(ctx, text)
        language = _language(ctx.text(self.language).strip() or ctx.contact.language)
        ctx.explain(f"says {shorten(text)!r}", text=text, language=language)
        ctx.do(SayText(text=text, language=language))
        seconds = _PATIENCE_SECONDS + _SLOWEST_SECONDS_PER_CHARACTER * len(text)
        return Wait(until=ctx.now + timedelta(seconds=seconds))


def _write(ctx: Context, text: str) -> StepOutcome:
    ctx.explain(f"writes {shorten(text)!r}", text=text)
    ctx.do(SendMessage(text=text))
    return Wait(until=ctx.now + _LONGEST_WAY)


def _language(wanted: str) -> str:
    """A language tag (RFC 5646) as it came, English when it is none: it may come from a look-up."""
    return wanted if is_language_tag(wanted) else "en"
