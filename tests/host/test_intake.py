"""What providers told, handled once and in order: by one node, by two, and after every kind of trouble."""

import asyncio
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from api_client import client_of
from channel_folder import add_letters
from inside_server import Inside, inside
from letters_room import ENVIRON, count, deliver, letter_files, rows, transcript, until, until_handled, wrote
from postgres_server import PostgresServer

from skipline.base.clock import system_clock
from skipline.host.messages import intake as intake_room
from skipline.model.conversation import Direction
from skipline.model.ids import MessageId
from skipline.model.live_events import ConversationChanged
from skipline.model.message import Channel, MessageBody, SendState
from skipline.model.messaging import AnyChannelEvent, Noted, Part, PreferenceTold, Received, Sender, StateTold
from skipline.model.sending import Posted
from skipline.store import arrivals, channel_events, message_parts, posting
from skipline.store.errors import StorageFailed
from skipline.store.message_schema import channel_events as event_rows
from skipline.store.message_schema import contacts, conversations, sendings
from skipline.store.message_schema import messages as message_rows
from skipline.store.schema import durable_runs, inbox


@pytest.fixture(autouse=True, scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> None:
    add_letters(tmp_path_factory.mktemp("channels"))


def shop(folder: Path, place: Path | str | None = None, **more: Any) -> Any:
    return inside(folder, letter_files(), place=place, environ=ENVIRON, **more)


async def receive(room: Inside, *events: AnyChannelEvent) -> None:
    await room.services.messages.ingress.receive("shop", events)


def conversation_of(number: int, size: int) -> list[Received]:
    """What a contact wrote, each a tenth of a second after the other."""
    who = f"+3161{number:07}"
    start = system_clock() - timedelta(seconds=30)
    return [wrote(f"line {n}", n, who=who, at=start + timedelta(seconds=n / 10)) for n in range(size)]


async def test_two_nodes_with_shuffled_duplicates_do_everything_once_and_in_order(
    tmp_path: Path, postgres: PostgresServer, migrated: str
) -> None:
    place = postgres.make_database(template=migrated)
    rng, lines = random.Random(7), [conversation_of(number, 8) for number in range(6)]
    sent = [one for line in lines for one in line] * 3
    rng.shuffle(sent)
    async with AsyncExitStack() as stack:
        rooms = [
            await stack.enter_async_context(shop(tmp_path / f"data{number}", place, name=f"node{number}"))
            for number in range(2)
        ]
        clients = [await stack.enter_async_context(client_of(room)) for room in rooms]
        answers = await asyncio.gather(*(deliver(rng.choice(clients), one) for one in sent))
        assert {answer.status for answer in answers} == {200}
        database = rooms[0].database
        await until_handled(database)
        counted = [await count(database, table) for table in (contacts, conversations, durable_runs, inbox)]
        assert counted == [6, 6, 6, 48]
        told = [(one.conversation, one.text) for one in await transcript(database)]
        assert [text for _, text in told] == [f"line {n}" for _ in range(6) for n in range(8)]
        assert {row["problem"] for row in await rows(database, event_rows)} == {""}
        heard = await database.read(
            lambda transaction: list(transaction.execute(sa.select(inbox.c.conversation).order_by(inbox.c.id)))
        )
        assert len({row.conversation for row in heard}) == 6


async def test_runs_hear_messages_in_the_order_in_which_they_were_written(tmp_path: Path, place: Path | str) -> None:
    line = conversation_of(1, 6)
    async with shop(tmp_path / "data", place) as room:
        for one in (line[3], line[1], line[5], line[0], line[4], line[2]):
            await receive(room, one)
        await until_handled(room.database)
        heard = sa.select(inbox.c.dedup).order_by(inbox.c.id)
        found = await room.database.read(lambda transaction: list(transaction.scalars(heard)))
        assert found == [one.key for one in line]


async def test_parts_of_a_long_text_are_joined_whatever_their_order(tmp_path: Path, place: Path | str) -> None:
    def part(number: int) -> Received:
        return wrote(
            f"part {number};",
            number,
            channel=Channel.SMS,
            part=Part(reference="r", number=number, total=3),
            at=start + timedelta(seconds=number),
        )

    start = system_clock() - timedelta(seconds=5)
    async with shop(tmp_path / "data", place) as room:
        await receive(room, part(3), part(1))
        await receive(room, wrote("in between", 9, channel=Channel.SMS, at=start))
        await until(lambda: _texts_are(room, ["in between"]))
        await receive(room, part(2), part(3))
        await until_handled(room.database)
        assert [one.text for one in await transcript(room.database)] == ["in between", "part 1;part 2;part 3;"]
        assert await count(room.database, durable_runs) == 1


async def test_parts_whose_rest_never_comes_are_shown_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_parts, "PARTS_WAIT_SECONDS", 1.0)
    async with shop(tmp_path) as room:
        await receive(room, wrote("half", 1, part=Part(reference="r", number=2, total=2)))
        await until_handled(room.database)
        assert [one.text for one in await transcript(room.database)] == ["half"]


async def _texts_are(room: Inside, texts: list[str]) -> bool:
    return [one.text for one in await transcript(room.database)] == texts


async def _post(room: Inside) -> None:
    """A message of ours in a conversation, with the id `ours`."""
    await receive(room, wrote("hi", 1))
    (conversation,) = await until(lambda: rows(room.database, conversations))
    posted = Posted(id=MessageId("ours"), conversation=conversation["id"], body=MessageBody(text="hello"), author="ana")

    def post(transaction: sa.Connection) -> None:
        posting.post(transaction, posted, {})
        transaction.execute(sa.update(sendings).values(due_at=None))  # as if the provider had taken it

    await room.database.write(post)


async def test_states_told_in_any_order_and_before_their_message_climb(tmp_path: Path, place: Path | str) -> None:
    async with shop(tmp_path / "data", place) as room:
        states = [SendState.READ, SendState.SENT, SendState.DELIVERED, SendState.FAILED]
        told = [
            StateTold(key=f"s{number}", at=system_clock(), id="p1", reference="ours", state=state)
            for number, state in enumerate(states)
        ]
        await receive(room, told[0])
        await _post(room)
        await receive(room, *told)
        await until_handled(room.database)
        ours = [one for one in await transcript(room.database) if one.direction is Direction.OUT]
        assert [(one.state, one.provider_id, one.problem) for one in ours] == [(SendState.READ, "p1", "")]


async def test_everything_written_until_a_time_was_read(tmp_path: Path) -> None:
    async with shop(tmp_path) as room:
        await _post(room)
        sent = sa.update(message_rows).where(message_rows.c.id == "ours").values(state="sent")
        await room.database.write(lambda transaction: transaction.execute(sent) and None)
        who, now = "+5511987654321", system_clock()
        earlier = now - timedelta(hours=1)
        await receive(room, StateTold(key="w1", at=now, id="", state=SendState.READ, to=who, until=earlier))
        await until_handled(room.database)
        assert [one.state for one in await transcript(room.database)] == [None, SendState.SENT]
        await receive(room, StateTold(key="w2", at=now, id="", state=SendState.READ, to=who, until=now))
        await until_handled(room.database)
        assert [one.state for one in await transcript(room.database)] == [None, SendState.READ]


async def test_a_state_of_nobodys_message_is_looked_for_a_few_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_room, "KNOWN_SOON", timedelta(seconds=0.05))
    monkeypatch.setattr(intake_room, "MOST_ATTEMPTS", 3)
    async with shop(tmp_path) as room:
        await receive(room, StateTold(key="s", at=system_clock(), id="p9", state=SendState.SENT))
        await until_handled(room.database)
        (event,) = await rows(room.database, event_rows)
        assert (event["attempts"], event["problem"]) == (3, "no message of ours is known by this id")


async def test_a_fault_of_ours_holds_up_one_address_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_room, "back_off", lambda _attempts: timedelta(seconds=0.05))
    monkeypatch.setattr(intake_room, "MOST_ATTEMPTS", 3)
    right = arrivals.take_in

    def fails(transaction: sa.Connection, account: str, event: Received, *more: Any) -> Any:
        if event.text == "poison":
            raise LookupError("a fault of ours")
        return right(transaction, account, event, *more)

    monkeypatch.setattr(arrivals, "take_in", fails)
    async with shop(tmp_path) as room:
        start = system_clock() - timedelta(seconds=5)
        await receive(room, wrote("poison", 1, at=start), wrote("behind it", 2, at=start + timedelta(seconds=1)))
        await receive(room, wrote("elsewhere", 1, who="+31622222222"))
        await until(lambda: _texts_are(room, ["elsewhere"]))
        await until_handled(room.database)
        assert {one.text for one in await transcript(room.database)} == {"elsewhere", "behind it"}
        problems = [row["problem"] for row in await rows(room.database, event_rows)]
        assert problems == ["LookupError: a fault of ours", "", ""]


async def test_a_database_that_fails_for_a_while_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake_room, "LEASE", timedelta(seconds=0.3))
    async with shop(tmp_path) as room:
        right, failing, was_tried = room.database.write, [True], asyncio.Event()

        def write(work: Callable[..., Any], *args: Any, **named: Any) -> Any:
            if failing[0] and work is arrivals.take_in:
                was_tried.set()
                raise StorageFailed("the disk is full")
            return right(work, *args, **named)

        monkeypatch.setattr(room.database, "write", write)
        await receive(room, wrote("hello", 1))
        await was_tried.wait()
        failing[0] = False
        await until_handled(room.database)
        assert await _texts_are(room, ["hello"])


async def test_who_listens_hears_of_each_change_and_nothing_of_what_was_said(tmp_path: Path) -> None:
    async with shop(tmp_path) as room:
        with room.host.live.listen() as facts:
            await receive(room, wrote("a secret", 1))
            while not isinstance(fact := await anext(aiter(facts)), ConversationChanged):
                pass
        (conversation,) = await rows(room.database, conversations)
        assert (fact.conversation, fact.state) == (conversation["id"], "bot")
        assert "secret" not in repr(fact)


async def test_what_concerns_nobody_is_kept_and_shown(tmp_path: Path) -> None:
    async with shop(tmp_path) as room:
        stop = PreferenceTold(
            key="p", at=system_clock(), channel=Channel.SMS, sender=Sender(id="+31611111111"), is_stopped=True
        )
        await receive(room, Noted(key="n", at=system_clock(), kind="quality", text="it is fine"), stop)
        await until_handled(room.database)
        shown = await room.database.read(channel_events.find_recent, "shop", 10)
        assert {(one.kind, one.text, one.is_handled) for one in shown} == {
            ("quality", "it is fine", True),
            ("PreferenceTold", "", True),
        }


async def test_what_was_held_when_a_process_died_is_taken_up_at_the_next_start(tmp_path: Path) -> None:
    async with shop(tmp_path) as room:
        await receive(room, wrote("hello", 1))
        await until_handled(room.database)
        held = {"owner": "dead", "due_at": system_clock() + timedelta(hours=1)}
        await room.database.write(lambda transaction: transaction.execute(sa.update(event_rows).values(held)) and None)
    async with shop(tmp_path) as room:
        await until_handled(room.database)
        assert await count(room.database, message_rows) == 1


async def test_help_by_sms_is_answered_once_for_each_time_it_is_asked(tmp_path: Path) -> None:
    files = letter_files(more=', help_text: "Shop: write to us about orders."')
    async with inside(tmp_path, files, environ=ENVIRON) as room:
        asked = [wrote("HELP", number, channel=Channel.SMS) for number in range(2)]
        await receive(room, *asked)
        await receive(room, asked[0])
        await until_handled(room.database)
        told = [(one.author, one.text) for one in await transcript(room.database) if one.direction is Direction.OUT]
        assert told == [("account:shop", "Shop: write to us about orders.")] * 2
        assert await count(room.database, durable_runs) == 0


async def test_an_account_without_a_help_text_answers_nothing(tmp_path: Path) -> None:
    async with inside(tmp_path, letter_files(more=', help_text: ""'), environ=ENVIRON) as room:
        await receive(room, wrote("help", 1, channel=Channel.SMS))
        await until_handled(room.database)
        assert [one.text for one in await transcript(room.database)] == ["help"]


async def test_signs_that_databases_refuse_hold_nobody_up(tmp_path: Path, place: Path | str) -> None:
    async with shop(tmp_path / "data", place) as room:
        odd = "a\x00b\ud800c"
        await receive(room, wrote(odd, 1, id=odd, sender=Sender(id=odd, name=odd)))
        await receive(room, wrote("hello", 2, id="x" * 5000), Noted(key="n" * 5000, at=system_clock(), kind=odd))
        await until_handled(room.database)
        assert [len(one.text) for one in await transcript(room.database)] == [5]
        assert await count(room.database, event_rows) == 3
