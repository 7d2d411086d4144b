"""What becomes of messages when a process dies, the provider is away, or two nodes send at once."""

import asyncio
import os
import sys
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

import pytest
import sending_node
from message_values import all_messages, count_unsent, make_conversation, pass_time, read_message, state_of
from sending_room import Depot, SendingRoom, account_at, open_depot, sending

from skipline.base.fault_points import VARIABLE
from skipline.host.messages import pacing
from skipline.model.ids import ConversationId
from skipline.model.message import MessageBody, SendState
from skipline.store import Database

SUPPORT = Path(sending_node.__file__).parent
CONTACTS, EACH = (int(number) for number in os.environ.get("OUTAGE", "30x8").split("x"))
"""`OUTAGE=1000x10` for as many messages as an outage of hours leaves behind."""


async def until_sent(database: Database) -> None:
    while await count_unsent(database):  # noqa: ASYNC110
        await asyncio.sleep(0.02)


async def post_many(room: SendingRoom, contacts: int, each: int) -> None:
    """Messages `CONTACT:NUMBER`, in order for each contact and mixed among them."""
    conversations = [await make_conversation(room.database, number) for number in range(contacts)]
    for number in range(each):
        for contact, conversation in enumerate(conversations):
            await room.post.post(conversation, MessageBody(text=f"{contact}:{number}"), "flow:a")


def texts_by_contact(depot: Depot) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for text in depot.texts():
        found[text.partition(":")[0]].append(text.partition(":")[2])
    return found


@pytest.mark.timeout(600)
async def test_an_outage_ends_with_everything_sent_once_in_order_and_nothing_stale(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "_LONGEST_PAUSE", 0.1)
    async with open_depot(always="503") as (depot, address), sending(database, account_at(address), seconds=10) as room:
        await post_many(room, CONTACTS, EACH)
        stale = [
            await room.post.post(ConversationId(f"conversation{number}"), MessageBody(text="stale"), "flow:a")
            for number in range(CONTACTS)
        ]
        await room.until(lambda: len(depot.asked) > 5)
        assert room.sender.standing("main").health == "unreachable"
        for message in stale:
            await pass_time(database, timedelta(hours=2), message.id)
        await room.sender.sweep()
        depot.always = "ok"
        await until_sent(database)
        assert room.sender.standing("main").health == "well"
    in_order = [f"{number}" for number in range(EACH)]
    assert texts_by_contact(depot) == {f"{contact}": in_order for contact in range(CONTACTS)}
    kept = await all_messages(database)
    assert {one.state for one in kept if one.text == "stale"} == {SendState.FAILED}
    assert {one.state for one in kept if one.text != "stale"} == {SendState.SENT}


async def test_a_provider_in_an_outage_is_asked_now_and_then_only(database: Database) -> None:
    async with open_depot(always="503") as (depot, address), sending(database, account_at(address)) as room:
        await post_many(room, 30, 1)
        await room.until(lambda: room.sender.standing("main").health == "unreachable")
        await asyncio.sleep(0.5)  # what was taken up before then is asked still
        asked = len(depot.asked)
        await asyncio.sleep(1.0)
        assert len(depot.asked) - asked <= 1


@pytest.mark.parametrize("place", ["postgres"], indirect=True)
async def test_two_nodes_send_each_message_once_and_in_order(place: str, tmp_path: Path) -> None:
    async with (
        await Database.open(place, folder=tmp_path / "one") as one,
        await Database.open(place, folder=tmp_path / "two") as two,
        open_depot() as (depot, address),
        sending(one, account_at(address), owner="one") as first,
        sending(two, account_at(address), owner="two", prefix="t"),
    ):
        await post_many(first, 12, 8)
        await until_sent(one)
    assert texts_by_contact(depot) == {f"{contact}": [f"{number}" for number in range(8)] for contact in range(12)}


@pytest.mark.parametrize(
    ("point", "state", "taken"),
    [
        ("sending_claimed", SendState.SENT, 1),
        ("sending_begun", SendState.UNCERTAIN, 0),
        ("sending_answered", SendState.UNCERTAIN, 1),
        ("sending_told", SendState.UNCERTAIN, 1),
    ],
)
async def test_a_message_whose_sender_died_never_leaves_twice(
    place: Path | str, tmp_path: Path, point: str, state: SendState, taken: int
) -> None:
    folder = tmp_path / "data"
    async with open_depot() as (depot, address):
        async with await Database.open(place, folder=folder) as database:
            conversation = await make_conversation(database)
            async with sending(database) as room:
                message = await room.post.post(conversation, MessageBody(text="Hi"), "flow:a")
        assert await _die_at(point, place, folder, address) == -9
        async with await Database.open(place, folder=folder) as database:
            await pass_time(database, timedelta(minutes=2), message.id)
            async with sending(database, account_at(address), owner="next"):
                await until_sent(database)
            assert await state_of(database, message.id) is state
            problem = (await read_message(database, message.id)).problem
    assert len(depot.taken) == taken
    assert ("nobody knows" in problem) == (state is SendState.UNCERTAIN)


async def _die_at(point: str, place: Path | str, folder: Path, address: str) -> int:
    environ = {"PYTHONPATH": str(SUPPORT), VARIABLE: f"{point}:1", "PATH": ""}
    process = await asyncio.create_subprocess_exec(
        sys.executable, sending_node.__file__, str(place), str(folder), address, "first", env=environ
    )
    try:
        return await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
