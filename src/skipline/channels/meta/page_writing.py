"""How a message of ours is sent over Messenger and Instagram (Messenger Platform, "Send API").

Choices are quick replies. Instagram's web page does not show them, so there they are written out in the text too;
whoever types the number or the words has answered.
"""

from datetime import timedelta
from typing import Any

from skipline.asking.whatsapp import is_window_over
from skipline.asking.wording import cut, cut_bytes, needed_link, needed_within, numbered
from skipline.model.message import Channel, MessageBody
from skipline.model.messaging import CannotWrite, NeedsTemplate, Outbound

_LONGEST_TEXT = 2000
_LONGEST_INSTAGRAM_BYTES = 1000
_MOST_QUICK_REPLIES, _LONGEST_TITLE, _LONGEST_PAYLOAD = 13, 20, 1000
_LONGEST_METADATA = 1000
_FILES = {"image": "image", "video": "video", "audio": "audio", "document": "file", "": "file"}
_STANDARD_WINDOW = timedelta(hours=24)
_PERSON_MAY_WRITE = timedelta(days=7)


def write_page(message: Outbound) -> dict[str, Any]:
    """The body of the request that sends `message`; raises `CannotWrite`."""
    said = _said(message.body, message.channel)
    if message.channel is Channel.MESSENGER:
        # It comes back in the echo, and shows which message a lost answer was about. Instagram has no place for it.
        said["metadata"] = needed_within(message.reference, _LONGEST_METADATA, "our reference")
    return {"recipient": {"id": message.to}, **_why_now(message), "message": said}


def _why_now(message: Outbound) -> dict[str, str]:
    """Within 24 hours anything may be said. After that only a person may answer, for 7 days since the contact wrote,
    with a tag that a program must not use (Messenger Platform, "Human Agent")."""
    if message.window_ends_at is None or message.at is None or not is_window_over(message):
        return {"messaging_type": "RESPONSE"}
    if not message.is_from_person:
        raise NeedsTemplate("the contact wrote more than 24 hours ago: only a person may answer now, and no flow")
    if message.at >= message.window_ends_at - _STANDARD_WINDOW + _PERSON_MAY_WRITE:
        raise NeedsTemplate("the contact wrote more than 7 days ago: nobody may write until they do")
    return {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}


def _said(body: MessageBody, channel: Channel) -> dict[str, Any]:
    if body.media_url:
        return _file(body, channel)
    if not body.text.strip():
        kind = "a template, which only WhatsApp has" if body.template else "nothing"
        raise CannotWrite(f"there is {kind} in the message: give it a text")
    choices = body.buttons or body.rows
    if not choices:
        return {"text": _fitting(body.text, "", channel)}
    is_cut = any(len(one.title) > _LONGEST_TITLE or one.description for one in choices)
    to_tap = _quick_replies(body)
    is_written_out = is_cut or channel is Channel.INSTAGRAM or not to_tap
    text = _fitting(body.text, numbered("", choices) if is_written_out else "", channel)
    return {"text": text} | to_tap


def _quick_replies(body: MessageBody) -> dict[str, Any]:
    choices = body.buttons or body.rows
    if len(choices) > _MOST_QUICK_REPLIES or any(
        len(one.id) > _LONGEST_PAYLOAD or not one.title.strip() for one in choices
    ):
        return {}
    return {
        "quick_replies": [
            {"content_type": "text", "title": cut(one.title, _LONGEST_TITLE), "payload": one.id or one.title}
            for one in choices
        ]
    }


def _fitting(text: str, choices: str, channel: Channel) -> str:
    """The text with the choices below it, in the room there is. Instagram's 1000 bytes cut the text, never a choice."""
    if channel is not Channel.INSTAGRAM:
        whole = f"{text}\n{choices}" if choices else text
        return needed_within(whole, _LONGEST_TEXT, "the text")
    room = _LONGEST_INSTAGRAM_BYTES - (len(choices.encode("utf-8", "replace")) + 1 if choices else 0)
    if room < 100:
        raise CannotWrite("the choices leave no room for a text: Instagram takes 1000 bytes in all, shorten them")
    return "\n".join(part for part in (cut_bytes(text, room), choices) if part)


def _file(body: MessageBody, channel: Channel) -> dict[str, Any]:
    """A file alone is attached; with a text, or where it cannot be attached, its address is written below the text."""
    if body.buttons or body.rows:
        raise CannotWrite("a file cannot have buttons: ask in a message of its own")
    if body.media_kind not in _FILES:
        raise CannotWrite(f"there is no way to send {body.media_kind}: choose image, video, audio or document")
    type_, url = _FILES[body.media_kind], needed_link(body.media_url)
    if body.text or (channel is Channel.INSTAGRAM and type_ == "file"):
        return {"text": _fitting(body.text, url, channel) if body.text else url}
    return {"attachment": {"type": type_, "payload": {"url": url, "is_reusable": False}}}
