"""What providers delivered, on its way from our door to the conversations."""

from datetime import datetime

import msgspec

from skipline.model.contact import Contact
from skipline.model.conversation import Conversation, Message
from skipline.model.messaging import (
    AnyChannelEvent,
    ContactMoved,
    Echoed,
    Noted,
    PreferenceTold,
    Received,
    StateTold,
)


class TakenDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery of an account whose origin is proven, byte for byte, and what it tells. Provider links that stay
    open have events alone, and no `body`."""

    id: str
    account: str
    received_at: datetime
    events: tuple[AnyChannelEvent, ...]
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None


class UnprovenDeliveries(msgspec.Struct, frozen=True, kw_only=True):
    """Deliveries that were refused, because nothing proved that the provider sent them; `why` is of the last one."""

    count: int
    first_at: datetime
    last_at: datetime
    why: str


class HeldEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event in the hands of `owner`, until its lease ends. Those of one `address` are handled in their order."""

    id: int
    owner: str
    account: str
    address: str
    received_at: datetime
    attempts: int
    event: AnyChannelEvent


class DeliveredEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event as people look it up: what an account's provider told lately, and what became of it. `is_handled`:
    nothing more will be done about it; `problem` says why something was left undone."""

    id: int
    at: datetime
    received_at: datetime
    kind: str
    text: str
    is_handled: bool
    attempts: int
    problem: str


def address_of(event: AnyChannelEvent) -> str:
    """Whose order an event belongs to: the contact's on their channel, or that of one message of ours; empty:
    nobody's."""
    match event:
        case Received() | PreferenceTold():
            return f"{event.channel}/{event.sender.id}"
        case Echoed():
            return f"{event.channel}/{event.to}"
        case ContactMoved():
            return f"{event.channel}/{event.before}"
        case StateTold():
            return f"state/{event.id or event.reference or event.to}"
        case Noted():
            return ""


def kind_of(event: AnyChannelEvent) -> str:
    """What people call an event: the provider's own word for what we do not know."""
    return event.kind if isinstance(event, Noted) else type(event).__name__


class NewIds(msgspec.Struct, frozen=True, kw_only=True):
    """Ids for what an event may bring into being; those that are not needed are forgotten."""

    contact: str
    conversation: str
    message: str


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation and the message that changed in it."""

    conversation: Conversation
    message: Message


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """What keeping a contact's message came to: the message in its conversation, and who is to hear of it.

    `is_told`: runs are to hear it; `may_begin`: one may begin with it; `wants_help`: it asks for the account's help
    text. `is_first_contact`: they never wrote to this account before.
    """

    conversation: Conversation
    contact: Contact
    message: Message
    is_new: bool
    is_told: bool = False
    may_begin: bool = False
    wants_help: bool = False
    is_first_contact: bool = False
