"""Speak a text to the caller."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from skipline.base.patterns import is_language_tag
from skipline.base.value_types import LONGEST_TEXT, shorten
from skipline.flow.fields import Template, field
from skipline.flow.outcome import Context, Go, StepOutcome, Wait
from skipline.model.commands import SayText
from skipline.model.events import PromptEnded, Reply

_SLOWEST_SECONDS_PER_CHARACTER = 0.25
_PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Answers the call first when it only rings.

    Trouble with the speech never costs the call: the step leaves by the same exit, and the trace says what happened.
    """

    exits: ClassVar[tuple[str, ...]] = ("done",)
    group: ClassVar[str] = "talk"
    serves_caller: ClassVar[bool] = True
    channels: ClassVar[tuple[str, ...]] = ("call",)

    text: Template = field(label="text", kind="long_text")
    language: Template = field(label="language", kind="language", default=Template(""))

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Speak, then leave once it was heard."""
        if ctx.timed_out:
            ctx.explain("nobody said that the text was spoken to its end, so the call goes on")
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
        language = _language(ctx.text(self.language).strip() or ctx.contact.language)
        ctx.explain(f"says {shorten(text)!r}", text=text, language=language)
        ctx.do(SayText(text=text, language=language))
        seconds = _PATIENCE_SECONDS + _SLOWEST_SECONDS_PER_CHARACTER * len(text)
        return Wait(until=ctx.now + timedelta(seconds=seconds))


def _language(wanted: str) -> str:
    """A language tag (RFC 5646) as it came, English when it is none: it may come from a look-up."""
    return wanted if is_language_tag(wanted) else "en"
