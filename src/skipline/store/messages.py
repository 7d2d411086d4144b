"""Messages as rows: written once, found by the provider's id or our own, and changed by what is told later."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from skipline.model.conversation import Direction, MediaRecord, Message
from skipline.model.ids import ConversationId
from skipline.model.message import MessageKind, SendState
from skipline.model.messaging import Attachment
from skipline.store.message_schema import media_files, messages, sendings
from skipline.store.prepared import Changes, Prepared, insertion

_COLUMNS = frozenset({"provider_id", "state", "problem", "text", "kind", "author"})
"""What stands in columns of its own besides the whole."""

_given = sa.bindparam
_one = sa.select(messages).with_for_update()
_BY_PROVIDER = Prepared(_one.where(messages.c.account == _given("account"), messages.c.provider_id == _given("named")))
# By the id alone: PostgreSQL, as long as it knows little of a table, may else walk all messages of the account.
_BY_OUR_ID = Prepared(_one.where(messages.c.id == _given("named")))
_last_of_instant = sa.select(sa.func.max(messages.c.position)).where(
    messages.c.conversation_id == _given("conversation_id"), messages.c.at == _given("at")
)
_ADD = insertion(
    messages,
    *("id", "conversation_id", "direction", "at", "account", "provider_id", "kind", "text", "author", "state"),
    *("problem", "body"),
    position=sa.func.coalesce(_last_of_instant.scalar_subquery(), -1) + 1,
)
_CHANGES = Changes(messages)


def find_one(transaction: sa.Connection, account: str, *, provider_id: str = "", reference: str = "") -> Message | None:
    """A message of an account by the provider's id or else by our own, which nobody else changes until this transaction
    ends; None: there is none."""
    row = _BY_PROVIDER.first(transaction, account=account, named=provider_id) if provider_id else None
    if row is None and reference:
        row = _BY_OUR_ID.first(transaction, named=reference)
    return message_of(row) if row is not None and row.account == account else None


def add(transaction: sa.Connection, message: Message, account: str) -> None:
    """Write a message. Its conversation must be locked, so that it has its place among those of the same instant."""
    row = {
        "id": message.id,
        "conversation_id": message.conversation,
        "direction": message.direction.value,
        "at": message.at,
        "account": account,
        "provider_id": message.provider_id or None,
        "kind": message.kind.value,
        "text": message.text,
        "author": message.author,
        "state": message.state and message.state.value,
        "problem": message.problem,
        "body": message,
    }
    _ADD.do(transaction, **row)


def change(transaction: sa.Connection, message: Message, **values: Any) -> Message:
    """Change fields of a message that was found just now; gives it as it is then."""
    changed = msgspec.structs.replace(message, **values)
    columns = {name: msgspec.to_builtins(value) for name, value in values.items() if name in _COLUMNS}
    if "provider_id" in columns:
        columns["provider_id"] = columns["provider_id"] or None
    _CHANGES.do(transaction, (message.id,), {**columns, "body": changed})
    return changed


def add_media(
    transaction: sa.Connection, message: Message, account: str, attachments: Sequence[Attachment], due_at: datetime
) -> None:
    """Have the files of a message fetched: providers keep them for minutes only."""
    rows = [
        {
            "message_id": message.id,
            "position": position,
            "account": account,
            "attachment": msgspec.to_builtins(attachment),
            "body": msgspec.to_builtins(media_of(attachment)),
            "due_at": due_at,
        }
        for position, attachment in enumerate(attachments)
    ]
    if rows:
        transaction.execute(sa.insert(media_files), rows)


def media_of(attachment: Attachment) -> MediaRecord:
    """A file that was not fetched yet."""
    return MediaRecord(kind=attachment.kind, type=attachment.type, name=attachment.name, sha256=attachment.sha256)


def has_received_before(transaction: sa.Connection, message: Message) -> bool:
    """Whether the contact wrote in this conversation before."""
    is_before = sa.or_(messages.c.at < message.at, sa.and_(messages.c.at == message.at, messages.c.id < message.id))
    is_theirs = (messages.c.conversation_id == message.conversation, messages.c.direction == Direction.IN.value)
    return bool(transaction.scalar(sa.select(sa.exists().where(*is_theirs, is_before))))


def continues_album(transaction: sa.Connection, message: Message, within: timedelta) -> bool:
    """Whether a file was received so shortly before this one that the contact sent them as one."""
    if message.kind is not MessageKind.MEDIA:
        return False
    others = sa.select(messages.c.id).where(
        messages.c.conversation_id == message.conversation,
        messages.c.direction == Direction.IN.value,
        messages.c.kind == MessageKind.MEDIA.value,
        messages.c.at.between(message.at - within, message.at + within),
    )
    # The first one of an album is the one that we knew of first, whatever its time: its run has begun already.
    first = transaction.scalar(others.order_by(messages.c.id).limit(1))
    return first is not None and first != message.id


def sent_until(transaction: sa.Connection, conversation: ConversationId, until: datetime) -> list[Message]:
    """Messages of ours that were written no later than `until`."""
    is_ours = (messages.c.conversation_id == conversation, messages.c.direction == Direction.OUT.value)
    found = sa.select(messages).where(*is_ours, messages.c.at <= until, messages.c.state.is_not(None))
    return [message_of(row) for row in transaction.execute(found.with_for_update())]


def is_leaving(transaction: sa.Connection, conversation: ConversationId) -> bool:
    """Whether a message of ours left for the provider and its answer is not here yet."""
    row = sendings.c
    is_on_its_way = (row.conversation_id == conversation, row.begun_at.is_not(None), row.due_at.is_not(None))
    return bool(transaction.scalar(sa.select(sa.exists().where(*is_on_its_way))))


def find_uncertain(transaction: sa.Connection, conversation: ConversationId, text: str) -> Message | None:
    """A message of ours of which nobody knows whether the provider took it, by what it says."""
    named = {"conversation_id": conversation, "state": SendState.UNCERTAIN.value, "text": text}
    row = transaction.execute(sa.select(messages).filter_by(**named).limit(1).with_for_update()).one_or_none()
    return None if row is None else message_of(row)


def message_of(row: Any) -> Message:
    """A row of `messages`; what changes later is in columns of its own."""
    changed = {"provider_id": row.provider_id or "", "state": row.state, "problem": row.problem}
    return msgspec.convert({**row.body, **changed}, Message)
