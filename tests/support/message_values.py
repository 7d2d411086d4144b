"""Contacts and conversations for the tests of messages, written as rows."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from skipline.model.conversation import Message
from skipline.model.ids import ConversationId, MessageId
from skipline.model.message import Channel, SendState
from skipline.store import Database
from skipline.store.message_schema import addresses, contacts, conversations, messages, sendings
from skipline.store.messages import message_of

NOON = datetime(2030, 5, 1, 12, 0, tzinfo=UTC)
ACCOUNT = "main"


def conversation_key(number: int = 1, *, account: str = ACCOUNT, channel: Channel = Channel.WHATSAPP) -> str:
    """The key that runs know a conversation by."""
    return f"{channel.value}/{account}/{provider_id_of(number)}"


def provider_id_of(number: int) -> str:
    return f"3161{number:07}"


async def make_conversation(
    database: Database,
    number: int = 1,
    *,
    account: str = ACCOUNT,
    channel: Channel = Channel.WHATSAPP,
    window_ends_at: datetime | None = None,
    received_at: datetime | None = None,
    provider_id: str = "",
) -> ConversationId:
    """A contact with an address on an account and the conversation with them."""
    named = {"account": account, "channel": channel.value, "provider_id": provider_id or provider_id_of(number)}
    contact, conversation = f"contact{number}", f"conversation{number}"

    def write(transaction: sa.Connection) -> None:
        transaction.execute(sa.insert(contacts).values(id=contact, created_at=NOON, tags=[]))
        transaction.execute(sa.insert(addresses).values(**named, contact_id=contact, first_seen_at=NOON))
        transaction.execute(
            sa.insert(conversations).values(
                **named,
                id=conversation,
                contact_id=contact,
                opened_at=NOON,
                state="bot",
                window_ends_at=window_ends_at,
                last_received_at=received_at,
            )
        )

    await database.write(write)
    return ConversationId(conversation)


async def opt_out(database: Database, number: int = 1, account: str = ACCOUNT) -> None:
    def write(transaction: sa.Connection) -> None:
        of_contact = sa.update(addresses).where(
            addresses.c.account == account, addresses.c.provider_id == provider_id_of(number)
        )
        transaction.execute(of_contact.values(opted_out_at=NOON))

    await database.write(write)


async def read_message(database: Database, message: str) -> Message:
    def read(transaction: sa.Connection) -> Message:
        return message_of(transaction.execute(sa.select(messages).where(messages.c.id == message)).one())

    return await database.read(read)


async def state_of(database: Database, message: str) -> SendState | None:
    return (await read_message(database, message)).state


async def all_messages(database: Database) -> list[Message]:
    """Every message, in the order of its conversation."""

    def read(transaction: sa.Connection) -> list[Message]:
        wanted = sa.select(messages).order_by(messages.c.conversation_id, messages.c.at, messages.c.position)
        return [message_of(row) for row in transaction.execute(wanted)]

    return await database.read(read)


async def count_unsent(database: Database) -> int:
    def read(transaction: sa.Connection) -> int:
        wanted = sa.select(sa.func.count()).select_from(sendings).where(sendings.c.due_at.is_not(None))
        return transaction.scalar(wanted) or 0

    return await database.read(read)


async def pass_time(database: Database, by: timedelta, message: str) -> None:
    """Let a message have been posted, and everything about its sending be, so much earlier."""

    def write(transaction: sa.Connection) -> None:
        of_message = sendings.c.message_id == message
        row = transaction.execute(sa.select(sendings).where(of_message)).one()
        times = {"due_at": row.due_at, "expires_at": row.expires_at, "begun_at": row.begun_at}
        earlier = {name: at - by for name, at in times.items() if at is not None}
        transaction.execute(sa.update(sendings).where(of_message).values(earlier))

    await database.write(write)


def message_id(number: int) -> MessageId:
    return MessageId(f"m{number}")
