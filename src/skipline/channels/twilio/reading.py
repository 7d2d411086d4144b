"""What a delivery of Twilio's tells: Twilio docs, "Twilio's request to your incoming message webhook URL" and "Track
outbound message status". There is one thing in each; nothing that Twilio sends has the time at which it happened."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, unquote

from skipline.asking.forms import first_values, query_pairs
from skipline.asking.number_keys import is_nobody, number_key
from skipline.asking.payload import LONGEST_ID, Unreadable, clean, key_of, text_in
from skipline.channels.twilio.errors import reason_of, remedy_of
from skipline.channels.twilio.media import attachments_in
from skipline.channels.twilio.signature import told_fields
from skipline.model.message import Channel, MessageKind, SendState
from skipline.model.messaging import (
    AnyChannelEvent,
    Attachment,
    Delivery,
    Noted,
    PreferenceTold,
    Received,
    Sender,
    StateTold,
)

REFERENCE = "ref"
"""The parameter of the report address that carries our own reference: Twilio has no field for it."""

STATES: Mapping[str, SendState] = {
    "accepted": SendState.QUEUED,
    "scheduled": SendState.QUEUED,
    "queued": SendState.QUEUED,
    "sending": SendState.QUEUED,
    "sent": SendState.SENT,
    "partially_delivered": SendState.SENT,
    "delivered": SendState.DELIVERED,
    "read": SendState.READ,
    "undelivered": SendState.FAILED,
    "failed": SendState.FAILED,
    "canceled": SendState.FAILED,
}
_KINDS: Mapping[str, MessageKind] = {
    "location": MessageKind.LOCATION,
    "contacts": MessageKind.CONTACTS,
    "reaction": MessageKind.REACTION,
    "order": MessageKind.ORDER,
    "unsupported": MessageKind.UNSUPPORTED,
}
_REFERRAL: Mapping[str, str] = {
    "ReferralSourceUrl": "source_url",
    "ReferralSourceType": "source_type",
    "ReferralSourceId": "source_id",
    "ReferralHeadline": "headline",
    "ReferralBody": "body",
    "ReferralCtwaClid": "ctwa_clid",
    "ReferralMediaUrl": "media_url",
}
_PREFIXES: Mapping[str, Channel] = {"": Channel.SMS, "whatsapp": Channel.WHATSAPP}


def read(delivery: Delivery) -> list[AnyChannelEvent]:
    """The events in a delivery; what is not known becomes `Noted`."""
    try:
        fields = told_fields(delivery)
    except Unreadable as wrong:
        return [_noted(delivery, {}, "unreadable", str(wrong))]
    id_ = _id(fields, "MessageSid") or _id(fields, "SmsSid")
    word = text_in(fields, "MessageStatus") or text_in(fields, "SmsStatus")
    if word and word != "received" and id_:
        return [_state(delivery, fields, id_, word)]
    if "From" in fields and (id_ or "Body" in fields):
        id_ = id_ or _id(dict(delivery.headers), "i-twilio-idempotency-token") or _digest(delivery)
        return received_of(fields, id_, delivery.received_at, attachments_in(fields))
    return [_noted(delivery, fields, text_in(fields, "EventType", longest=100) or "unknown")]


def split_address(written: str) -> tuple[str, str]:
    """The channel's prefix and the rest: `whatsapp:+3161...` is (`whatsapp`, `+3161...`)."""
    prefix, colon, rest = written.strip().partition(":")
    return (prefix.lower(), rest.strip()) if colon else ("", written.strip())


def _state(delivery: Delivery, fields: Mapping[str, str], id_: str, word: str) -> AnyChannelEvent:
    state = STATES.get(word)
    if state is None:
        return _noted(delivery, fields, f"status {word[:80]}", id_)
    code = _id(fields, "ErrorCode").removesuffix(".0")
    code = "" if code == "0" else code
    told = text_in(fields, "ErrorMessage", longest=300) or text_in(fields, "ChannelStatusMessage", longest=300)
    only = "It reached some of the devices only." if word == "partially_delivered" else ""
    return StateTold(
        key=key_of(id_, word),
        at=delivery.received_at,
        account_id=_id(fields, "AccountSid"),
        id=id_,
        state=state,
        reference=_reference(delivery),
        code=code,
        reason=reason_of(code, told or only or ("" if state is not SendState.FAILED else f"Twilio says {word}.")),
        remedy=remedy_of(code),
    )


def received_of(
    fields: Mapping[str, str], id_: str, at: datetime, attachments: tuple[Attachment, ...]
) -> list[AnyChannelEvent]:
    """A message that a contact wrote; one over another medium, or of nobody, is noted."""
    prefix, address = split_address(text_in(fields, "From", longest=300))
    channel = _PREFIXES.get(prefix)
    account_id = _id(fields, "AccountSid")
    if channel is None or is_nobody(address):
        kind = "message of nobody" if channel is not None else f"message over {prefix}"
        key = key_of(id_, "received")
        return [Noted(key=key, at=at, account_id=account_id, kind=kind, text=text_in(fields, "Body", longest=2_000))]
    kind_, text = _kind_and_text(fields, attachments)
    received = Received(
        key=key_of(id_, "received"),
        at=at,
        account_id=account_id,
        id=id_,
        channel=channel,
        sender=_sender(address, fields),
        kind=kind_,
        text=text,
        choice=text_in(fields, "ButtonPayload", longest=300) or text_in(fields, "ListId", longest=300),
        attachments=attachments,
        refers_to=_id(fields, "OriginalRepliedMessageSid"),
        referral={ours: clean(fields[name], 2_000) for name, ours in _REFERRAL.items() if fields.get(name)},
        detail=text_in(fields, "MessageType", longest=40) if kind_ is MessageKind.UNSUPPORTED else "",
    )
    return [*_preference(received, _id(fields, "OptOutType").upper()), received]


def _preference(received: Received, word: str) -> list[AnyChannelEvent]:
    """What Advanced Opt-Out made of the message: Twilio blocks by itself then, by the words that are set there."""
    if word not in ("STOP", "START"):
        return []
    key = key_of(received.id, word.lower())
    told = PreferenceTold(
        key=key,
        at=received.at,
        account_id=received.account_id,
        channel=received.channel,
        sender=received.sender,
        is_stopped=word == "STOP",
    )
    return [told]


def _sender(address: str, fields: Mapping[str, str]) -> Sender:
    """Who wrote. WhatsApp's own id of them stays when their number is hidden, so it is the key where it is told."""
    phone = number_key(address) or number_key(_id(fields, "WaId"))
    prefix, user_id = split_address(_id(fields, "ExternalUserId"))
    known = user_id if prefix == "whatsapp" else ""
    plain = number_key(address) if address.startswith("+") else "".join(address.split())
    return Sender(id=known or plain or address, phone=phone, name=text_in(fields, "ProfileName", longest=200))


def _kind_and_text(fields: Mapping[str, str], attachments: tuple[Attachment, ...]) -> tuple[MessageKind, str]:
    body = text_in(fields, "Body")
    if "Latitude" in fields and "Longitude" in fields:
        return MessageKind.LOCATION, _place(fields)
    if "ButtonPayload" in fields or "ListId" in fields:
        return MessageKind.CHOICE, text_in(fields, "ButtonText") or text_in(fields, "ListTitle") or body
    word = text_in(fields, "MessageType", longest=40)
    if word in _KINDS:
        return _KINDS[word], body
    if attachments:
        return MessageKind.MEDIA, body
    is_known = word in ("", "text", "button", "interactive")
    return (MessageKind.TEXT if body or is_known else MessageKind.UNSUPPORTED), body


def _place(fields: Mapping[str, str]) -> str:
    position = f"{text_in(fields, 'Latitude', longest=40)}, {text_in(fields, 'Longitude', longest=40)}"
    lines = (text_in(fields, "Label", longest=500), text_in(fields, "Address", longest=500), position)
    return "\n".join(line for line in lines if line)


def written_reference(reference: str) -> str:
    """Our reference in letters that no program on the way writes in another way (RFC 3986 section 2.3), because the
    signature is over them: quoted, with a tilde for the percent sign."""
    return quote(reference, safe="").replace("~", "%7E").replace("%", "~")


def _reference(delivery: Delivery) -> str:
    try:
        written = _id(first_values(query_pairs(delivery.url)), REFERENCE)
    except Unreadable:
        return ""
    return clean(unquote(written.replace("~", "%")), LONGEST_ID)


def _noted(delivery: Delivery, fields: Mapping[str, str], kind: str, id_: str = "") -> Noted:
    return Noted(
        key=key_of("noted", id_, _digest(delivery)),
        at=delivery.received_at,
        account_id=_id(fields, "AccountSid"),
        kind=kind,
        text=text_in(fields, "Body", longest=2_000) or ("" if fields else kind),
    )


def _id(fields: Mapping[str, str], name: str) -> str:
    return "".join(text_in(fields, name, longest=500).split())


def _digest(delivery: Delivery) -> str:
    """The same for a delivery however often it comes."""
    told = delivery.body or delivery.url.encode("utf-8", "replace")
    return hashlib.sha256(told).hexdigest()[:32]
