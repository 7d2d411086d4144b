"""The bodies that send a message: Vonage docs, "Messages API", send a message, and "SMS API", send an SMS.

WhatsApp's buttons, lists and templates go as `custom`, which Vonage hands to WhatsApp as it is.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from skipline.asking.number_keys import bare_number
from skipline.asking.whatsapp import interactive_of, is_window_over, template_value
from skipline.asking.wording import needed_link, needed_within, numbered
from skipline.model.message import Channel, MessageBody, Template
from skipline.model.messaging import CannotWrite, NeedsTemplate, Outbound

LONGEST_SMS = 1_000
LONGEST_WHATSAPP = 4_096
LONGEST_REFERENCE = 100
LONGEST_SMS_REFERENCE = 40
_LONGEST_CAPTION = 1_024
_GSM = frozenset(map(chr, range(0x20, 0x7F))) - {"`"} | frozenset("\n\r@£$¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà€")
"""The letters of 3GPP TS 23.038 section 6.2.1, with its extension; all others need two octets each."""
_FILES: Mapping[str, str] = {"image": "image", "video": "video", "audio": "audio", "document": "file", "": "file"}


def message_of(message: Outbound, sender: str, list_label: str) -> dict[str, Any]:
    """The JSON of `message` for the Messages API. Raises `CannotWrite`."""
    is_whatsapp = message.channel is Channel.WHATSAPP
    told = {
        "channel": message.channel.value,
        "to": bare_number(message.phone or message.to),
        "from": bare_number(sender),
        "client_ref": needed_within(message.reference, LONGEST_REFERENCE, "our reference"),
        **(_whatsapp(message, list_label) if is_whatsapp else _text(_sms_text(message.body), LONGEST_SMS)),
    }
    if message.callback_url:
        told |= {"webhook_url": message.callback_url, "webhook_version": "v1"}
    return told


def sms_of(message: Outbound, sender: str) -> dict[str, str]:
    """The parameters of `message` for the SMS API, without the sign-in. Raises `CannotWrite`."""
    text = needed_within(_sms_text(message.body), LONGEST_SMS, "the text")
    form = {"from": bare_number(sender), "to": bare_number(message.to), "text": text}
    form["type"] = "text" if _GSM.issuperset(text) else "unicode"
    if len(message.reference) <= LONGEST_SMS_REFERENCE:
        # One that were cut would be somebody else's; without it the receipt is known by Vonage's id.
        form["client-ref"] = message.reference
    return form | ({"callback": message.callback_url} if message.callback_url else {})


def _sms_text(body: MessageBody) -> str:
    """An SMS has words alone: choices are written out, and a file's address below them."""
    parts = (numbered(body.text, body.buttons or body.rows), needed_link(body.media_url) if body.media_url else "")
    text = "\n".join(part for part in parts if part)
    if not text:
        raise CannotWrite("there is nothing in the message: give it a text")
    return text


def _whatsapp(message: Outbound, list_label: str) -> dict[str, Any]:
    body, is_over = message.body, is_window_over(message)
    if body.template is not None and (is_over or not (body.text or body.media_url)):
        return _custom(_template(body.template))
    if is_over:
        raise NeedsTemplate(
            "the contact wrote more than 24 hours ago: give the message a template that WhatsApp approved"
        )
    if body.media_url:
        return _file(body)
    if not body.text:
        raise CannotWrite("there is nothing in the message: give it a text, a file or a template")
    choices = body.buttons or body.rows
    interactive = interactive_of(body, list_label) if choices else None
    return _custom(interactive) if interactive else _text(numbered(body.text, choices), LONGEST_WHATSAPP)


def _text(text: str, most: int) -> dict[str, Any]:
    return {"message_type": "text", "text": needed_within(text, most, "the text")}


def _custom(content: dict[str, Any]) -> dict[str, Any]:
    return {"message_type": "custom", "custom": content}


def _file(body: MessageBody) -> dict[str, Any]:
    type_ = _FILES.get(body.media_kind)
    if type_ is None:
        raise CannotWrite(f"there is no way to send {body.media_kind}: choose image, video, audio or document")
    if body.buttons or body.rows or (type_ == "audio" and body.text):
        raise CannotWrite("a file cannot have buttons, and audio no text: say it in a message of its own")
    file = {"url": needed_link(body.media_url)}
    if body.text:
        file["caption"] = needed_within(body.text, _LONGEST_CAPTION, "the text below a file")
    if type_ == "file" and (name := unquote(urlsplit(body.media_url).path).rpartition("/")[2][:240]):
        file["name"] = name
    return {"message_type": type_, type_: file}


def _template(template: Template) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": template.name,
        "language": {"policy": "deterministic", "code": template.language},
    }
    if template.values:
        values = [
            {"type": "text", "text": template_value(template.name, number, value)}
            for number, value in enumerate(template.values, 1)
        ]
        told["components"] = [{"type": "body", "parameters": values}]
    return {"type": "template", "template": told}
