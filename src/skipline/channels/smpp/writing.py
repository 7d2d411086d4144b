"""A message of ours as the short messages that carry it."""

import zlib
from dataclasses import dataclass
from typing import Literal

from skipline.asking.number_keys import bare_number, number_key
from skipline.asking.wording import numbered
from skipline.base.sentence import say
from skipline.base.wrong_value import WrongValue
from skipline.channels.smpp.segments import PartNumber, cut_text
from skipline.model.messaging import CannotWrite, Outbound

LongTexts = Literal["udh", "sar", "payload"]
_INTERNATIONAL, _NETWORK, _NAME = 1, 3, 5
_ISDN, _UNKNOWN = 1, 0
_LONGEST_SHORT_CODE = 6
_LONGEST_NAME = 11


@dataclass(frozen=True, slots=True)
class SmppAddress:
    """A number or name, with its kind and its plan (SMPP 3.4 section 5.2.5 and 5.2.6)."""

    text: str
    ton: int
    npi: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Short:
    """One short message. `reference` of all parts of a message is the same sixteen bits; a receipt is wanted of the
    last one, and of the others only when they fail."""

    source: SmppAddress
    destination: SmppAddress
    data_coding: int
    words: bytes
    reference: int
    part: PartNumber | None = None
    form: LongTexts = "udh"
    is_last: bool = True


def write_shorts(
    message: Outbound, sender: SmppAddress, is_gsm: bool, long_texts: LongTexts, text_number: int
) -> tuple[Short, ...]:
    """The short messages that carry `message`; `text_number` tells the parts of one long text from those of the next.
    Raises `CannotWrite`."""
    if not (number := number_key(message.to)):
        raise CannotWrite(f"{message.to or 'nothing'} is no telephone number")
    destination = SmppAddress(bare_number(number), _INTERNATIONAL, _ISDN)
    cut, reference = cut_text(_text_of(message), is_gsm), reference_of(message.reference)
    is_whole = len(cut.parts) == 1 or long_texts == "payload"
    parts = (b"".join(cut.parts),) if is_whole else cut.parts
    return tuple(
        Short(
            source=sender,
            destination=destination,
            data_coding=cut.data_coding,
            words=words,
            reference=reference,
            part=None if is_whole else PartNumber(text_number, len(parts), place),
            form=long_texts if len(cut.parts) > 1 else "udh",
            is_last=place == len(parts),
        )
        for place, words in enumerate(parts, 1)
    )


def reference_of(reference: str) -> int:
    """Our reference in the sixteen bits that SMPP has for it (user_message_reference). It is not unique, so it counts
    only together with a number and while a message is uncertain."""
    return zlib.crc32(reference.encode()) & 0xFFFF


def sender_address(sender: str, ton: int | None, npi: int | None) -> SmppAddress:
    """Who a message is from: a number, a short code or a name, of the kind that it looks like unless it is said."""
    text = bare_number(sender)
    if number_key(sender):
        kind, plan = _INTERNATIONAL, _ISDN
    elif text.isascii() and text.isdecimal() and len(text) <= _LONGEST_SHORT_CODE:
        kind, plan = _NETWORK, _UNKNOWN
    else:
        kind, plan = _NAME, _UNKNOWN
    return SmppAddress(text, kind if ton is None else ton, plan if npi is None else npi)


def check_sender(sender: str) -> str:
    """`sender` when a carrier can take it; raises `ValueError` that says what can."""
    is_name = 0 < len(sender) <= _LONGEST_NAME and sender.isascii() and sender.isprintable()
    if not is_name and not number_key(sender):
        fix = say(
            "write a number with its country code, a short code, or a name of up to {most} letters", most=_LONGEST_NAME
        )
        raise WrongValue(say("{written!r} is no sender", written=sender), fix)
    return sender


def _text_of(message: Outbound) -> str:
    body = message.body
    if body.media_url:
        raise CannotWrite("an SMS carries no file: write its address into the text")
    text = numbered(body.text, body.buttons or body.rows)
    if not text:
        raise CannotWrite("there is nothing to send: write a text")
    return text
