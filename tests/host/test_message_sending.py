"""Each message leaves once, whatever befalls its request; what nobody knows is called uncertain."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
import sqlalchemy as sa
from message_values import (
    ACCOUNT,
    NOON,
    count_unsent,
    make_conversation,
    opt_out,
    pass_time,
    read_message,
    state_of,
)
from sending_room import SendingRoom, account_at, open_depot, sending

from skipline.model.events import ContactAnswered, Event, MessageSent, Reply
from skipline.model.ids import CallId, CommandId, ConversationId, MessageId, RunId
from skipline.model.intake import HeldEvent
from skipline.model.message import Channel, MessageBody, SendState, Template
from skipline.model.messaging import Remedy, StateTold
from skipline.model.sending import AccountHealth, Answering, Posted, Settlement
from skipline.store import Database, message_states, posting, sending_ends
from skipline.store.message_schema import contact_changes, sendings

SAID = MessageSent(at=NOON, call=CallId(""), command=CommandId("run1:7"))
UNASKED = ContactAnswered(at=NOON, call=CallId(""), command=CommandId("run1:7"), problem="refused: never")
OFFER = Template(name="offer", language="en", values=("Ana",))


async def settled(room: SendingRoom, message: str) -> SendState:
    """The state of a message once it is settled."""
    while (state := await state_of(room.database, message)) in (None, SendState.QUEUED):  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    assert state is not None
    return state


async def say(
    room: SendingRoom, conversation: ConversationId, text: str = "Hi", *, is_from_person: bool = False
) -> str:
    return (await room.post.post(conversation, MessageBody(text=text), "ana", is_from_person=is_from_person)).id


async def test_a_message_reaches_the_provider_with_our_reference(database: Database) -> None:
    conversation = await make_conversation(database)
    async with open_depot() as (depot, address), sending(database, account_at(address)) as room:
        message = await say(room, conversation)
        assert await settled(room, message) is SendState.SENT
    kept = await read_message(database, message)
    assert (kept.provider_id, kept.problem) == (f"parcel:{message}", "")
    (parcel,) = depot.taken
    assert (parcel["reference"], parcel["to"], parcel["text"]) == (message, "31610000001", "Hi")
    assert parcel["callback"] == "https://example.org/hooks/parcels/main"


@pytest.mark.parametrize("fate", ["429 1", "500", "503"])
async def test_what_the_provider_surely_did_not_take_leaves_again(database: Database, fate: str) -> None:
    conversation = await make_conversation(database)
    async with open_depot(fate) as (depot, address), sending(database, account_at(address)) as room:
        message = await say(room, conversation)
        assert await settled(room, message) is SendState.SENT
    assert [one["reference"] for one in depot.taken] == [message]
    assert len(depot.asked) == 2
    asked_at = [at for at, _ in depot.asked]
    assert asked_at[1] - asked_at[0] >= (1 if fate == "429 1" else 0)


@pytest.mark.parametrize("fate", ["hang", "hang after", "reset", "reset after", "garbage"])
async def test_what_the_provider_may_have_taken_is_uncertain_and_never_leaves_again(
    database: Database, fate: str
) -> None:
    conversation = await make_conversation(database)
    async with open_depot(fate) as (depot, address), sending(database, account_at(address)) as room:
        message = await say(room, conversation)
        assert await settled(room, message) is SendState.UNCERTAIN
        other = await say(room, conversation, "and then")
        assert await settled(room, other) is SendState.SENT
        await room.sender.sweep()
    assert [parcel["text"] for _, parcel in depot.asked] == ["Hi", "and then"]
    assert (await read_message(database, message)).problem.startswith("the provider")


async def test_an_uncertain_message_is_settled_by_what_the_provider_tells_later(database: Database) -> None:
    conversation = await make_conversation(database)
    async with open_depot("reset after") as (_, address), sending(database, account_at(address)) as room:
        message = await say(room, conversation)
        assert await settled(room, message) is SendState.UNCERTAIN
        told = Settlement(state=SendState.DELIVERED, id="p9")
        await database.write(sending_ends.tell, MessageId(message), ACCOUNT, told)
    kept = await read_message(database, message)
    assert (kept.state, kept.provider_id, kept.problem) == (SendState.DELIVERED, "p9", "")


async def test_a_status_that_overtakes_the_answer_stands(database: Database) -> None:
    conversation = await make_conversation(database)
    async with open_depot("late") as (depot, address), sending(database, account_at(address)) as room:
        message = await say(room, conversation)
        await room.until(lambda: depot.asked)
        await database.write(sending_ends.tell, MessageId(message), ACCOUNT, Settlement(state=SendState.READ, id="p9"))
    kept = await read_message(database, message)
    assert (kept.state, kept.provider_id) == (SendState.READ, "p9")
    assert await count_unsent(database) == 0


async def test_what_the_provider_took_although_it_said_no_does_not_leave_again(database: Database) -> None:
    conversation = await make_conversation(database)
    patient = sending(database, back_off=lambda _: timedelta(seconds=0.4))
    async with open_depot("500 after") as (depot, address), patient as room:
        room.accounts[:] = [account_at(address)]
        message = await say(room, conversation)
        await room.until(lambda: depot.asked)
        await database.write(sending_ends.tell, MessageId(message), ACCOUNT, Settlement(state=SendState.SENT, id="p9"))
        while await count_unsent(database):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert len(depot.asked) == 1
    assert (await read_message(database, message)).state is SendState.SENT


async def test_a_provider_that_is_not_there_gets_the_message_when_it_is_back(database: Database) -> None:
    conversation = await make_conversation(database)
    async with sending(database, account_at("http://127.0.0.1:9")) as room:
        message = await say(room, conversation)
        while not (await problems_of(database))[0]:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        assert await state_of(database, message) is SendState.QUEUED
        async with open_depot() as (depot, address):
            room.accounts[:] = [account_at(address)]
            assert await settled(room, message) is SendState.SENT
            assert len(depot.asked) == 1


async def problems_of(database: Database) -> list[str]:
    return await database.read(lambda transaction: list(transaction.scalars(sa.select(sendings.c.problem))))


@pytest.mark.parametrize(
    ("fate", "requests", "code"),
    [("never", 1, "no never"), ("retry_once", 3, "no retry_once"), ("template", 1, "no template")],
)
async def test_a_refusal_for_good_is_told_in_the_providers_words(
    database: Database, fate: str, requests: int, code: str
) -> None:
    conversation = await make_conversation(database)
    async with open_depot(always=fate) as (depot, address), sending(database, account_at(address)) as room:
        message = await say(room, conversation)
        assert await settled(room, message) is SendState.FAILED
        assert room.sender.standing("main").health is AccountHealth.WELL
    kept = await read_message(database, message)
    assert (kept.problem, kept.code) == (f"refused: {fate}", code)
    assert len(depot.asked) == requests


async def test_an_alarm_is_shown_until_the_provider_takes_messages_again(database: Database) -> None:
    conversation = await make_conversation(database)
    async with open_depot("alarm") as (_, address), sending(database, account_at(address)) as room:
        assert await settled(room, await say(room, conversation)) is SendState.FAILED
        standing = room.sender.standing("main")
        assert (standing.health, standing.code, standing.reason) == (AccountHealth.ALARM, "no alarm", "refused: alarm")
        assert standing.since is not None
        assert await settled(room, await say(room, conversation)) is SendState.SENT
        assert room.sender.standing("main").health is AccountHealth.WELL


@pytest.mark.parametrize(
    ("text", "problem"), [("unwritable", "it has no words for this"), ("secret", "there is no secret named key")]
)
async def test_what_cannot_be_written_never_leaves(database: Database, text: str, problem: str) -> None:
    conversation = await make_conversation(database)
    async with open_depot() as (depot, address), sending(database, account_at(address)) as room:
        message = await say(room, conversation, text)
        assert await settled(room, message) is SendState.FAILED
    assert (await read_message(database, message)).problem == problem
    assert depot.asked == []


async def test_a_contact_who_opted_out_gets_nothing_even_from_a_person(database: Database) -> None:
    conversation = await make_conversation(database)
    await opt_out(database)
    async with open_depot() as (depot, address), sending(database, account_at(address)) as room:
        message = await say(room, conversation, is_from_person=True)
        assert await settled(room, message) is SendState.FAILED
    assert depot.asked == []
    assert "wants no more messages" in (await read_message(database, message)).problem

    def read(transaction: sa.Connection) -> list[tuple[str, str, str]]:
        columns = (contact_changes.c.contact_id, contact_changes.c.deed, contact_changes.c.author)
        return [tuple(row) for row in transaction.execute(sa.select(*columns))]

    assert await database.read(read) == [("contact1", "message_refused", "ana")]


async def test_an_opt_out_counts_for_messages_that_wait_already(database: Database) -> None:
    conversation = await make_conversation(database)
    async with open_depot("429 1") as (depot, address), sending(database, account_at(address)) as room:
        message = await say(room, conversation)
        await room.until(lambda: depot.asked)
        await opt_out(database)
        assert await settled(room, message) is SendState.FAILED
    assert len(depot.asked) == 1


async def test_outside_the_window_a_template_goes_or_nothing(database: Database) -> None:
    over = datetime.now(UTC) - timedelta(minutes=1)
    conversation = await make_conversation(database, window_ends_at=over)
    async with open_depot() as (depot, address), sending(database, account_at(address)) as room:
        with_template = await room.post.post(conversation, MessageBody(text="Hi", template=OFFER), "flow:a")
        without = await say(room, conversation, is_from_person=True)
        assert await settled(room, with_template.id) is SendState.SENT
        assert await settled(room, without) is SendState.FAILED
    assert depot.texts() == ["offer"]
    assert (await read_message(database, without)).code == "window_over"


async def test_a_template_goes_when_the_provider_knows_better_that_the_window_is_over(database: Database) -> None:
    conversation = await make_conversation(database, window_ends_at=datetime.now(UTC) + timedelta(hours=1))
    async with open_depot("template") as (depot, address), sending(database, account_at(address)) as room:
        message = await room.post.post(conversation, MessageBody(text="Hi", template=OFFER), "flow:a")
        assert await settled(room, message.id) is SendState.SENT
    assert [(one["text"], one["template"]) for _, one in depot.asked] == [("Hi", ""), ("", "offer")]


@pytest.mark.parametrize(("days", "is_from_person", "taken"), [(6, True, 1), (6, False, 0), (8, True, 0)])
async def test_only_a_person_may_write_for_seven_days_on_messenger(
    database: Database, days: int, is_from_person: bool, taken: int
) -> None:
    received = datetime.now(UTC) - timedelta(days=days)
    over = received + timedelta(days=1)
    conversation = await make_conversation(
        database, channel=Channel.MESSENGER, window_ends_at=over, received_at=received
    )
    async with open_depot() as (depot, address), sending(database, account_at(address)) as room:
        await settled(room, await say(room, conversation, is_from_person=is_from_person))
    assert len(depot.taken) == taken


async def test_a_message_past_its_time_is_never_sent(database: Database) -> None:
    conversation = await make_conversation(database)
    async with open_depot("503") as (depot, address), sending(database, account_at(address)) as room:
        message = await say(room, conversation)
        await room.until(lambda: depot.asked)
        await pass_time(database, timedelta(hours=2), message)
        await room.sender.sweep()
        assert await settled(room, message) is SendState.FAILED
    assert depot.taken == []
    assert (await read_message(database, message)).code == "expired"


async def test_accounts_that_are_gone_leave_their_messages_to_expire(database: Database) -> None:
    conversation = await make_conversation(database)
    async with open_depot() as (depot, address), sending(database, account_at(address, "other")) as room:
        message = await say(room, conversation)
        await pass_time(database, timedelta(hours=2), message)
        await room.sender.sweep()
        assert await settled(room, message) is SendState.FAILED
    assert depot.asked == []


def asked_by_run(*, is_question: bool = False) -> Answering:
    return Answering(
        command=CommandId("run1:7"),
        call=CallId(""),
        run=RunId("run1"),
        conversation="whatsapp/main/31610000001",
        is_question=is_question,
    )


@pytest.mark.parametrize(
    ("fate", "is_question", "told"),
    [
        ("ok", False, SAID),
        ("reset after", False, SAID),
        ("never", False, msgspec.structs.replace(SAID, problem="refused: never")),
        ("ok", True, None),
        ("never", True, UNASKED),
    ],
)
async def test_the_run_hears_what_became_of_what_it_said(
    database: Database, fate: str, is_question: bool, told: Event | None
) -> None:
    conversation = await make_conversation(database)
    asked = Posted(
        id=MessageId("run1:7"),
        conversation=conversation,
        body=MessageBody(text="Hi"),
        author="flow:a",
        answering=asked_by_run(is_question=is_question),
    )
    async with open_depot(fate) as (_, address), sending(database, account_at(address)) as room:
        await database.write(posting.post, asked, {})
        room.post.posted.set()
        await settled(room, "run1:7")
    found = [msgspec.structs.replace(msgspec.json.decode(one.payload, type=Reply), at=NOON) for one in room.arrivals]
    assert found == ([] if told is None else [told])
    assert {(one.channel, one.dedup, one.conversation) for one in room.arrivals} <= {
        ("commands", "run1:7", "whatsapp/main/31610000001")
    }


async def provider_tells(database: Database, message: str, state: SendState, remedy: Remedy = Remedy.NEVER) -> None:
    told = StateTold(
        key=f"{message} {state}", at=NOON, id=f"parcel:{message}", state=state, code="c1", reason="gone", remedy=remedy
    )
    held = HeldEvent(id=1, owner="node", account=ACCOUNT, address="", received_at=NOON, attempts=1, event=told)
    await database.write(message_states.apply_all, [held], 8, timedelta(seconds=1))


async def test_a_template_goes_when_the_provider_finds_out_late_that_the_window_is_over(database: Database) -> None:
    conversation = await make_conversation(database)
    async with open_depot() as (depot, address), sending(database, account_at(address)) as room:
        posted = await room.post.post(conversation, MessageBody(text="Hi", template=OFFER), "flow:a")
        assert await settled(room, posted.id) is SendState.SENT
        await provider_tells(database, posted.id, SendState.FAILED, Remedy.TEMPLATE)
        await provider_tells(database, posted.id, SendState.SENT)  # of the first try, told late
        await room.until(lambda: len(depot.taken) == 2)
        while await count_unsent(database):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        await provider_tells(database, posted.id, SendState.FAILED, Remedy.TEMPLATE)
        assert await state_of(database, posted.id) is SendState.FAILED
    assert depot.texts() == ["Hi", "offer"]


async def test_what_the_provider_took_and_lost_leaves_again_a_few_times(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending_ends, "PAUSE", timedelta(0))
    conversation = await make_conversation(database)
    async with open_depot() as (depot, address), sending(database, account_at(address)) as room:
        message = await say(room, conversation)
        for count in range(1, 4):
            await room.until(lambda count=count: len(depot.taken) == count)  # type: ignore[misc]
            while await count_unsent(database):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            await provider_tells(database, message, SendState.FAILED, Remedy.RETRY)
        assert await state_of(database, message) is SendState.FAILED
    assert len(depot.taken) == 3
    assert (await read_message(database, message)).problem == "gone"
