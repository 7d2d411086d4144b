"""Messages as MessageBird takes them: SMS as `POST /messages`, WhatsApp as `POST /v1/send`.

The Conversations API has no reference, but keeps what we write into `source` and tells it back.
"""

from typing import Any

from skipline.asking.number_keys import bare_number
from skipline.asking.wording import cut, needed_within
from skipline.channels.bird.writing import (
    LONGEST_ABOUT,
    LONGEST_BUTTON,
    LONGEST_ROW,
    LONGEST_TEXT,
    LONGEST_WITH_CHOICES,
    MOST_BUTTONS,
    MOST_ROWS,
    sms_text,
)
from skipline.model.message import Button, MessageBody, Template
from skipline.model.messaging import CannotWrite, Outbound

LONGEST_OLDER_SMS = 1_377
"""Of nine parts of 153 characters."""
_KINDS = {"image": "image", "video": "video", "audio": "audio"}


def sms_message(message: Outbound, originator: str) -> dict[str, Any]:
    """The JSON of an SMS, with our reference in it. Raises `CannotWrite`."""
    if not originator:
        raise CannotWrite("there is nobody to send from: give the account an `originator`")
    return {
        "originator": bare_number(originator),
        "recipients": [bare_number(message.to)],
        "body": sms_text(message.body, LONGEST_OLDER_SMS),
        "datacoding": "auto",
        "reference": message.reference,
        **({"reportUrl": message.callback_url} if message.callback_url else {}),
    }


def conversation_message(message: Outbound, channel_id: str) -> dict[str, Any]:
    """The JSON of a WhatsApp message. Raises `CannotWrite`."""
    type_, content = _content(message.body)
    return {
        "to": message.to,
        "from": channel_id,
        "type": type_,
        "content": content,
        "source": {"reference": message.reference},
        **({"reportUrl": message.callback_url} if message.callback_url else {}),
    }


def _content(body: MessageBody) -> tuple[str, dict[str, Any]]:
    if body.template is not None and not (body.text or body.media_url):
        return "hsm", {"hsm": _template(body.template)}
    if body.media_url:
        if body.buttons or body.rows:
            raise CannotWrite("a message has a file or something to choose, not both: send two messages")
        kind = _KINDS.get(body.media_kind, "file")
        caption = {"caption": body.text} if body.text else {}
        return kind, {kind: {"url": body.media_url, **caption}}
    if not body.text:
        raise CannotWrite("there is nothing to send: write a text")
    if body.buttons or body.rows:
        return "interactive", {"interactive": _interactive(body)}
    return "text", {"text": needed_within(body.text, LONGEST_TEXT, "the text")}


def _interactive(body: MessageBody) -> dict[str, Any]:
    if len(body.buttons) > MOST_BUTTONS or len(body.rows) > MOST_ROWS:
        raise CannotWrite(f"WhatsApp shows {MOST_BUTTONS} buttons or {MOST_ROWS} rows: leave some out")
    text = {"body": {"text": needed_within(body.text, LONGEST_WITH_CHOICES, "the text")}}
    if body.rows:
        rows = [_row(one) for one in body.rows]
        return {"type": "list", **text, "action": {"button": "☰", "sections": [{"rows": rows}]}}
    buttons = [{"id": one.id, "type": "reply", "title": cut(one.title, LONGEST_BUTTON)} for one in body.buttons]
    return {"type": "button", **text, "action": {"buttons": buttons}}


def _row(row: Button) -> dict[str, Any]:
    about = {"description": cut(row.description, LONGEST_ABOUT)} if row.description else {}
    return {"id": row.id, "title": cut(row.title, LONGEST_ROW), **about}


def _template(template: Template) -> dict[str, Any]:
    """`name` is `namespace/template`."""
    namespace, slash, name = template.name.partition("/")
    if not slash:
        raise CannotWrite(f"the template {template.name} has no namespace: write it as namespace/name")
    return {
        "namespace": namespace,
        "templateName": name,
        "language": {"policy": "deterministic", "code": template.language},
        "params": [{"default": value} for value in template.values],
    }
