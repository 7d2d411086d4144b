"""Contacts, the conversations with them, and the messages of those, as they are kept.

conversation   bot -> waiting -> agent -> bot | closed      a run serves it, then a queue, then a person
               bot -> paused -> bot                         somebody wrote to the contact by another way than ours
               any -> closed -> bot                         it is over; the next message opens it again
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from skipline.model.ids import CommandId, ContactId, ConversationId, EntryId, MessageId, RunId
from skipline.model.message import Channel, MessageBody, MessageKind, SendState


class ConversationState(StrEnum):
    """Who is to answer the contact now."""

    BOT = "bot"
    WAITING = "waiting"
    AGENT = "agent"
    PAUSED = "paused"
    CLOSED = "closed"


class ContactRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A person as we know them. `merged_into` names who they turned out to be; empty: they are themselves."""

    id: ContactId
    created_at: datetime
    name: str = ""
    phone: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    tier: str = ""
    merged_into: ContactId = ContactId("")


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """How one contact is reached on one account. `provider_id` is the provider's own key of them, which need not be a
    number; `opted_out_at`: they want nothing more from this account."""

    account: str
    channel: Channel
    provider_id: str
    contact: ContactId
    phone: str = ""
    name: str = ""
    first_seen_at: datetime | None = None
    opted_out_at: datetime | None = None


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """The thread with a contact on an account; there is one, however often it is closed and opened.

    `window_ends_at` is until when the provider lets us write freely (None: always). `paused_until` is when the bot
    takes over again after somebody wrote by another way.
    """

    id: ConversationId
    contact: ContactId
    account: str
    channel: Channel
    provider_id: str
    opened_at: datetime
    state: ConversationState = ConversationState.BOT
    agent: str = ""
    entry: EntryId = EntryId("")
    window_ends_at: datetime | None = None
    last_message_at: datetime | None = None
    last_received_at: datetime | None = None
    paused_until: datetime | None = None
    closed_at: datetime | None = None
    unread: int = 0


class ContactChange(msgspec.Struct, frozen=True, kw_only=True):
    """What was done about a contact: `deed` is changed, merged, unmerged, opted_out, opted_in, address_added or
    message_refused."""

    contact: ContactId
    at: datetime
    deed: str
    author: str = ""
    detail: dict[str, Any] = {}


class ContactFile(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of a contact. `merged` are those who turned out to be them."""

    contact: ContactRecord
    merged: tuple[ContactId, ...] = ()
    addresses: tuple[Address, ...] = ()
    conversations: tuple[Conversation, ...] = ()
    changes: tuple[ContactChange, ...] = ()


class Direction(StrEnum):
    """Who a message is from. A note is for our own people alone."""

    IN = "in"
    OUT = "out"
    NOTE = "note"


class MediaRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a message. `file` is its name in our own storage once it was fetched; `problem` says why it was not."""

    kind: str
    type: str = ""
    name: str = ""
    size_bytes: int = 0
    sha256: str = ""
    file: str = ""
    problem: str = ""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message. `at` orders the conversation: the provider's time of theirs, ours of ours. `author` is an agent's
    name, `flow:<key>`, `queue:<name>`, `account:<name>` (its help text), or empty: the contact, or of ours somebody who
    wrote in another app. `provider_id` is empty until the provider told it. `reaction` is the contact's latest one (an
    emoji)."""

    id: MessageId
    conversation: ConversationId
    direction: Direction
    at: datetime
    kind: MessageKind = MessageKind.TEXT
    text: str = ""
    choice: str = ""
    author: str = ""
    provider_id: str = ""
    state: SendState | None = None
    problem: str = ""
    code: str = ""
    body: MessageBody | None = None
    media: tuple[MediaRecord, ...] = ()
    refers_to: str = ""
    run: RunId = RunId("")
    command: CommandId = CommandId("")
    is_edited: bool = False
    is_revoked: bool = False
    reaction: str = ""
