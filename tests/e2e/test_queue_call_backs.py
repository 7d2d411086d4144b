"""Promised call-backs, kept: real callers who press a key, agents' telephones, and contacts who are rung."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from e2e_queue_room import AGENT_HZ, MUSIC_HZ, QueueRoom, hears, open_queue_room
from e2e_room import eventually

from skipline.voice.phone import Manners

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def whole_room(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[QueueRoom]:
    async with open_queue_room(tmp_path_factory.mktemp("queues")) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def room(whole_room: QueueRoom) -> AsyncIterator[QueueRoom]:
    yield whole_room
    await whole_room.leave()


async def test_a_key_promises_a_call_back_that_joins_the_agent_with_the_contact(room: QueueRoom) -> None:
    caller = room.call(caller="+31622222222")
    await hears(caller, MUSIC_HZ)
    await room.waiting(1)
    await caller.press("1")
    await asyncio.wait_for(caller.ended.wait(), 20)
    [promised] = await room.waiting(1)
    assert promised["is_call_back"]
    [phone] = await room.sign_on("agent0")
    agent = await eventually(lambda: phone.calls and phone.calls[0], "the agent is rung")
    contact = await eventually(lambda: room.outside.calls and room.outside.calls[0], "the contact is called")
    assert "+31622222222" in contact.invite.request_uri
    await hears(contact, AGENT_HZ)
    agent.hang_up()
    await asyncio.wait_for(contact.ended.wait(), 5)
    entry = await eventually(lambda: room.left(promised["id"]), "the promise is kept")
    assert (entry["state"], entry["agent"], entry["is_call_back"]) == ("connected", "agent0", True)


async def test_a_contact_who_is_not_reached_is_called_again_later(room: QueueRoom) -> None:
    caller = room.call(caller="+31622222223")
    await hears(caller, MUSIC_HZ)
    await caller.press("1")
    await asyncio.wait_for(caller.ended.wait(), 20)
    [promised] = await room.waiting(1)
    room.outside.manners = Manners(ring_seconds=0.1, refuse_code=486)
    [phone] = await room.sign_on("agent0")
    await eventually(lambda: room.outside.calls and room.outside.calls[0].ended.is_set(), "the contact is busy")
    await room.agent_is("agent0", "available")
    assert (await room.server.ask("GET", f"/entries/{promised['id']}"))["left_at"] is None
    room.outside.manners = Manners(ring_seconds=0.1)
    await eventually(lambda: len(room.outside.calls) == 2, "the contact is called again", 15)
    await eventually(lambda: len(phone.calls) == 2 and room.outside.calls[1].answered.is_set(), "both are there")
    room.outside.calls[1].hang_up()
    entry = await eventually(lambda: room.left(promised["id"]), "the promise is kept")
    assert entry["state"] == "connected"
    assert any("Attempt 1 of 3" in sentence for sentence in entry["why"])


async def test_a_promise_outlives_centre_and_worker(room: QueueRoom) -> None:
    caller = room.call(caller="+31622222224")
    await hears(caller, MUSIC_HZ)
    await caller.press("1")
    await asyncio.wait_for(caller.ended.wait(), 20)
    [promised] = await room.waiting(1)
    await room.server.kill_centre()
    room.server.kill_worker()
    await room.server.start()
    [again] = await room.waiting(1)
    assert (again["id"], again["joined_at"]) == (promised["id"], promised["joined_at"])
    await room.sign_on("agent0")
    contact = await eventually(lambda: room.outside.calls and room.outside.calls[0], "the contact is called")
    await hears(contact, AGENT_HZ)
    contact.hang_up()
    entry = await eventually(lambda: room.left(promised["id"]), "the promise is kept")
    assert entry["state"] == "connected"


async def test_a_call_back_that_is_under_way_outlives_the_centre(room: QueueRoom) -> None:
    caller = room.call(caller="+31622222225")
    await hears(caller, MUSIC_HZ)
    await caller.press("1")
    await asyncio.wait_for(caller.ended.wait(), 20)
    [promised] = await room.waiting(1)
    await room.sign_on("agent0")
    contact = await eventually(lambda: room.outside.calls and room.outside.calls[0], "the contact is called")
    await hears(contact, AGENT_HZ)
    await room.server.kill_centre()
    await hears(contact, AGENT_HZ)
    await room.server.start()
    await room.agent_is("agent0", "engaged")
    assert len(room.outside.calls) == 1
    contact.hang_up()
    entry = await eventually(lambda: room.left(promised["id"]), "the promise is kept")
    assert (entry["state"], entry["agent"]) == ("connected", "agent0")
    await room.agent_is("agent0", "available")
