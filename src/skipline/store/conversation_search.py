"""Conversations and their messages as people look through them, the newest first."""

from collections.abc import Callable
from typing import Any, TypedDict

import msgspec
import sqlalchemy as sa

from skipline.model.conversation import Conversation, ConversationState, Message
from skipline.model.ids import ContactId, ConversationId
from skipline.model.message import Channel
from skipline.store import contacts
from skipline.store.contact_search import merged_people
from skipline.store.conversations import CONVERSATION, conversation_of
from skipline.store.errors import CursorUnreadable
from skipline.store.message_schema import conversations, messages
from skipline.store.messages import message_of
from skipline.store.paging import newest_first, page_size, read_cursor, write_cursor


class Wanted(TypedDict, total=False):
    """Conversations that are all of this; what is left out or None does not matter. `contact` also has those of people
    who turned out to be the same."""

    state: ConversationState | None
    agent: str | None
    account: str | None
    channel: Channel | None
    contact: ContactId | None


class SeenConversation(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation with who it is with and what was said last."""

    conversation: Conversation
    contact_name: str
    contact_phone: str
    last_message: Message | None


class ConversationPage(msgspec.Struct, frozen=True, kw_only=True):
    """Conversations, the latest message first. `next_cursor` asks for the page after this one; None: there is none."""

    conversations: tuple[SeenConversation, ...]
    next_cursor: str | None


class MessagePage(msgspec.Struct, frozen=True, kw_only=True):
    """Messages, newest first. `next_cursor` asks for the ones before; None: there are none."""

    messages: tuple[Message, ...]
    next_cursor: str | None


_CONDITIONS: dict[str, Callable[[Any], sa.ColumnElement[bool]]] = {
    "state": lambda state: conversations.c.state == state.value,
    "agent": lambda agent: conversations.c.agent == agent,
    "account": lambda account: conversations.c.account == account,
    "channel": lambda channel: conversations.c.channel == channel.value,
    "contact": lambda people: conversations.c.contact_id.in_(people),
}


def find(transaction: sa.Connection, wanted: Wanted, *, cursor: str | None, limit: int) -> ConversationPage:
    """A page of conversations in which anything was said. Raises `CursorUnreadable`."""
    given: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
    if "contact" in given:
        given["contact"] = merged_people(transaction, given["contact"])
    asked = [_CONDITIONS[name](value) for name, value in given.items()]
    at, id_ = conversations.c.last_message_at, conversations.c.id
    rows = sa.select(*CONVERSATION).where(at.is_not(None), *asked)
    found = transaction.execute(newest_first(rows, at, id_, cursor=cursor, limit=limit)).all()
    page = found[: page_size(limit)]
    after = write_cursor(page[-1].last_message_at, page[-1].id) if len(found) > len(page) else None
    seen = tuple(_seen(transaction, conversation_of(row)) for row in page)
    return ConversationPage(conversations=seen, next_cursor=after)


def see(transaction: sa.Connection, conversation: ConversationId) -> SeenConversation | None:
    """One conversation; None: there is none."""
    row = transaction.execute(sa.select(*CONVERSATION).where(conversations.c.id == conversation)).one_or_none()
    return None if row is None else _seen(transaction, conversation_of(row))


def read_messages(
    transaction: sa.Connection, conversation: ConversationId, *, cursor: str | None, limit: int
) -> MessagePage:
    """A page of a conversation's messages and notes. Raises `CursorUnreadable`."""
    order = (messages.c.at, messages.c.position)
    rows = sa.select(messages).where(messages.c.conversation_id == conversation)
    if cursor is not None:
        at, position = read_cursor(cursor)
        if not position.isdecimal():
            raise CursorUnreadable
        rows = rows.where(sa.tuple_(*order) < sa.tuple_(sa.literal(at, order[0].type), sa.literal(int(position))))
    rows = rows.order_by(*(one.desc() for one in order)).limit(page_size(limit) + 1)
    found = transaction.execute(rows).all()
    page = found[: page_size(limit)]
    after = write_cursor(page[-1].at, str(page[-1].position)) if len(found) > len(page) else None
    return MessagePage(messages=tuple(map(message_of, page)), next_cursor=after)


def _seen(transaction: sa.Connection, found: Conversation) -> SeenConversation:
    known = contacts.read_root(transaction, found.contact)
    address = contacts.find_address(transaction, found.account, found.channel, found.provider_id)
    people = [one for one in (known, address) if one is not None]
    last = read_messages(transaction, found.id, cursor=None, limit=1).messages
    return SeenConversation(
        conversation=found,
        contact_name=next((one.name for one in people if one.name), ""),
        contact_phone=next((one.phone for one in people if one.phone), ""),
        last_message=last[0] if last else None,
    )
