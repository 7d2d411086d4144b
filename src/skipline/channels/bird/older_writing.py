"""Messages as MessageBird takes them: SMS as `POST /messages`, WhatsApp as `POST /v1/send`.

The Conversations API has no reference, but keeps what we write into `source` and tells it back.
"""

from typing import Any

from skipline.asking.number_keys import bare_number
from skipline.asking.whatsapp import interactive_of, template_value
from skipline.asking.wording import needed_within, numbered
from skipline.channels.bird.writing import (
    LONGEST_CAPTION,
    LONGEST_TEXT,
    check_whatsapp,
    sms_text,
    template_wanted,
)
from skipline.model.message import MessageBody, Template
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
        **_report(message),
    }


def conversation_message(message: Outbound, channel_id: str, list_label: str) -> dict[str, Any]:
    """The JSON of a WhatsApp message. Raises `CannotWrite`."""
    template = template_wanted(message)
    type_, content = ("hsm", {"hsm": _hsm(template)}) if template is not None else _content(message.body, list_label)
    return {
        "to": message.phone or message.to,
        "from": channel_id,
        "type": type_,
        "content": content,
        "source": {"reference": message.reference},
        **_report(message),
    }


def _report(message: Outbound) -> dict[str, str]:
    return {"reportUrl": message.callback_url} if message.callback_url else {}


def _content(body: MessageBody, list_label: str) -> tuple[str, dict[str, Any]]:
    check_whatsapp(body)
    if body.media_url:
        kind = _KINDS.get(body.media_kind, "file")
        caption = {"caption": needed_within(body.text, LONGEST_CAPTION, "the text with a file")} if body.text else {}
        return kind, {kind: {"url": body.media_url, **caption}}
    choices = body.buttons or body.rows
    asked = interactive_of(body, list_label) if choices else None
    if asked is None:
        return "text", {"text": needed_within(numbered(body.text, choices), LONGEST_TEXT, "the text")}
    return "interactive", {"interactive": _flat(asked["interactive"])}


def _flat(interactive: dict[str, Any]) -> dict[str, Any]:
    """WhatsApp's own form, but that a button's id and title stand beside its type."""
    buttons = interactive["action"].get("buttons")
    if buttons is None:
        return interactive
    flat = [{"id": one["reply"]["id"], "type": "reply", "title": one["reply"]["title"]} for one in buttons]
    return interactive | {"action": {"buttons": flat}}


def _hsm(template: Template) -> dict[str, Any]:
    """`name` is `namespace/template`."""
    namespace, slash, name = template.name.partition("/")
    if not slash:
        raise CannotWrite(f"the template {template.name} has no namespace: write it as namespace/name")
    return {
        "namespace": namespace,
        "templateName": name,
        "language": {"policy": "deterministic", "code": template.language},
        "params": [{"default": template_value(name, number, value)} for number, value in enumerate(template.values, 1)],
    }
