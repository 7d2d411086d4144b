"""How a message of ours is sent over WhatsApp (Cloud API, "Messages").

Buttons go as buttons when they fit, else as a list, else as numbered text: a flow says the same everywhere.
"""

import re
from typing import Any
from urllib.parse import unquote, urlsplit

from skipline.asking.whatsapp import interactive_of, is_window_over, template_value
from skipline.asking.wording import needed_link, needed_within, numbered
from skipline.model.message import MessageBody, Template
from skipline.model.messaging import CannotWrite, NeedsTemplate, Outbound

_LONGEST_TEXT = 4096
_LONGEST_CAPTION = 1024
_LONGEST_REFERENCE = 512
_MEDIA = ("image", "video", "audio", "document")
_USER_ID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9.]+", re.ASCII)
"""A business-scoped user id: two letters of a country, a dot, and the rest."""


def write_whatsapp(message: Outbound, list_label: str) -> dict[str, Any]:
    """The body of the request that sends `message`; raises `CannotWrite`."""
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **_recipient(message),
        "biz_opaque_callback_data": needed_within(message.reference, _LONGEST_REFERENCE, "our reference"),
        **_said(message, list_label),
    }


def _recipient(message: Outbound) -> dict[str, str]:
    """The number where it is known, because Meta goes on showing it then; else the user id, which has a place of its
    own: in `to` it would be taken for a number."""
    number = (message.phone or ("" if _USER_ID.fullmatch(message.to) else message.to)).removeprefix("+")
    if number:
        return {"to": number}
    return {"recipient": message.to}


def _said(message: Outbound, list_label: str) -> dict[str, Any]:
    body, is_over = message.body, is_window_over(message)
    if body.template is not None and (is_over or not (body.text or body.media_url)):
        return _template(body.template)
    if is_over:
        raise NeedsTemplate(
            "the contact wrote more than 24 hours ago: give the message a `template` that Meta approved"
        )
    if body.media_url:
        return _media(body)
    if not body.text.strip():
        raise CannotWrite("there is nothing to send: write a text, a file or a template")
    choices = body.buttons or body.rows
    interactive = interactive_of(body, list_label) if choices else None
    return interactive or _text(numbered(body.text, choices))


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": needed_within(text, _LONGEST_TEXT, "the text"), "preview_url": False}}


def _media(body: MessageBody) -> dict[str, Any]:
    kind = body.media_kind or "document"
    if kind not in _MEDIA:
        raise CannotWrite(f"WhatsApp sends no {kind}: choose {', '.join(_MEDIA)}")
    if kind == "audio" and body.text:
        raise CannotWrite("WhatsApp shows no text with audio: send the text as a message of its own")
    if body.buttons or body.rows:
        raise CannotWrite("a file cannot have buttons: ask in a message of its own")
    media = {"link": needed_link(body.media_url)}
    if body.text:
        media["caption"] = needed_within(body.text, _LONGEST_CAPTION, "the text below a file")
    if kind == "document":
        media["filename"] = unquote(urlsplit(body.media_url).path).rpartition("/")[2][:240] or "file"
    return {"type": kind, kind: media}


def _template(template: Template) -> dict[str, Any]:
    told: dict[str, Any] = {"name": template.name, "language": {"code": template.language}}
    if template.values:
        values = [
            {"type": "text", "text": template_value(template.name, number, value)}
            for number, value in enumerate(template.values, 1)
        ]
        told["components"] = [{"type": "body", "parameters": values}]
    return {"type": "template", "template": told}
