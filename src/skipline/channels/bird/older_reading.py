"""MessageBird's webhooks: inbound SMS and delivery reports as forms or queries, conversations as JSON."""

from typing import Any

from skipline.asking.number_keys import number_key
from skipline.asking.payload import fingerprint, found, id_in, key_of, moment_in, text_in
from skipline.channels.bird.statuses import MESSAGEBIRD_STATES, remedy_of
from skipline.model.message import Channel, MessageKind, SendState
from skipline.model.messaging import AnyChannelEvent, Attachment, Delivery, Echoed, Noted, Received, Sender, StateTold

_MEDIA = ("image", "video", "audio", "file", "whatsappSticker")
_CONVERSATIONS = ("message.created", "message.updated")


def is_conversation(told: Any) -> bool:
    """Whether a JSON body is of MessageBird's Conversations API."""
    return text_in(told, "type") in _CONVERSATIONS or isinstance(found(told, "message", "conversationId"), str)


def read_sms(told: Any, delivery: Delivery) -> AnyChannelEvent:
    """An inbound SMS, a delivery report, or a note."""
    if text_in(told, "status"):
        return _report(told, delivery) or _noted(told, delivery, "delivery report")
    return _sms(told, delivery) or _noted(told, delivery, "sms")


def read_conversation(told: Any, delivery: Delivery, ours: str) -> AnyChannelEvent:
    """What the Conversations API tells of one message. `ours` is the id of this account's channel."""
    message, kind = found(told, "message"), text_in(told, "type", longest=100) or "conversation"
    platform, channel_id = text_in(message, "platform"), id_in(message, "channelId")
    if not id_in(message, "id") or platform not in ("", "whatsapp") or (channel_id and channel_id != ours):
        return _noted(told, delivery, kind)
    if text_in(message, "direction") == "received":
        return _whatsapp(told, message, delivery) or _noted(told, delivery, kind)
    return _whatsapp_sent(message, delivery) or _noted(told, delivery, kind)


def _sms(told: Any, delivery: Delivery) -> Received | None:
    id_ = id_in(told, "id") or id_in(told, "message_id")
    sender = text_in(told, "originator", longest=100).strip() or text_in(told, "sender", longest=100).strip()
    phone = number_key(sender)
    if not id_ or not sender:
        return None
    return Received(
        key=key_of("in", id_),
        at=moment_in(told, delivery.received_at, "createdDatetime"),
        id=id_,
        channel=Channel.SMS,
        sender=Sender(id=phone or sender, phone=phone),
        text=text_in(told, "body") or text_in(told, "message"),
    )


def _report(told: Any, delivery: Delivery) -> StateTold | None:
    id_, status = id_in(told, "id"), text_in(told, "status", longest=60)
    state = MESSAGEBIRD_STATES.get(status)
    if not id_ or state is None:
        return None
    is_failed = state is SendState.FAILED
    return StateTold(
        # One message may go to several numbers; ours go to one.
        key=key_of("state", id_, status),
        at=moment_in(told, delivery.received_at, "statusDatetime"),
        id=id_,
        state=state,
        reference=id_in(told, "reference"),
        code=text_in(told, "statusErrorCode", longest=60) if is_failed else "",
        reason=(text_in(told, "statusReason", longest=500) or status) if is_failed else "",
    )


def _whatsapp(told: Any, message: Any, delivery: Delivery) -> Received | None:
    id_, type_ = id_in(message, "id"), text_in(message, "type")
    number = text_in(message, "from", longest=100) or text_in(told, "contact", "msisdn", longest=100)
    phone = number_key(number)
    if not phone and not number.strip():
        return None
    content, reply = found(message, "content"), found(message, "content", "interactive", "reply")
    attachments = _attachments(content, type_)
    choice = id_in(reply, "id") or id_in(content, "button", "payload")
    return Received(
        key=key_of("in", id_),
        at=moment_in(message, delivery.received_at, "createdDatetime"),
        id=id_,
        channel=Channel.WHATSAPP,
        sender=Sender(
            id=phone or number.strip(), phone=phone, name=text_in(told, "contact", "displayName", longest=200)
        ),
        kind=_kind(type_, choice, attachments),
        text=_words(content, type_) or text_in(reply, "text") or text_in(content, "button", "text"),
        choice=choice,
        attachments=attachments,
        refers_to=id_in(message, "replyTo", "id"),
        detail="" if type_ in _KINDS or attachments or choice else type_[:100],
    )


_KINDS = {"text": MessageKind.TEXT, "location": MessageKind.LOCATION, "reaction": MessageKind.REACTION}


def _kind(type_: str, choice: str, attachments: tuple[Attachment, ...]) -> MessageKind:
    if choice:
        return MessageKind.CHOICE
    return MessageKind.MEDIA if attachments else _KINDS.get(type_, MessageKind.UNSUPPORTED)


def _words(content: Any, type_: str) -> str:
    if type_ == "location":
        place = found(content, "location")
        return f"{text_in(place, 'latitude')}, {text_in(place, 'longitude')}"
    return text_in(content, "text") or text_in(content, type_, "caption") or text_in(content, type_, "emoji")


def _attachments(content: Any, type_: str) -> tuple[Attachment, ...]:
    url = text_in(content, type_, "url", longest=4_000) or text_in(content, type_, "link", longest=4_000)
    if type_ not in _MEDIA or not url:
        return ()
    kind = {"file": "document", "whatsappSticker": "sticker"}.get(type_, type_)
    return (Attachment(kind=kind, url=url),)


def _whatsapp_sent(message: Any, delivery: Delivery) -> AnyChannelEvent | None:
    id_, status = id_in(message, "id"), text_in(message, "status", longest=60)
    reference, to = id_in(message, "source", "reference"), number_key(text_in(message, "to", longest=100))
    at = moment_in(message, delivery.received_at, "updatedDatetime")
    if not reference and to:
        text = _words(found(message, "content"), text_in(message, "type"))
        return Echoed(key=key_of("echo", id_), at=at, id=id_, channel=Channel.WHATSAPP, to=to, text=text)
    state = MESSAGEBIRD_STATES.get(status)
    if state is None:
        return None
    error = found(message, "error") if state is SendState.FAILED else None
    code = text_in(error, "code", longest=60)
    return StateTold(
        key=key_of("state", id_, status),
        at=at,
        id=id_,
        state=state,
        reference=reference,
        code=code,
        reason=text_in(error, "description", longest=500),
        remedy=remedy_of(code),
    )


def _noted(told: Any, delivery: Delivery, kind: str) -> Noted:
    return Noted(key=key_of("note", kind, fingerprint(told)), at=delivery.received_at, kind=kind or "unknown")
