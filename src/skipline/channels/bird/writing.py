"""Messages as Bird's Channels API takes them: `POST /workspaces/{workspace}/channels/{channel}/messages`."""

import re
from typing import Any

from skipline.asking.number_keys import number_key
from skipline.asking.whatsapp import interactive_of, is_window_over, template_value
from skipline.asking.wording import needed_within, numbered
from skipline.model.message import Button, Channel, MessageBody, Template
from skipline.model.messaging import CannotWrite, NeedsTemplate, Outbound

LONGEST_SMS, LONGEST_TEXT, LONGEST_CAPTION = 1_600, 4_096, 1_024
_USER_ID = re.compile(r"[A-Z]{2}\..+")
"""A business-scoped user id, such as `US.1349...`."""


def bird_message(message: Outbound, list_label: str) -> dict[str, Any]:
    """The JSON of a message to one contact, with our reference in it. Raises `CannotWrite`."""
    told: dict[str, Any] = {"receiver": {"contacts": [_receiver(message)]}, "reference": message.reference}
    if message.channel is Channel.SMS:
        return told | {"body": {"type": "text", "text": {"text": sms_text(message.body, LONGEST_SMS)}}}
    template = template_wanted(message)
    if template is not None:
        return told | {"template": _template(template)}
    is_reply = message.answers and message.is_from_person
    reply = {"replyTo": {"id": message.answers, "type": "message"}} if is_reply else {}
    return told | {"body": _whatsapp(message.body, list_label)} | reply


def template_wanted(message: Outbound) -> Template | None:
    """The template that goes instead of a WhatsApp message, or None. Raises `NeedsTemplate`."""
    body, is_over = message.body, is_window_over(message)
    if body.template is not None and (is_over or not (body.text or body.media_url)):
        return body.template
    if is_over:
        raise NeedsTemplate(
            "the contact wrote more than 24 hours ago: give the message a `template` that WhatsApp approved"
        )
    return None


def sms_text(body: MessageBody, most: int) -> str:
    """The words of an SMS, its choices written out. Raises `CannotWrite`."""
    if body.media_url:
        raise CannotWrite("an SMS carries no file: write its address into the text")
    text = numbered(body.text, body.buttons or body.rows)
    if not text.strip():
        raise CannotWrite("there is nothing to send: write a text")
    return needed_within(text, most, "the text of an SMS")


def check_whatsapp(body: MessageBody) -> None:
    """Raise `CannotWrite` for a body with nothing in it, or with a file and choices."""
    if not (body.text.strip() or body.media_url):
        raise CannotWrite("there is nothing to send: write a text, a file or a template")
    if body.media_url and (body.buttons or body.rows):
        raise CannotWrite("a message has a file or something to choose, not both: send two messages")


def _receiver(message: Outbound) -> dict[str, str]:
    """A number where one is known; else the id under which WhatsApp knows the contact."""
    number = message.phone or number_key(message.to)
    if number or message.channel is Channel.SMS:
        return {"identifierKey": "phonenumber", "identifierValue": number or message.to}
    key = "whatsappbsuid" if _USER_ID.fullmatch(message.to) else "whatsappusername"
    return {"identifierKey": key, "identifierValue": message.to}


def _whatsapp(body: MessageBody, list_label: str) -> dict[str, Any]:
    check_whatsapp(body)
    if body.media_url:
        return _media(body)
    choices = body.buttons or body.rows
    asked = interactive_of(body, list_label) if choices else None
    if asked is None:
        return _text(needed_within(numbered(body.text, choices), LONGEST_TEXT, "the text"))
    is_list = asked["interactive"]["type"] == "list"
    return _list(body.text, choices, list_label) if is_list else _text(body.text, choices)


def _text(text: str, buttons: tuple[Button, ...] = ()) -> dict[str, Any]:
    actions = {"actions": [_tap(one) for one in buttons]} if buttons else {}
    return {"type": "text", "text": {"text": text, **actions}}


def _tap(choice: Button) -> dict[str, Any]:
    return {"type": "postback", "postback": {"text": choice.title, "payload": choice.id}}


def _list(text: str, rows: tuple[Button, ...], label: str) -> dict[str, Any]:
    sections = [{"title": "", "items": [_row(one) for one in rows]}]
    told = {"text": text, "sections": sections, "metadata": {"button": {"label": label}}}
    return {"type": "list", "list": told}


def _row(row: Button) -> dict[str, Any]:
    about = {"description": row.description} if row.description else {}
    return {"title": row.title, **about, "actions": [_tap(row)]}


def _media(body: MessageBody) -> dict[str, Any]:
    caption = {"text": needed_within(body.text, LONGEST_CAPTION, "the text with a file")} if body.text else {}
    if body.media_kind == "image":
        return {"type": "image", "image": {"images": [{"mediaUrl": body.media_url}], **caption}}
    return {"type": "file", "file": {"files": [{"mediaUrl": body.media_url}], **caption}}


def _template(template: Template) -> dict[str, Any]:
    """Bird knows a template by its project; `name` is `project` or `project/version`."""
    project, _, version = template.name.partition("/")
    values = enumerate(template.values, 1)
    return {
        "projectId": project,
        "version": version or "latest",
        "locale": template.language,
        "parameters": [
            {"type": "string", "key": str(number), "value": template_value(template.name, number, value)}
            for number, value in values
        ],
    }
