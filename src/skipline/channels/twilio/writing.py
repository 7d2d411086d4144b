"""The form that sends a message: Twilio docs, "Message resource", and "Content API" for templates."""

import json
import re
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from skipline.asking.whatsapp import is_window_over, template_value
from skipline.asking.wording import needed_link, needed_within, numbered
from skipline.channels.twilio.reading import REFERENCE, written_reference
from skipline.model.message import Channel, MessageBody, Template
from skipline.model.messaging import CannotWrite, NeedsTemplate, Outbound

LONGEST_TEXT = 1_600
_CONTENT_SID = re.compile(r"HX[0-9a-fA-F]{32}", re.ASCII)


def form_of(message: Outbound, sender: str, templates: Mapping[str, str], validity_seconds: int | None) -> bytes:
    """The form of `message` from `sender`, which is a number, a name or a messaging service. Raises `CannotWrite`."""
    form = {"To": _to(message), **_from(sender, message.channel)}
    form |= _content(message, templates)
    if message.callback_url:
        form["StatusCallback"] = with_reference(message.callback_url, message.reference)
    if validity_seconds is not None:
        form["ValidityPeriod"] = str(validity_seconds)
    return urlencode(form).encode()


def with_reference(url: str, reference: str) -> str:
    """The report address that brings our reference back; Twilio signs it with its query."""
    joint = "&" if urlsplit(url).query else "?"
    return f"{url}{joint}{REFERENCE}={written_reference(reference)}"


def _to(message: Outbound) -> str:
    """The number where it is known; else WhatsApp's own id of the contact, which Twilio writes in the same way."""
    return _address(message.phone or message.to, message.channel)


def _address(written: str, channel: Channel) -> str:
    return f"whatsapp:{written}" if channel is Channel.WHATSAPP else written


def _from(sender: str, channel: Channel) -> dict[str, str]:
    if sender.startswith("MG"):
        return {"MessagingServiceSid": sender}
    return {"From": _address(sender, channel)}


def _content(message: Outbound, templates: Mapping[str, str]) -> dict[str, str]:
    body = message.body
    text = numbered(body.text, body.buttons or body.rows)
    is_nothing = not text and not body.media_url
    if body.template is not None and (is_nothing or is_window_over(message)):
        return _template(body.template, templates)
    if is_window_over(message):
        raise NeedsTemplate(
            "the contact wrote more than 24 hours ago: give the message a template that WhatsApp approved"
        )
    if is_nothing:
        raise CannotWrite("there is nothing in the message: give it a text, a file or a template")
    return _free(body, text)


def _free(body: MessageBody, text: str) -> dict[str, str]:
    told = {"Body": needed_within(text, LONGEST_TEXT, "the text with its choices written out")} if text else {}
    return told | ({"MediaUrl": needed_link(body.media_url)} if body.media_url else {})


def _template(template: Template, templates: Mapping[str, str]) -> dict[str, str]:
    sid = templates.get(f"{template.name}/{template.language}") or templates.get(template.name) or template.name
    if not _CONTENT_SID.fullmatch(sid):
        raise CannotWrite(
            f"the template {template.name} has no ContentSid: write it under `templates` of the account, "
            f"as {template.name}: HX... or {template.name}/{template.language}: HX..."
        )
    told = {"ContentSid": sid}
    if template.values:
        values = enumerate(template.values, 1)
        told["ContentVariables"] = json.dumps(
            {str(number): template_value(template.name, number, value) for number, value in values}, ensure_ascii=False
        )
    return told
