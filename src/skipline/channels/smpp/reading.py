"""What a deliver_sm tells: a message of a contact, or what became of one of ours."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from skipline.asking.number_keys import is_nobody, number_key
from skipline.asking.payload import clean, key_of
from skipline.channels.smpp.alphabet import decode
from skipline.channels.smpp.codec import Deliver
from skipline.channels.smpp.receipt import is_receipt, read_receipt
from skipline.channels.smpp.sent_ids import SentMessage
from skipline.model.message import Channel, MessageKind, SendState
from skipline.model.messaging import AnyChannelEvent, Noted, Part, Received, Sender, StateTold

Find = Callable[[str, Deliver], SentMessage]
"""The message of ours that a receipt's id means."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A deliver_sm with the key that we gave it: SMPP gives messages of contacts no id."""

    deliver: Deliver
    key: str
    at: datetime


def receipted_id(deliver: Deliver, is_gsm: bool) -> str:
    """The id in a receipt; empty when it is none."""
    if not (is_receipt(deliver.esm_class) or deliver.id):
        return ""
    text = decode(deliver.words, deliver.data_coding, is_gsm) or ""
    receipt = read_receipt(text, deliver.id, deliver.state, deliver.network_error)
    return receipt.id if receipt is not None else ""


def read_deliver(arrived: Arrived, is_gsm: bool, find: Find) -> AnyChannelEvent:
    """The one event of a deliver_sm; a receipt that says too little, or that one part of a text came, is noted."""
    deliver = arrived.deliver
    text = decode(deliver.words, deliver.data_coding, is_gsm)
    if is_receipt(deliver.esm_class) or deliver.id:
        return _state(arrived, text or "", find) or _noted(arrived, "receipt", text or "")
    if not deliver.source or is_nobody(deliver.source):
        return _noted(arrived, "message of nobody", text or "")
    return _received(arrived, text)


def _received(arrived: Arrived, text: str | None) -> Received:
    deliver = arrived.deliver
    phone = number_key(deliver.source)
    part = deliver.part
    return Received(
        key=arrived.key,
        at=arrived.at,
        id=arrived.key,
        channel=Channel.SMS,
        sender=Sender(id=phone or clean(deliver.source, 100), phone=phone),
        kind=MessageKind.TEXT if text is not None else MessageKind.UNSUPPORTED,
        text=clean(text) if text is not None else "",
        detail="" if text is not None else f"binary: {deliver.words[:280].hex()}",
        part=None
        if part is None
        # The number that it was sent to, too: two texts to two numbers of ours may have one reference.
        else Part(reference=f"{clean(deliver.destination, 40)}/{part.reference}", number=part.number, total=part.total),
    )


def _state(arrived: Arrived, text: str, find: Find) -> StateTold | None:
    deliver = arrived.deliver
    receipt = read_receipt(text, deliver.id, deliver.state, deliver.network_error)
    if receipt is None:
        return None
    message = find(receipt.id, deliver)
    if not message.is_end and receipt.state is not SendState.FAILED:
        return None
    return StateTold(
        key=key_of("state", clean(message.id, 100), receipt.word),
        # The receipt's own dates are in the carrier's local time, and nobody says which one that is.
        at=arrived.at,
        id=clean(message.id, 100),
        state=receipt.state,
        reference=message.reference,
        code=receipt.code,
        reason=f"the carrier says {receipt.word}" if receipt.state is SendState.FAILED else "",
    )


def _noted(arrived: Arrived, kind: str, text: str) -> Noted:
    return Noted(key=arrived.key, at=arrived.at, kind=kind, text=clean(text, 500))
