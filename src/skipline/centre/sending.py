"""Whether a message of ours may leave now, and what of it: the last word before its request is made."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from skipline.model.conversation import Address, Conversation
from skipline.model.message import Channel, MessageBody
from skipline.model.messaging import Outbound
from skipline.model.sending import Sending

PERSON_MAY_WRITE = timedelta(days=7)
"""How long after a contact's message a person may answer where Meta's HUMAN_AGENT tag exists (Messenger Platform,
"Message Tags"). A flow may not."""
_TAGGED = frozenset({Channel.MESSENGER, Channel.INSTAGRAM})


class Why(StrEnum):
    """Why a message does not leave; the code that its record has."""

    EXPIRED = "expired"
    OPTED_OUT = "opted_out"
    WINDOW_OVER = "window_over"


class Unsendable(msgspec.Struct, frozen=True, kw_only=True):
    """A message that must not leave. `problem` is what people read."""

    why: Why
    problem: str


def judge(
    sending: Sending, conversation: Conversation, address: Address | None, answers: str, now: datetime
) -> Outbound | Unsendable:
    """The message as it may leave at `now`. `answers` is the provider's id of the contact's latest message."""
    if now >= sending.expires_at:
        return Unsendable(why=Why.EXPIRED, problem="it could not be sent in time, and is not worth sending any more")
    if address is not None and address.opted_out_at is not None:
        since = f"{address.opted_out_at:%Y-%m-%d %H:%M} UTC"
        return Unsendable(
            why=Why.OPTED_OUT, problem=f"the contact wants no more messages from this account, since {since}"
        )
    body = body_at(sending, conversation, now)
    if isinstance(body, Unsendable):
        return body
    return Outbound(
        reference=sending.message,
        channel=conversation.channel,
        to=conversation.provider_id,
        phone="" if address is None else address.phone,
        body=body,
        is_from_person=sending.content.is_from_person,
        window_ends_at=conversation.window_ends_at,
        answers=answers,
        at=now,
    )


def body_at(sending: Sending, conversation: Conversation, now: datetime) -> MessageBody | Unsendable:
    """What of a message the provider takes at `now`: its own words while the window is open, else its template."""
    body, window_ends_at = sending.content.body, conversation.window_ends_at
    has_words = bool(body.text or body.media_url)
    is_open = window_ends_at is None or now < window_ends_at or _may_person_write(sending, conversation, now)
    if has_words and is_open:
        return msgspec.structs.replace(body, template=None)
    if body.template is not None:
        return MessageBody(template=body.template)
    return Unsendable(
        why=Why.WINDOW_OVER,
        problem="the contact wrote too long ago: only an approved template may be sent until they write again, "
        "and this message has none",
    )


def _may_person_write(sending: Sending, conversation: Conversation, now: datetime) -> bool:
    if not sending.content.is_from_person or conversation.channel not in _TAGGED:
        return False
    return conversation.last_received_at is not None and now < conversation.last_received_at + PERSON_MAY_WRITE
