"""Everything that flows and people write to contacts goes in by one door, and once."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
from durable_values import make_run, publish
from message_values import all_messages, conversation_key, make_conversation

from skipline.base.ids import counted_ids
from skipline.host.carriers import NotCarried
from skipline.host.live import Live
from skipline.host.messages.carriers import message_carriers
from skipline.host.messages.post import MessagePost
from skipline.model.commands import AskContact, Issued, SendMessage
from skipline.model.conversation import Direction
from skipline.model.durable import Arrival
from skipline.model.ids import CallId, CommandId, ConversationId, MessageId, RunId
from skipline.model.live_events import ConversationChanged
from skipline.model.message import Button, MessageBody, SendState
from skipline.store import Database
from skipline.store.durable import open_run_store
from skipline.store.message_schema import sendings
from skipline.store.posting import NoConversation


def post_of(database: Database, live: Live | None = None) -> MessagePost:
    lifetimes = {"main": timedelta(minutes=5)}
    return MessagePost(database=database, live=live or Live(), ids=counted_ids("m"), lifetimes=lambda: lifetimes)


async def sending_rows(database: Database) -> list[sa.Row[tuple[object, ...]]]:
    def read(transaction: sa.Connection) -> list[sa.Row[tuple[object, ...]]]:
        return list(transaction.execute(sa.select(sendings).order_by(sendings.c.id)))

    return await database.read(read)


async def begin_run(database: Database) -> None:
    """A live run in the first conversation."""
    store = await open_run_store(database)
    begins = make_run("run1", await publish(database))
    await store.ingest(Arrival(channel="test", dedup="1", conversation=conversation_key(), begins=begins))
    await store.close()


def issued(body: SendMessage | AskContact) -> Issued:
    return Issued(id=CommandId("run1:7"), run=RunId("run1"), call=CallId(""), body=body)


async def test_what_a_person_writes_is_queued_and_told(database: Database) -> None:
    conversation = await make_conversation(database)
    live = Live()
    with live.listen() as facts:
        kept = await post_of(database, live).post(conversation, MessageBody(text="Hi"), "ana", is_from_person=True)
        told = await anext(facts)
    assert (kept.id, kept.direction, kept.state, kept.author) == ("m1", Direction.OUT, SendState.QUEUED, "ana")
    assert isinstance(told, ConversationChanged)
    assert (told.conversation, told.message, told.state) == (conversation, "m1", "bot")
    assert await all_messages(database) == [kept]
    (row,) = await sending_rows(database)
    assert row.expires_at - row.due_at == timedelta(minutes=5)


async def test_the_same_message_handed_in_at_once_is_written_once(database: Database) -> None:
    conversation = await make_conversation(database)
    post = post_of(database)
    body = MessageBody(text="Hi")
    given = [post.post(conversation, body, "ana", message_id=MessageId("mine")) for _ in range(5)]
    kept = await asyncio.gather(*given)
    assert len({one.at for one in kept}) == 1
    assert len(await all_messages(database)) == len(await sending_rows(database)) == 1


async def test_messages_of_one_conversation_keep_their_order(database: Database) -> None:
    conversation = await make_conversation(database)
    post = post_of(database)
    await asyncio.gather(*(post.post(conversation, MessageBody(text=f"{number}"), "ana") for number in range(20)))
    assert [one.text for one in await all_messages(database)] == [f"{number}" for number in range(20)]
    assert [row.message_id for row in await sending_rows(database)] == [f"m{number}" for number in range(1, 21)]


async def test_what_a_run_says_is_written_once_under_the_commands_id(database: Database) -> None:
    await make_conversation(database)
    await begin_run(database)
    carrier = message_carriers(post_of(database))[AskContact]
    question = AskContact(question="Which?", buttons=(Button(id="a", title="A"),))
    for _ in range(2):
        assert await carrier.carry(issued(question)) is None
    (kept,) = await all_messages(database)
    assert (kept.id, kept.author, kept.run, kept.command) == ("run1:7", "flow:orders", "run1", "run1:7")
    assert kept.body == MessageBody(text="Which?", buttons=(Button(id="a", title="A"),))


async def test_a_run_without_a_conversation_is_told_that_nobody_can_be_written_to(database: Database) -> None:
    await begin_run(database)
    with pytest.raises(NotCarried, match="there is no conversation whatsapp/main/31610000001") as refused:
        await message_carriers(post_of(database))[SendMessage].carry(issued(SendMessage(text="Hi")))
    assert not refused.value.may_retry


async def test_a_message_needs_something_to_say_and_somebody_to_say_it_to(database: Database) -> None:
    conversation = await make_conversation(database)
    with pytest.raises(ValueError, match="needs a text"):
        await post_of(database).post(conversation, MessageBody(), "ana")
    with pytest.raises(NoConversation, match="there is no conversation nobody"):
        await post_of(database).post(ConversationId("nobody"), MessageBody(text="Hi"), "ana")
    assert await all_messages(database) == []
