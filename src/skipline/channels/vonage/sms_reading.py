"""What a delivery of the older SMS API tells: Vonage docs, "SMS API", inbound SMS and delivery receipt."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from skipline.asking.number_keys import is_nobody, number_key
from skipline.asking.payload import id_in, key_of, moment_in, text_in
from skipline.channels.vonage.errors import receipt_error
from skipline.model.message import Channel, MessageKind, SendState
from skipline.model.messaging import Part, Received, Sender, StateTold

STATES: Mapping[str, SendState] = {
    "accepted": SendState.SENT,
    "buffered": SendState.SENT,
    "delivered": SendState.DELIVERED,
    "expired": SendState.FAILED,
    "failed": SendState.FAILED,
    "rejected": SendState.FAILED,
}
_MOST_PARTS = 255
"""3GPP TS 23.040 section 9.2.3.24.1: the number of parts is one octet."""


def is_sms(told: Mapping[str, Any]) -> bool:
    """Whether this is of the older SMS API."""
    return "message_uuid" not in told and ("messageId" in told or "msisdn" in told)


def read_sms(told: Mapping[str, Any], received_at: datetime) -> StateTold | Received | None:
    """The message or the receipt; None for what is neither."""
    id_ = id_in(told, "messageId")
    if not id_:
        return None
    at = moment_in({"at": _with_zone(text_in(told, "message-timestamp", longest=40))}, received_at, "at")
    if "status" in told:
        return _state(told, id_, at)
    return None if is_nobody(id_in(told, "msisdn")) else _received(told, id_, at)


def _state(told: Mapping[str, Any], id_: str, at: datetime) -> StateTold | None:
    word = text_in(told, "status", longest=80)
    state = STATES.get(word)
    if state is None:
        return None
    code, reason, remedy = receipt_error(id_in(told, "err-code"))
    return StateTold(
        key=key_of(id_, word),
        at=at,
        account_id=id_in(told, "api-key"),
        id=id_,
        state=state,
        reference=id_in(told, "client-ref"),
        code=code,
        reason=reason or (f"Vonage says {word}." if state is SendState.FAILED else ""),
        remedy=remedy,
    )


def _received(told: Mapping[str, Any], id_: str, at: datetime) -> Received:
    written = id_in(told, "msisdn")
    phone = number_key(written)
    is_text = text_in(told, "type", longest=40) != "binary"
    return Received(
        key=key_of(id_, "received"),
        at=at,
        account_id=id_in(told, "api-key"),
        id=id_,
        channel=Channel.SMS,
        sender=Sender(id=phone or written, phone=phone),
        kind=MessageKind.TEXT if is_text else MessageKind.UNSUPPORTED,
        text=text_in(told, "text"),
        detail="" if is_text else "binary",
        part=_part(told) if is_text else None,
    )


def _part(told: Mapping[str, Any]) -> Part | None:
    """Which part of a long text this is; None for a text that is whole, or that says nothing sensible of its parts."""
    number, total = (_small(text_in(told, f"concat-{name}", longest=9)) for name in ("part", "total"))
    reference = id_in(told, "concat-ref")
    if not reference or not 1 <= number <= total <= _MOST_PARTS or total == 1:
        return None
    return Part(reference=reference, number=number, total=total)


def _small(written: str) -> int:
    return int(written) if written.isascii() and written.isdecimal() else 0


def _with_zone(written: str) -> str:
    """`2026-11-21 12:00:00 +0000` as Python reads it."""
    return written.replace(" +", "+") if written.count(" ") > 1 else written
