"""Send the contact a message."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Literal

import msgspec

from skipline.base.sentence import say
from skipline.base.value_types import LONGEST_TEXT, shorten
from skipline.base.wrong_value import WrongValue
from skipline.flow.fields import Template, field
from skipline.flow.options import (
    LONGEST_BUTTON,
    LONGEST_ROW,
    Option,
    buttons_field,
    check_one_kind,
    list_field,
    shown,
)
from skipline.flow.outcome import Context, Go, StepOutcome, Wait
from skipline.model.commands import SendMessage as SendMessageCommand
from skipline.model.events import MessageSent, Reply
from skipline.model.message import Template as ApprovedTemplate

_LONGEST = timedelta(days=8)
"""Longer than any account lets a message wait; before that the account's own limit ends the wait."""

_MOST_VALUES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A file that the provider fetches from `url`."""

    url: Template = field(label="media_url", kind="url")
    kind: Literal["image", "video", "audio", "document"] = field(label="media_kind", kind="choice", default="image")


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """A text that the provider approved beforehand; `values` fill its holes, in order."""

    name: str = field(label="template_name")
    language: Template = field(label="template_language", kind="template_language", default=Template(""))
    values: tuple[Template, ...] = field(label="template_values", kind="list", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMessage:
    """Goes on once the message is on its way, not when it was read. `template` goes instead of the rest when the time
    is over in which the provider lets us write freely, and always when there is nothing else."""

    exits: ClassVar[tuple[str, ...]] = ("sent", "failed")
    seldom_exits: ClassVar[tuple[str, ...]] = ("failed",)
    group: ClassVar[str] = "talk"
    channels: ClassVar[tuple[str, ...]] = ("message",)
    way_round: ClassVar[str] = say("have your message provider send it: use send_request with a source for it")

    text: Template = field(label="text", kind="long_text", default=Template(""))
    buttons: tuple[Option, ...] = buttons_field()
    list_: tuple[Option, ...] = list_field()
    media: Media | None = field(label="media", kind="media", default=None)
    template: Approved | None = field(label="template", kind="template", default=None)

    def __post_init__(self) -> None:
        check_one_kind(self.buttons, self.list_)
        if (self.buttons or self.list_) and (self.media is not None or not self.text):
            raise WrongValue(
                say("`buttons` and a `list` stand below a text"), say("write `text`, and take `media` out")
            )
        if not self.text and self.media is None and self.template is None:
            raise WrongValue(say("there is nothing to send"), say("write `text`, `media` or `template`"))

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Send it, then leave by what became of it."""
        if isinstance(reply, MessageSent):
            ctx.explain(f"it could not be sent: {reply.problem}" if reply.problem else "it was sent")
            return Go("failed" if reply.problem else "sent")
        if ctx.timed_out:
            ctx.explain("nobody told what became of it")
            return Go("failed")
        message = self._message(ctx)
        if not (message.text or message.media_url or message.template):
            ctx.explain("there was nothing to send, because the text is empty")
            return Go("failed")
        ctx.explain(_told(message))
        ctx.do(message)
        return Wait(until=ctx.now + _LONGEST)

    def _message(self, ctx: Context) -> SendMessageCommand:
        text = ctx.text(self.text).strip()[:LONGEST_TEXT]
        message = SendMessageCommand(text=text, template=self._approved(ctx))
        if self.media is not None and (url := _web_address(ctx, self.media.url)):
            message = msgspec.structs.replace(message, media_url=url, media_kind=self.media.kind)
        return msgspec.structs.replace(
            message, buttons=shown(ctx, self.buttons, LONGEST_BUTTON), rows=shown(ctx, self.list_, LONGEST_ROW)
        )

    def _approved(self, ctx: Context) -> ApprovedTemplate | None:
        if self.template is None:
            return None
        language = ctx.text(self.template.language).strip() or ctx.contact.language or "en"
        values = tuple(ctx.text(one).strip() for one in self.template.values[:_MOST_VALUES])
        return ApprovedTemplate(name=self.template.name, language=language, values=values)


def _web_address(ctx: Context, written: Template) -> str:
    """The address of a file; empty when it is none, for it may come from a look-up."""
    url = ctx.text(written).strip()
    if url.startswith(("https://", "http://")) and not any(letter.isspace() for letter in url):
        return url
    ctx.explain(f"{shorten(url, 60)!r} is no web address, so no file goes with it")
    return ""


def _told(message: SendMessageCommand) -> str:
    if message.text:
        return f"sends {shorten(message.text)!r}"
    if message.media_url:
        return f"sends the {message.media_kind} {shorten(message.media_url)}"
    return f"sends the template {message.template.name if message.template is not None else ''}"
