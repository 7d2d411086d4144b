"""Messages as Bird's Channels API takes them: `POST /workspaces/{workspace}/channels/{channel}/messages`."""

from typing import Any

from skipline.asking.wording import cut, needed_within, numbered
from skipline.model.message import Button, Channel, MessageBody, Template
from skipline.model.messaging import CannotWrite, Outbound

LONGEST_SMS, LONGEST_TEXT, LONGEST_WITH_CHOICES = 1_600, 4_096, 1_024
MOST_BUTTONS, MOST_ROWS, LONGEST_BUTTON, LONGEST_ROW, LONGEST_ABOUT = 3, 10, 20, 24, 72
_ROW_BUTTON = "☰"
"""What opens a list; a mark, because a word would be in one language."""


def bird_message(message: Outbound) -> dict[str, Any]:
    """The JSON of a message to one contact, with our reference in it. Raises `CannotWrite`."""
    told: dict[str, Any] = {"receiver": {"contacts": [_receiver(message.to)]}, "reference": message.reference}
    body = message.body
    if body.template is not None and not (body.text or body.media_url):
        return told | {"template": _template(body.template)}
    told |= {"body": _sms(body) if message.channel is Channel.SMS else _whatsapp(body)}
    is_reply = message.channel is Channel.WHATSAPP and message.answers and message.is_from_person
    return told | ({"replyTo": {"id": message.answers, "type": "message"}} if is_reply else {})


def _receiver(to: str) -> dict[str, str]:
    key = "phonenumber" if to.startswith("+") else "whatsappbsuid"
    return {"identifierKey": key, "identifierValue": to}


def sms_text(body: MessageBody, most: int) -> str:
    """The words of an SMS, its choices written out. Raises `CannotWrite`."""
    if body.media_url:
        raise CannotWrite("an SMS carries no file: write its address into the text")
    text = numbered(body.text, body.buttons or body.rows)
    if not text:
        raise CannotWrite("there is nothing to send: write a text")
    return needed_within(text, most, "the text of an SMS")


def _sms(body: MessageBody) -> dict[str, Any]:
    return {"type": "text", "text": {"text": sms_text(body, LONGEST_SMS)}}


def _whatsapp(body: MessageBody) -> dict[str, Any]:
    if body.media_url:
        return _media(body)
    if not body.text:
        raise CannotWrite("there is nothing to send: write a text")
    if len(body.buttons) > MOST_BUTTONS or len(body.rows) > MOST_ROWS:
        raise CannotWrite(f"WhatsApp shows {MOST_BUTTONS} buttons or {MOST_ROWS} rows: leave some out")
    has_choices = bool(body.buttons or body.rows)
    text = needed_within(body.text, LONGEST_WITH_CHOICES if has_choices else LONGEST_TEXT, "the text")
    if body.rows:
        return {"type": "list", "list": _list(text, body.rows)}
    actions = [_tap(one, LONGEST_BUTTON) for one in body.buttons]
    return {"type": "text", "text": {"text": text} | ({"actions": actions} if actions else {})}


def _tap(choice: Button, longest: int) -> dict[str, Any]:
    return {"type": "postback", "postback": {"text": cut(choice.title, longest), "payload": choice.id}}


def _list(text: str, rows: tuple[Button, ...]) -> dict[str, Any]:
    return {
        "text": text,
        "sections": [{"title": "", "items": [_row(one) for one in rows]}],
        "metadata": {"button": {"label": _ROW_BUTTON}},
    }


def _row(row: Button) -> dict[str, Any]:
    about = {"description": cut(row.description, LONGEST_ABOUT)} if row.description else {}
    return {"title": cut(row.title, LONGEST_ROW), **about, "actions": [_tap(row, LONGEST_ROW)]}


def _media(body: MessageBody) -> dict[str, Any]:
    if body.buttons or body.rows:
        raise CannotWrite("a message has a file or something to choose, not both: send two messages")
    caption = {"text": needed_within(body.text, LONGEST_WITH_CHOICES, "the text with a file")} if body.text else {}
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
        "parameters": [{"type": "string", "key": str(number), "value": value} for number, value in values],
    }
