"""Conversations: one for each address, however often it is closed and opened.

Whoever changes a conversation locks its row first, so that its messages are numbered in the order of their commits.
"""

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from skipline.model.conversation import Address, Conversation, ConversationState
from skipline.model.ids import ConversationId
from skipline.store.exclusion import exclude_others
from skipline.store.message_schema import conversations
from skipline.store.prepared import Changes, Prepared, insertion

CONVERSATION = tuple(one.label("contact") if one is conversations.c.contact_id else one for one in conversations.c)
"""What a query asks for that wants conversations."""

_given = sa.bindparam
_READ = Prepared(sa.select(*CONVERSATION).where(conversations.c.id == _given("conversation")))
_LOCK = Prepared(
    sa.select(*CONVERSATION)
    .where(
        conversations.c.account == _given("account"),
        conversations.c.channel == _given("channel"),
        conversations.c.provider_id == _given("provider_id"),
    )
    .with_for_update()
)
_CREATE = insertion(conversations, "id", "contact_id", "account", "channel", "provider_id", "opened_at", "state")
_CHANGES = Changes(conversations)


def read(transaction: sa.Connection, conversation: ConversationId) -> Conversation | None:
    """A conversation; None: there is none."""
    row = _READ.first(transaction, conversation=conversation)
    return None if row is None else conversation_of(row)


def lock(transaction: sa.Connection, address: Address) -> Conversation | None:
    """The conversation with an address, which nobody else changes until this transaction ends; None: there is none."""
    key = {"account": address.account, "channel": address.channel.value, "provider_id": address.provider_id}
    row = _LOCK.first(transaction, **key)
    return None if row is None else conversation_of(row)


def enter(transaction: sa.Connection, address: Address, new: ConversationId, at: datetime) -> Conversation:
    """The conversation with an address, locked; a new one with the id `new` when there is none yet."""
    found = lock(transaction, address)
    if found is None and exclude_others(transaction, "contacts"):
        found = lock(transaction, address)
    return found or _create(transaction, address, new, at)


def change(transaction: sa.Connection, conversation: Conversation, **values: Any) -> Conversation:
    """Change fields of a conversation; gives it as it is now."""
    written = {name: value.value if isinstance(value, ConversationState) else value for name, value in values.items()}
    _CHANGES.do(transaction, (conversation.id,), written)
    return msgspec.structs.replace(conversation, **values)


def conversation_of(row: Any) -> Conversation:
    """A row of `CONVERSATION`."""
    return msgspec.convert(row, Conversation, from_attributes=True)


def _create(transaction: sa.Connection, address: Address, new: ConversationId, at: datetime) -> Conversation:
    made = Conversation(
        id=new,
        contact=address.contact,
        account=address.account,
        channel=address.channel,
        provider_id=address.provider_id,
        opened_at=at,
    )
    _CREATE.do(
        transaction,
        id=new,
        contact_id=address.contact,
        account=address.account,
        channel=address.channel.value,
        provider_id=address.provider_id,
        opened_at=at,
        state=made.state.value,
    )
    return made
