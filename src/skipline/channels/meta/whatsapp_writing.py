"""How a message of ours is sent over WhatsApp (Cloud API, "Messages").

Buttons go as buttons when they fit, else as a list, else as numbered text: a flow says the same everywhere.
"""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from skipline.asking.wording import needed_within, numbered
from skipline.model.message import Button, MessageBody, Template
from skipline.model.messaging import CannotWrite, NeedsTemplate, Outbound

_LONGEST_TEXT = 4096
_LONGEST_CAPTION = 1024
_LONGEST_QUESTION = 1024
_MOST_BUTTONS, _LONGEST_BUTTON, _LONGEST_BUTTON_ID = 3, 20, 256
_MOST_ROWS, _LONGEST_ROW, _LONGEST_ROW_ID, _LONGEST_DESCRIPTION = 10, 24, 200, 72
_LONGEST_REFERENCE = 512
_LONGEST_VALUE = 1024
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
    return _interactive(body, list_label) if choices else _text(body.text)


def is_window_over(message: Outbound) -> bool:
    """Whether the time in which we may write freely is over when this request is made."""
    return message.window_ends_at is not None and message.at is not None and message.at >= message.window_ends_at


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": needed_within(text, _LONGEST_TEXT, "the text"), "preview_url": False}}


def _interactive(body: MessageBody, list_label: str) -> dict[str, Any]:
    choices = body.buttons or body.rows
    if len(body.text) <= _LONGEST_QUESTION and _has_own_ids(choices):
        if _are_buttons(choices) and body.buttons:
            replies = [{"type": "reply", "reply": {"id": one.id, "title": one.title}} for one in choices]
            return _asked("button", body.text, {"buttons": replies})
        if _are_rows(choices):
            return _asked("list", body.text, {"button": list_label, "sections": [{"rows": list(map(_row, choices))}]})
    return _text(numbered(body.text, choices))


def _has_own_ids(choices: Sequence[Button]) -> bool:
    """Meta refuses two that are the same, in id or in title."""
    return len({one.id for one in choices}) == len(choices) == len({one.title for one in choices})


def _are_buttons(choices: Sequence[Button]) -> bool:
    return len(choices) <= _MOST_BUTTONS and all(
        bool(one.title.strip())
        and len(one.title) <= _LONGEST_BUTTON
        and 0 < len(one.id) <= _LONGEST_BUTTON_ID
        and not one.description
        for one in choices
    )


def _are_rows(choices: Sequence[Button]) -> bool:
    return len(choices) <= _MOST_ROWS and all(
        bool(one.title.strip())
        and len(one.title) <= _LONGEST_ROW
        and 0 < len(one.id) <= _LONGEST_ROW_ID
        and len(one.description) <= _LONGEST_DESCRIPTION
        for one in choices
    )


def _row(one: Button) -> dict[str, str]:
    return {"id": one.id, "title": one.title} | ({"description": one.description} if one.description else {})


def _asked(type_: str, text: str, action: dict[str, Any]) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": type_, "body": {"text": text}, "action": action}}


def _media(body: MessageBody) -> dict[str, Any]:
    kind = body.media_kind or "document"
    if kind not in _MEDIA:
        raise CannotWrite(f"WhatsApp sends no {kind}: choose {', '.join(_MEDIA)}")
    if kind == "audio" and body.text:
        raise CannotWrite("WhatsApp shows no text with audio: send the text as a message of its own")
    if body.buttons or body.rows:
        raise CannotWrite("a file cannot have buttons: ask in a message of its own")
    media = {"link": checked_link(body.media_url)}
    if body.text:
        media["caption"] = needed_within(body.text, _LONGEST_CAPTION, "the text below a file")
    if kind == "document":
        media["filename"] = unquote(urlsplit(body.media_url).path).rpartition("/")[2][:240] or "file"
    return {"type": kind, kind: media}


def checked_link(url: str) -> str:
    """An address that Meta can fetch; raises `CannotWrite` for what is none."""
    if not url.startswith(("https://", "http://")) or not url.isprintable() or " " in url:
        raise CannotWrite("the file's address is none: write one that begins with https:// and is open to Meta")
    return url


def _template(template: Template) -> dict[str, Any]:
    told: dict[str, Any] = {"name": template.name, "language": {"code": template.language}}
    if template.values:
        values = [_value(template.name, number, value) for number, value in enumerate(template.values, 1)]
        told["components"] = [{"type": "body", "parameters": values}]
    return {"type": "template", "template": told}


def _value(name: str, number: int, value: str) -> dict[str, str]:
    """A template's value: Meta refuses empty ones, and those with line breaks."""
    line = " ".join(value.split())
    if not line:
        raise CannotWrite(f"value {number} of the template {name} is empty: give it a text, such as a dash")
    return {"type": "text", "text": needed_within(line, _LONGEST_VALUE, f"value {number} of the template {name}")}
