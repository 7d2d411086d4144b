"""What a delivery of the Messages API tells: Vonage docs, "Messages API", inbound message and message status. There is
one thing in each."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from skipline.asking.number_keys import is_nobody, number_key
from skipline.asking.payload import Unreadable, clean, found, id_in, items_in, key_of, moment_in, text_in
from skipline.channels.vonage.errors import message_error
from skipline.channels.vonage.sms_reading import is_sms, read_sms
from skipline.channels.vonage.told import told_object
from skipline.model.message import Channel, MessageKind, SendState
from skipline.model.messaging import (
    AnyChannelEvent,
    Attachment,
    Delivery,
    Noted,
    Received,
    Sender,
    StateTold,
)

STATES: Mapping[str, SendState] = {
    "submitted": SendState.SENT,
    "delivered": SendState.DELIVERED,
    "read": SendState.READ,
    "rejected": SendState.FAILED,
    "undeliverable": SendState.FAILED,
}
_CHANNELS: Mapping[str, Channel] = {"sms": Channel.SMS, "mms": Channel.SMS, "whatsapp": Channel.WHATSAPP}
_FILES: Mapping[str, str] = {
    "image": "image",
    "video": "video",
    "audio": "audio",
    "file": "document",
    "vcard": "document",
    "sticker": "sticker",
}
_MOST_LINES = 100
_REFERRAL = ("source_url", "source_type", "source_id", "headline", "body", "ctwa_clid", "media_url")


def read(delivery: Delivery) -> list[AnyChannelEvent]:
    """The event in a delivery; what is not known becomes `Noted`."""
    try:
        told = told_object(delivery)
    except Unreadable as wrong:
        return [noted(delivery, "unreadable", clean(str(wrong), 300))]
    if is_sms(told):
        return [read_sms(told, delivery.received_at) or noted(delivery, "unknown", text_in(told, "text"))]
    id_ = id_in(told, "message_uuid")
    at = moment_in(told, delivery.received_at, "timestamp")
    word = text_in(told, "status", longest=80)
    if id_ and word:
        return [_state(told, id_, word, at) or noted(delivery, f"status {word}", "")]
    if id_ and text_in(told, "message_type", longest=80):
        return [_received(told, id_, at) or noted(delivery, _kind_of_message(told), text_in(told, "text"))]
    return [noted(delivery, "unknown", text_in(told, "text"))]


def noted(delivery: Delivery, kind: str, text: str) -> Noted:
    """Something that is kept and shown, no more; the same however often it comes."""
    told = delivery.body or delivery.url.encode("utf-8", "replace")
    key = key_of("noted", hashlib.sha256(told).hexdigest()[:32])
    return Noted(key=key, at=delivery.received_at, kind=kind, text=clean(text, 2_000))


def _state(told: Mapping[str, Any], id_: str, word: str, at: datetime) -> StateTold | None:
    state = STATES.get(word)
    if state is None:
        return None
    code, reason, remedy = message_error(found(told, "error"))
    return StateTold(
        key=key_of(id_, word),
        at=at,
        account_id=number_of_ours(told, "from"),
        id=id_,
        state=state,
        reference=id_in(told, "client_ref"),
        code=code,
        reason=reason or (f"Vonage says {word}." if state is SendState.FAILED else ""),
        remedy=remedy,
    )


def _received(told: Mapping[str, Any], id_: str, at: datetime) -> Received | None:
    channel = _CHANNELS.get(text_in(told, "channel", longest=40))
    sender = _sender(told)
    if channel is None or is_nobody(sender.id):
        return None
    kind, text, detail = _content(told)
    return Received(
        key=key_of(id_, "received"),
        at=at,
        account_id=number_of_ours(told, "to"),
        id=id_,
        channel=channel,
        sender=sender,
        kind=kind,
        text=text,
        choice=id_in(told, "reply", "id") or text_in(told, "button", "payload", longest=300),
        attachments=_attachments(told, at),
        refers_to=id_in(told, "context", "message_uuid"),
        referral=_referral(told),
        detail=detail,
    )


def _sender(told: Mapping[str, Any]) -> Sender:
    """Who wrote. WhatsApp's own id of them stays when their number is hidden, so it is the key where it is told."""
    written = id_in(told, "from") or id_in(told, "from", "number")
    places = (("whatsapp", "sender"), ("whatsapp", "recipient"), ("sender",), ("recipient",), ("profile",), ("from",))
    user_ids = [id_in(told, *place, "user_id") for place in places]
    phone = number_key(written) or number_key(id_in(told, "whatsapp", "sender", "wa_id"))
    name = text_in(told, "profile", "name", longest=200) or text_in(told, "profile", "username", longest=200)
    return Sender(id=next(filter(None, user_ids), "") or phone or written, phone=phone, name=name)


def _content(told: Mapping[str, Any]) -> tuple[MessageKind, str, str]:
    """The kind, the text to show, and what else there is to say."""
    word = text_in(told, "message_type", longest=80)
    if word in _CONTENTS:
        return _CONTENTS[word](told)
    if word in _FILES and isinstance(found(told, word), dict):
        return MessageKind.MEDIA, text_in(told, word, "caption") or text_in(told, "text"), ""
    return MessageKind.UNSUPPORTED, text_in(told, "text") or text_in(told, "provider_message"), word


def _attachments(told: Mapping[str, Any], at: datetime) -> tuple[Attachment, ...]:
    word = text_in(told, "message_type", longest=80)
    files = items_in(told, word) if word in _FILES else []
    made = [
        Attachment(
            kind=_FILES[word],
            id=text_in(one, "url", longest=2_000).rpartition("/")[2][:200],
            url=text_in(one, "url", longest=2_000).strip(),
            name=text_in(one, "name", longest=300),
            at=at,
        )
        for one in files
    ]
    return tuple(one for one in made if one.url)


def _place(told: Mapping[str, Any]) -> tuple[MessageKind, str, str]:
    here = found(told, "location")
    position = f"{text_in(here, 'lat', longest=40)}, {text_in(here, 'long', longest=40)}"
    lines = (text_in(here, "name", longest=500), text_in(here, "address", longest=500), position)
    return MessageKind.LOCATION, "\n".join(line for line in lines if line), ""


def _cards(told: Mapping[str, Any]) -> tuple[MessageKind, str, str]:
    cards = items_in(told, "contact") + items_in(told, "contacts")
    lines = [_card(one) for one in cards[:_MOST_LINES]]
    return MessageKind.CONTACTS, "\n".join(line for line in lines if line), ""


def _card(contact: Any) -> str:
    name = text_in(contact, "name", "formatted_name", longest=200) or text_in(contact, "name", longest=200)
    phones = [text_in(one, "phone", longest=40) for one in items_in(contact, "phones")[:_MOST_LINES]]
    return ", ".join(part for part in (name, *phones) if part)


def _reaction(told: Mapping[str, Any]) -> tuple[MessageKind, str, str]:
    action = text_in(told, "reaction", "action", longest=40)
    emoji = "" if action == "unreact" else text_in(told, "reaction", "emoji", longest=40)
    return MessageKind.REACTION, emoji, action


def _order(told: Mapping[str, Any]) -> tuple[MessageKind, str, str]:
    order = found(told, "order")
    lines = [_order_line(one) for one in items_in(order, "product_items")[:_MOST_LINES]]
    text = "\n".join(line for line in (text_in(order, "text"), *lines) if line)
    return MessageKind.ORDER, text, id_in(order, "catalog_id")


def _order_line(item: Any) -> str:
    price = f"{text_in(item, 'item_price', longest=40)} {text_in(item, 'currency', longest=10)}".strip()
    product = f"{id_in(item, 'quantity') or '1'} x {text_in(item, 'product_retailer_id', longest=200)}"
    return f"{product} ({price})" if price else product


_CONTENTS: Mapping[str, Callable[[Mapping[str, Any]], tuple[MessageKind, str, str]]] = {
    "text": lambda told: (MessageKind.TEXT, text_in(told, "text"), ""),
    "reply": lambda told: (MessageKind.CHOICE, text_in(told, "reply", "title"), text_in(told, "reply", "description")),
    "button": lambda told: (MessageKind.CHOICE, text_in(told, "button", "text"), ""),
    "location": _place,
    "contact": _cards,
    "contacts": _cards,
    "reaction": _reaction,
    "order": _order,
}


def _referral(told: Mapping[str, Any]) -> dict[str, str]:
    there = found(told, "whatsapp", "referral")
    values = {name: text_in(there, name, longest=2_000) for name in _REFERRAL}
    return {name: value for name, value in values.items() if value}


def number_of_ours(told: Mapping[str, Any], name: str) -> str:
    """Which of our numbers a message went by."""
    return id_in(told, name) or id_in(told, name, "number")


def _kind_of_message(told: Mapping[str, Any]) -> str:
    over = text_in(told, "channel", longest=40)
    return "message of nobody" if over in _CHANNELS else f"message over {over}".rstrip()
