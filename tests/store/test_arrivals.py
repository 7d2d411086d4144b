"""What contacts and providers tell, as it changes contacts, conversations and messages. On both databases; each work is
done three times, because it may be."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa

from skipline.model.conversation import Conversation, ConversationState
from skipline.model.ids import ContactId, ConversationId
from skipline.model.intake import Arrived, NewIds
from skipline.model.message import Channel, MessageBody, MessageKind, SendState
from skipline.model.messaging import ContactMoved, Echoed, PreferenceTold, Received, Sender
from skipline.model.sending import Posted
from skipline.store import Database, arrivals, contacts, conversations, message_states
from skipline.store.message_schema import addresses, contact_changes, messages
from skipline.store.message_schema import contacts as contact_rows
from skipline.store.message_schema import conversations as conversation_rows
from skipline.store.messages import message_of
from skipline.store.posting import post

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
HOURS_12 = timedelta(hours=12)
_numbers = count(1)


def ids() -> NewIds:
    number = next(_numbers)
    return NewIds(contact=f"c{number:06}", conversation=f"v{number:06}", message=f"m{number:06}")


def wrote(text: str, id_: str, seconds: float = 0.0, *, who: str = "+31611111111", **more: Any) -> Received:
    at = NOON + timedelta(seconds=seconds)
    given: dict[str, Any] = {"channel": Channel.WHATSAPP, "sender": Sender(id=who, phone=who, name="Ana")} | more
    return Received(key=f"m:{id_}", at=at, id=id_, text=text, **given)


async def take(database: Database, event: Received, *, late: timedelta = timedelta(0)) -> Arrived:
    """Take a message in three times; gives what came of the first."""
    found = [
        await database.write(arrivals.take_in, "shop", event, event.at + late + timedelta(seconds=1), ids())
        for _ in range(3)
    ]
    assert [one.is_new for one in found[1:]] == [False, False]
    assert {(one.is_told, one.may_begin, one.wants_help) for one in found[1:]} == {
        (found[0].is_told, found[0].may_begin, found[0].wants_help)
    }
    assert {one.message.id for one in found} == {found[0].message.id}
    return found[0]


async def all_rows(database: Database, table: sa.Table) -> list[Any]:
    return await database.read(lambda transaction: list(transaction.execute(sa.select(table))))


async def conversation(database: Database, id_: str) -> Conversation:
    found = await database.read(conversations.read, ConversationId(id_))
    assert found is not None
    return found


async def test_a_first_message_makes_a_contact_a_conversation_and_is_told(database: Database) -> None:
    first = await take(database, wrote("Hello, where is my order please?", "1"))
    second = await take(database, wrote("Anybody?", "2", 60))
    assert (first.is_new, first.is_told, first.may_begin, first.is_first_contact) == (True, True, True, True)
    assert (second.is_first_contact, second.conversation.id) == (False, first.conversation.id)
    assert (first.contact.phone, first.contact.name, first.contact.address) == ("+31611111111", "Ana", "+31611111111")
    assert second.contact.language == "en"
    found = await conversation(database, first.conversation.id)
    assert (found.unread, found.last_received_at) == (2, NOON + timedelta(seconds=60))
    assert found.window_ends_at == NOON + timedelta(hours=24, seconds=60)


async def test_sms_may_be_written_at_any_time(database: Database) -> None:
    arrived = await take(database, wrote("hi", "1", channel=Channel.SMS))
    assert arrived.conversation.window_ends_at is None


async def test_the_same_telephone_is_one_contact_on_every_account(database: Database) -> None:
    ways = [
        ("+5511987654321", Channel.SMS, "+5511987654321"),
        ("551187654321", Channel.WHATSAPP, "551187654321"),
        ("US.1349", Channel.WHATSAPP, "+551187654321"),
        ("\uff0b5511987654321", Channel.SMS, "\uff0b5511987654321"),
    ]
    for number, (who, channel, phone) in enumerate(ways):
        await take(database, wrote("hi", str(number), who=who, channel=channel, sender=Sender(id=who, phone=phone)))
    (contact,) = await all_rows(database, contact_rows)
    assert contact.phone == "+5511987654321"
    assert {one.provider_id for one in await all_rows(database, addresses)} == {who for who, _, _ in ways}


async def test_who_has_no_number_is_nobody_elses_contact(database: Database) -> None:
    for number, who in enumerate(["12345", "ACME", "+266696687", "anonymous"]):
        await take(database, wrote("hi", str(number), who=who, channel=Channel.SMS))
    assert [one.phone for one in await all_rows(database, contact_rows)] == [""] * 4


async def test_a_number_that_is_told_later_is_kept(database: Database) -> None:
    await take(database, wrote("hi", "1", who="PSID", sender=Sender(id="PSID")))
    arrived = await take(
        database, wrote("hi", "2", 1, who="PSID", sender=Sender(id="PSID", phone="31611111111", name="A"))
    )
    assert (arrived.contact.phone, arrived.contact.name) == ("+31611111111", "A")


async def test_stop_is_heard_before_any_flow_and_written_down_once(database: Database) -> None:
    await take(database, wrote("hi", "1", channel=Channel.SMS))
    stopped = await take(database, wrote("STOP", "2", 1, channel=Channel.SMS))
    assert (stopped.is_told, stopped.may_begin) == (False, False)
    (address,) = await all_rows(database, addresses)
    assert address.opted_out_at is not None
    again = await take(database, wrote("start", "3", 2, channel=Channel.SMS))
    assert not again.is_told
    (address,) = await all_rows(database, addresses)
    assert address.opted_out_at is None
    changes = [(one.deed, one.body["word"]) for one in await all_rows(database, contact_changes)]
    assert changes == [("opted_out", "STOP"), ("opted_in", "start")]
    helped = await take(database, wrote("HELP", "4", 3, channel=Channel.SMS))
    assert (helped.wants_help, helped.is_told) == (True, False)


async def test_a_preference_told_to_the_provider_counts_as_a_word(database: Database) -> None:
    told = PreferenceTold(key="p", at=NOON, channel=Channel.WHATSAPP, sender=Sender(id="31611111111"), is_stopped=True)
    for _ in range(3):
        await database.write(arrivals.take_preference, "shop", told, ids())
    (address,) = await all_rows(database, addresses)
    assert address.opted_out_at is not None
    assert len(await all_rows(database, contact_changes)) == 1


async def test_a_stop_counts_for_every_id_that_the_provider_gives_the_same_number(database: Database) -> None:
    """WhatsApp tells people by their number at times, and by an id of its own at others."""

    def as_user(text: str, id_: str, seconds: float) -> Received:
        return wrote(text, id_, seconds, sender=Sender(id="NL.1349", phone="+31611111111"))

    async def stopped() -> dict[str, bool]:
        return {one.provider_id: one.opted_out_at is not None for one in await all_rows(database, addresses)}

    await take(database, wrote("STOP", "1", who="31611111111"))
    await take(database, as_user("hello again", "2", 1))
    assert await stopped() == {"31611111111": True, "NL.1349": True}
    await take(database, as_user("start", "3", 2))
    assert await stopped() == {"31611111111": False, "NL.1349": False}
    sender = Sender(id="31611111111", phone="+31611111111")
    told = PreferenceTold(key="p", at=NOON, channel=Channel.WHATSAPP, sender=sender, is_stopped=True)
    await database.write(arrivals.take_preference, "shop", told, ids())
    assert await stopped() == {"31611111111": True, "NL.1349": True}
    # What they said to one account, and on one channel, says nothing about another.
    await take(database, wrote("hi", "4", 3, channel=Channel.SMS))
    assert sorted((await stopped()).items()) == [("+31611111111", False), ("31611111111", True), ("NL.1349", True)]


async def test_edits_revocations_and_reactions_change_the_message_they_are_about(database: Database) -> None:
    first = await take(database, wrote("helo", "1"))
    for kind, text in ((MessageKind.EDIT, "hello"), (MessageKind.REACTION, "\U0001f44d"), (MessageKind.REVOKE, "")):
        changed = await take(database, wrote(text, f"of-{kind}", 1, kind=kind, refers_to="1"))
        assert (changed.message.id, changed.is_told, changed.is_new) == (first.message.id, False, False)
    (row,) = await all_rows(database, messages)
    found = message_of(row)
    assert (found.text, row.text, found.is_edited, found.reaction, found.is_revoked) == (
        "hello",
        "hello",
        True,
        "\U0001f44d",
        True,
    )
    alone = await take(database, wrote("\U0001f44d", "2", 2, kind=MessageKind.REACTION, refers_to="unknown"))
    assert (alone.is_new, alone.is_told) == (True, False)


async def test_what_comes_too_late_or_in_standby_is_shown_and_told_to_nobody(database: Database) -> None:
    old = await take(database, wrote("hi", "1"), late=timedelta(hours=25))
    standby = await take(database, wrote("hi", "2", 1, is_standby=True))
    odd = await take(database, wrote("", "3", 2, kind=MessageKind.UNSUPPORTED, detail="a poll"))
    assert [old.is_told, standby.is_told, odd.is_told] == [False, False, True]
    kept = {one.provider_id: one.problem for one in map(message_of, await all_rows(database, messages))}
    assert kept == {"1": "", "2": "", "3": "a poll"}


async def test_one_run_may_begin_with_an_album(database: Database) -> None:
    files = [await take(database, wrote("", str(n), n, kind=MessageKind.MEDIA)) for n in (3, 1, 2)]
    assert [one.may_begin for one in files] == [True, False, False]
    assert (await take(database, wrote("", "9", 60, kind=MessageKind.MEDIA))).may_begin


async def test_somebody_elses_echo_silences_flows_for_a_while(database: Database) -> None:
    first = await take(database, wrote("hi", "1"))
    present = datetime.now(UTC)
    echo = Echoed(key="e", at=present, id="e1", channel=Channel.WHATSAPP, to="31611111111", text="I am Bob")
    for _ in range(3):
        settled = await database.write(message_states.take_echo, "shop", echo, ids(), HOURS_12)
        assert settled is not None
    found = await conversation(database, first.conversation.id)
    assert (found.state, found.paused_until) == (ConversationState.PAUSED, present + HOURS_12)
    kept = {(one.direction, one.author) for one in await all_rows(database, messages)}
    assert kept == {("in", ""), ("out", "")}
    second = await take(database, wrote("thanks", "2", 1))
    assert (second.is_told, second.may_begin) == (False, False)


async def test_flows_are_back_when_the_silence_is_over_or_the_conversation_was_closed(database: Database) -> None:
    first = await take(database, wrote("hi", "1"))
    long_ago = {"state": "paused", "paused_until": NOON}
    await database.write(_set, first.conversation.id, **long_ago)
    second = await take(database, wrote("again", "2", 1))
    assert (second.conversation.state, second.may_begin) == (ConversationState.BOT, True)
    await database.write(_set, first.conversation.id, state="closed", closed_at=NOON, paused_until=None)
    third = await take(database, wrote("and again", "3", 2))
    assert (third.conversation.state, third.conversation.closed_at, third.may_begin) == (
        ConversationState.BOT,
        None,
        True,
    )


async def test_an_agents_conversation_is_told_and_begins_nothing(database: Database) -> None:
    first = await take(database, wrote("hi", "1"))
    await database.write(_set, first.conversation.id, state="agent", agent="ana")
    second = await take(database, wrote("again", "2", 1))
    assert (second.is_told, second.may_begin, second.conversation.agent) == (True, False, "ana")
    echo = Echoed(key="e", at=datetime.now(UTC), id="e1", channel=Channel.WHATSAPP, to="+31611111111", text="x")
    await database.write(message_states.take_echo, "shop", echo, ids(), HOURS_12)
    assert (await conversation(database, first.conversation.id)).state is ConversationState.AGENT


async def _post(database: Database, text: str = "hello") -> tuple[str, str]:
    """A message of ours; gives its conversation and its id."""
    arrived = await take(database, wrote("hi", "1"))
    body = MessageBody(text=text)
    posted = Posted(id=ids().message, conversation=arrived.conversation.id, body=body, author="flow:shop")  # type: ignore[arg-type]
    kept = await database.write(post, posted, {})
    return arrived.conversation.id, kept.message.id


async def test_an_echo_of_ours_confirms_and_pauses_nothing(database: Database) -> None:
    conversation_id, message = await _post(database)
    await database.write(_set_message, message, provider_id="x1")
    for is_ours in (True, False):
        echo = Echoed(key="e", at=NOON, id="x1", channel=Channel.WHATSAPP, to="+31611111111", is_ours=is_ours)
        settled = await database.write(message_states.take_echo, "shop", echo, ids(), HOURS_12)
        assert settled is not None
        assert settled.message.state is SendState.SENT
    assert (await conversation(database, conversation_id)).state is ConversationState.BOT
    unknown = Echoed(key="e", at=NOON, id="x2", channel=Channel.WHATSAPP, to="+31611111111", is_ours=True)
    assert await database.write(message_states.take_echo, "shop", unknown, ids(), HOURS_12) is None


async def test_an_echo_settles_a_message_of_which_nobody_knew(database: Database) -> None:
    conversation_id, message = await _post(database)
    await database.write(_set_message, message, state="uncertain")
    echo = Echoed(key="e", at=datetime.now(UTC), id="x1", channel=Channel.WHATSAPP, to="+31611111111", text="hello")
    settled = await database.write(message_states.take_echo, "shop", echo, ids(), HOURS_12)
    assert settled is not None
    assert (settled.message.id, settled.message.state, settled.message.provider_id) == (message, SendState.SENT, "x1")
    assert (await conversation(database, conversation_id)).state is ConversationState.BOT


async def test_a_changed_id_is_linked_and_the_old_one_stays_known(database: Database) -> None:
    await take(database, wrote("hi", "1"))
    moved = ContactMoved(
        key="m", at=NOON, channel=Channel.WHATSAPP, before="+31611111111", after=Sender(id="new", phone="+31622222222")
    )
    for _ in range(3):
        await database.write(arrivals.take_move, "shop", moved, ids())
    assert len(await all_rows(database, contact_rows)) == 1
    found = await database.read(contacts.find_address, "shop", Channel.WHATSAPP, "new")
    assert found is not None
    arrived = await take(database, wrote("it is me", "2", 5, who="new", sender=Sender(id="new")))
    assert arrived.contact.name == "Ana"
    assert len(await all_rows(database, conversation_rows)) == 2
    assert found.contact == ContactId((await all_rows(database, contact_rows))[0].id)


def _set(transaction: sa.Connection, /, id_: str, **values: Any) -> None:
    transaction.execute(sa.update(conversation_rows).where(conversation_rows.c.id == id_).values(**values))


def _set_message(transaction: sa.Connection, /, id_: str, **values: Any) -> None:
    transaction.execute(sa.update(messages).where(messages.c.id == id_).values(**values))
