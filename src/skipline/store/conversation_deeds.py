"""What people do to a conversation besides writing to the contact: notes, reading, and keeping the flow silent."""

from datetime import datetime

import sqlalchemy as sa

from skipline.model.conversation import Conversation, ConversationState, Direction, Message
from skipline.model.ids import ConversationId, MessageId
from skipline.store import conversations, messages
from skipline.store.conversation_stays import lock
from skipline.store.message_schema import messages as message_rows
from skipline.store.messages import message_of
from skipline.store.posting import NoConversation

_FLOWS = frozenset({ConversationState.BOT, ConversationState.PAUSED})


def add_note(transaction: sa.Connection, note: Message) -> tuple[Conversation, Message]:
    """Write a note for our own people; a repeat changes nothing. Raises `NoConversation`."""
    found = _locked(transaction, note.conversation)
    row = transaction.execute(sa.select(message_rows).where(message_rows.c.id == note.id)).one_or_none()
    if row is not None:
        return found, message_of(row)
    messages.add(transaction, note, found.account)
    return found, note


def make_note(id_: MessageId, conversation: ConversationId, author: str, text: str, at: datetime) -> Message:
    """A note as it is kept."""
    return Message(id=id_, conversation=conversation, direction=Direction.NOTE, at=at, author=author, text=text)


def mark_read(transaction: sa.Connection, conversation: ConversationId) -> Conversation:
    """Nothing of a conversation is unread. Raises `NoConversation`."""
    return conversations.change(transaction, _locked(transaction, conversation), unread=0)


def pause(transaction: sa.Connection, conversation: ConversationId, until: datetime) -> Conversation:
    """Keep flows silent until then; a conversation that a queue or an agent has is no flow's, and stays as it is.
    Raises `NoConversation`."""
    found = _locked(transaction, conversation)
    if found.state not in _FLOWS:
        return found
    later = max(until, found.paused_until or until)
    return conversations.change(transaction, found, state=ConversationState.PAUSED, paused_until=later)


def resume(transaction: sa.Connection, conversation: ConversationId) -> Conversation:
    """Let flows answer again. Raises `NoConversation`."""
    found = _locked(transaction, conversation)
    if found.state is not ConversationState.PAUSED:
        return found
    return conversations.change(transaction, found, state=ConversationState.BOT, paused_until=None)


def close(transaction: sa.Connection, conversation: ConversationId, now: datetime) -> Conversation:
    """Close a conversation that no queue and no agent has. Raises `NoConversation`."""
    found = _locked(transaction, conversation)
    if found.state not in _FLOWS:
        return found
    values = {"state": ConversationState.CLOSED, "closed_at": now, "paused_until": None, "unread": 0}
    return conversations.change(transaction, found, **values)


def _locked(transaction: sa.Connection, conversation: ConversationId) -> Conversation:
    found = conversations.read(transaction, conversation) if lock(transaction, conversation) else None
    if found is None:
        raise NoConversation(conversation)
    return found
