"""Send the contact a text message."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from skipline.base.value_types import LONGEST_TEXT, shorten
from skipline.flow.fields import Template, field
from skipline.flow.outcome import Context, Go, StepOutcome, Wait
from skipline.model.commands import SendMessage as SendMessageCommand
from skipline.model.events import MessageSent, Reply

_PATIENCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMessage:
    """Goes on once the message is on its way, not when it was read."""

    exits: ClassVar[tuple[str, ...]] = ("sent", "failed")
    group: ClassVar[str] = "talk"
    channels: ClassVar[tuple[str, ...]] = ("message",)
    way_round: ClassVar[str] = "have your message provider send it: use send_request with a source for it"

    text: Template = field(label="text", kind="long_text")

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Send it, then leave by what became of it."""
        if isinstance(reply, MessageSent):
            ctx.explain(f"it could not be sent: {reply.problem}" if reply.problem else "it was sent")
            return Go("failed" if reply.problem else "sent")
        if ctx.timed_out:
            ctx.explain("nobody told what became of it")
            return Go("failed")
        text = ctx.text(self.text).strip()[:LONGEST_TEXT]
        if not text:
            ctx.explain("there was nothing to send, because the text is empty")
            return Go("failed")
        ctx.explain(f"sends {shorten(text)!r}")
        ctx.do(SendMessageCommand(text=text))
        return Wait(until=ctx.now + _PATIENCE)
