"""Bird's webhooks of its Channels API: `<platform>.inbound`, `<platform>.outbound` and `<platform>.interaction`, each
around one message.

What people of ours write in Bird's own inbox comes as `outbound` without a reference of ours: an echo.
"""

from collections.abc import Mapping
from typing import Any

from skipline.asking.number_keys import number_key
from skipline.asking.payload import clean, fingerprint, found, id_in, items_in, key_of, moment_in, text_in
from skipline.channels.bird.statuses import BIRD_STATES, remedy_of
from skipline.model.message import Channel, MessageKind, SendState
from skipline.model.messaging import (
    AnyChannelEvent,
    Attachment,
    Delivery,
    Echoed,
    Noted,
    Received,
    Sender,
    StateTold,
)

_BSUID = "whatsappbsuid"
_FILES = ("images", "files", "media")
_READ = frozenset({"read", "opened"})


def read_bird(told: Any, delivery: Delivery, ours: Mapping[str, Channel]) -> AnyChannelEvent:
    """What one webhook tells. `ours` maps the ids of this account's Bird channels to what they carry."""
    event = text_in(told, "event")
    platform, _, kind = event.partition(".")
    payload = found(told, "payload")
    channel = _channel_of(payload, platform, ours)
    if not isinstance(payload, dict) or channel is None:
        return _noted(told, delivery, event or "unknown")
    if kind == "interaction":
        return _interaction(payload, delivery) or _noted(told, delivery, event)
    if kind == "inbound" or text_in(payload, "direction") == "incoming":
        return _received(payload, delivery, channel) or _noted(told, delivery, event or "inbound")
    if kind == "outbound" or text_in(payload, "direction") == "outgoing":
        return _sent(payload, delivery, channel) or _noted(told, delivery, event or "outbound")
    return _noted(told, delivery, event or "unknown")


def _channel_of(payload: Any, platform: str, ours: Mapping[str, Channel]) -> Channel | None:
    """The channel that a message is on; None when it is on none of this account's."""
    if channel_id := id_in(payload, "channelId"):
        return ours.get(channel_id)
    return next((channel for channel in ours.values() if channel == platform), None)


def _received(payload: dict[str, Any], delivery: Delivery, channel: Channel) -> Received | None:
    id_, sender = id_in(payload, "id"), _sender(payload, channel)
    if not id_ or not sender.id:
        return None
    body = found(payload, "body")
    type_ = text_in(body, "type")
    attachments = _attachments(body, type_)
    text, choice = _words(body, type_), _choice(body, type_)
    return Received(
        key=key_of("in", id_),
        at=moment_in(payload, delivery.received_at, "createdAt"),
        id=id_,
        channel=channel,
        sender=sender,
        kind=_kind(type_, choice, attachments),
        text=text,
        choice=choice,
        attachments=attachments,
        refers_to=id_in(payload, "replyTo", "id") or id_in(body, type_, "messageId"),
        detail="" if type_ in _KINDS or attachments else clean(type_, 100),
    )


_KINDS = {
    "text": MessageKind.TEXT,
    "location": MessageKind.LOCATION,
    "contact": MessageKind.CONTACTS,
    "contacts": MessageKind.CONTACTS,
    "reaction": MessageKind.REACTION,
    "order": MessageKind.ORDER,
}


def _kind(type_: str, choice: str, attachments: tuple[Attachment, ...]) -> MessageKind:
    if choice:
        return MessageKind.CHOICE
    return MessageKind.MEDIA if attachments else _KINDS.get(type_, MessageKind.UNSUPPORTED)


def _sender(payload: dict[str, Any], channel: Channel) -> Sender:
    """Who wrote: on WhatsApp their business-scoped id where it is told, because numbers come and go."""
    contact = found(payload, "sender", "contact")
    known = {text_in(one, "identifierKey"): id_in(one, "identifierValue") for one in items_in(contact, "identifiers")}
    key, value = text_in(contact, "identifierKey"), id_in(contact, "identifierValue")
    phone = number_key(value if key in ("", "phonenumber") else known.get("phonenumber", ""))
    extra = found(payload, "meta", "extraInformation")
    name = text_in(contact, "annotations", "name", longest=200) or text_in(extra, "whatsappusername", longest=200)
    if channel is Channel.WHATSAPP:
        value = id_in(extra, _BSUID) or known.get(_BSUID, "") or phone or value
    return Sender(id=(phone if channel is Channel.SMS else "") or value, phone=phone, name=name)


def _words(body: Any, type_: str) -> str:
    """What to show of a message, whatever it is."""
    if type_ == "location":
        return _place(body)
    if type_ == "reaction":
        return text_in(body, "reaction", "emoji")
    inner = found(body, type_)
    own = text_in(inner, "text") or text_in(inner, "caption") or text_in(inner, "title")
    return own or next((text_in(one, "text") for one in _answers(body, type_)), "")


def _place(body: Any) -> str:
    at = found(body, "location", "coordinates")
    where = f"{text_in(at, 'latitude')}, {text_in(at, 'longitude')}" if isinstance(at, dict) else ""
    label = text_in(body, "location", "location", "label") or text_in(body, "location", "location", "address")
    return "\n".join(part for part in (label, where) if part)


def _choice(body: Any, type_: str) -> str:
    return next((choice for one in _answers(body, type_) if (choice := id_in(one, "payload") or id_in(one, "id"))), "")


def _answers(body: Any, type_: str) -> list[Any]:
    """The buttons or list rows that were tapped."""
    taps = items_in(body, type_, "actions") or items_in(body, "actions")
    return [found(one, text_in(one, "type")) or one for one in taps if isinstance(one, dict)]


def _attachments(body: Any, type_: str) -> tuple[Attachment, ...]:
    inner = found(body, type_)
    listed = [one for name in _FILES for one in items_in(inner, name)] or [inner]
    return tuple(_attachment(one, type_) for one in listed if text_in(one, "mediaUrl"))


def _attachment(told: Any, type_: str) -> Attachment:
    media_type = text_in(told, "contentType", longest=200)
    family = media_type.partition("/")[0]
    kind = family if family in ("image", "video", "audio") else type_
    return Attachment(
        kind=kind if kind in ("image", "video", "audio", "sticker") else "document",
        url=text_in(told, "mediaUrl", longest=4_000),
        type=media_type,
        name=text_in(told, "filename", longest=300),
    )


def _sent(payload: dict[str, Any], delivery: Delivery, channel: Channel) -> AnyChannelEvent | None:
    """How far a message of this account came, or that somebody else wrote one."""
    id_, status = id_in(payload, "id"), text_in(payload, "status", longest=60)
    state = BIRD_STATES.get(status)
    at = moment_in(payload, delivery.received_at, "lastStatusAt")
    to = id_in(next(iter(items_in(payload, "receiver", "contacts")), None), "identifierValue")
    if not id_:
        return None
    if not id_in(payload, "reference") and to:
        body = found(payload, "body")
        text = _words(body, text_in(body, "type"))
        return Echoed(key=key_of("echo", id_), at=at, id=id_, channel=channel, to=number_key(to) or to, text=text)
    if state is None:
        return None
    code = text_in(payload, "failure", "code", longest=60) if state is SendState.FAILED else ""
    return StateTold(
        key=key_of("state", id_, status),
        at=at,
        id=id_,
        state=state,
        reference=id_in(payload, "reference"),
        code=code,
        reason=_reason(payload) if state is SendState.FAILED else "",
        remedy=remedy_of(code, text_in(payload, "failure", "source", "code", longest=60)),
    )


def _reason(payload: dict[str, Any]) -> str:
    return text_in(payload, "reason", longest=500) or text_in(payload, "details", longest=500)


def _interaction(payload: dict[str, Any], delivery: Delivery) -> StateTold | None:
    """That a message was read."""
    id_, type_ = id_in(payload, "messageId"), text_in(payload, "type")
    if not id_ or type_ not in _READ:
        return None
    at = moment_in(payload, delivery.received_at, "createdAt")
    reference = id_in(payload, "messageReference") or id_in(payload, "reference")
    return StateTold(key=key_of("state", id_, "read"), at=at, id=id_, state=SendState.READ, reference=reference)


def _noted(told: Any, delivery: Delivery, kind: str) -> Noted:
    told_at = found(told, "payload") or told
    key = key_of("note", clean(kind, 100), fingerprint(told))
    at = moment_in(told_at, delivery.received_at, "createdAt")
    return Noted(key=key, at=at, kind=clean(kind, 100), text=_reason(told_at) if isinstance(told_at, dict) else "")
