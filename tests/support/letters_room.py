"""A company with an account at the provider of the tests, and what contacts write to it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from api_client import Answer, Client
from letter_channel import HEADER, sign

from skipline.base.clock import system_clock
from skipline.model.conversation import Message
from skipline.model.message import Channel
from skipline.model.messaging import AnyChannelEvent, Received, Sender
from skipline.store import Database
from skipline.store.message_schema import channel_events, messages
from skipline.store.messages import message_of

SECRET = "a secret of the provider"
ENVIRON = {"SKIPLINE_SECRET_SHOP_KEY": SECRET}
HOOK = "/hooks/letters/shop"
FLOW = """
format: 1
name: Shop
triggers: [{type: incoming_message, accounts: [shop]}]
start: rest
steps:
  rest: {type: wait, with: {duration: 1h}, next: {done: bye}}
  bye: {type: hang_up}
"""


def letter_files(*, more: str = "", flow: str = FLOW) -> dict[str, str]:
    """The workspace; `more` are further keys of the account."""
    account = f"{{name: shop, type: letters, secret: shop_key{more}}}"
    return {"skipline.yaml": f"channels: [{account}]", "flows/shop.yaml": flow}


def wrote(
    text: str,
    number: int = 1,
    *,
    who: str = "+5511987654321",
    seconds: float = 0.0,
    channel: Channel = Channel.WHATSAPP,
    **more: Any,
) -> Received:
    """A contact wrote `text`: the `number`-th thing of them, `seconds` after now."""
    id_ = more.pop("id", f"{who}:{number}")
    at = more.pop("at", None) or system_clock() + timedelta(seconds=seconds)
    sender = more.pop("sender", None) or Sender(id=who, phone=who, name="Ana")
    return Received(key=f"m:{id_}", at=at, id=id_, channel=channel, sender=sender, text=text, **more)


def body_of(events: Sequence[AnyChannelEvent]) -> bytes:
    """A delivery of these events."""
    return msgspec.json.encode({"events": list(events)})


async def deliver(client: Client, *events: AnyChannelEvent, body: bytes | None = None, signature: str = "") -> Answer:
    """Deliver events as the provider does."""
    sent = body_of(events) if body is None else body
    headers = {HEADER: signature or sign(sent, SECRET)}
    return await client.ask("POST", HOOK, token="", data=sent, extra=headers)


async def until(is_so: Callable[[], Awaitable[Any]]) -> Any:
    """Wait until something holds; the test's own limit ends a vain wait."""
    while True:
        if found := await is_so():
            return found
        await asyncio.sleep(0.02)


async def until_handled(database: Database) -> None:
    """Wait until every event that was kept is done."""
    is_open = sa.select(sa.func.count()).where(channel_events.c.due_at.is_not(None))

    async def is_done() -> bool:
        return await database.read(lambda transaction: transaction.scalar(is_open)) == 0

    await until(is_done)


async def transcript(database: Database) -> list[Message]:
    """Every message, conversation by conversation, in its order there."""

    def read(transaction: sa.Connection) -> list[Message]:
        wanted = sa.select(messages).order_by(messages.c.conversation_id, messages.c.at, messages.c.position)
        return [message_of(row) for row in transaction.execute(wanted)]

    return await database.read(read)


async def count(database: Database, table: sa.Table) -> int:
    """How many rows a table has."""
    return await database.read(
        lambda transaction: transaction.scalar(sa.select(sa.func.count()).select_from(table)) or 0
    )


async def rows(database: Database, table: sa.Table) -> list[dict[str, Any]]:
    """The rows of a table."""
    return await database.read(
        lambda transaction: [dict(one) for one in transaction.execute(sa.select(table)).mappings()]
    )
