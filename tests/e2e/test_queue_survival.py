"""Kill -9, with callers in the queue: their music plays on, and nobody loses their place."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from e2e_queue_room import AGENT_HZ, CALLER_HZ, MUSIC_HZ, QueueRoom, open_queue_room
from e2e_room import eventually, is_near

from skipline.voice.phone import Manners, PhoneCall
from skipline.voice.tones import tone

pytestmark = pytest.mark.asyncio(loop_scope="module")

CALLERS = 20


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def whole_room(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[QueueRoom]:
    async with open_queue_room(tmp_path_factory.mktemp("queues")) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def room(whole_room: QueueRoom) -> AsyncIterator[QueueRoom]:
    yield whole_room
    await whole_room.leave()


async def all_hear(calls: list[PhoneCall], hz: int) -> None:
    for call in calls:
        call.forget_heard()
    for call in calls:
        await eventually(lambda call=call: is_near(call.heard_hz, hz), f"{hz} Hz is heard")
        assert not call.ended.is_set()


@pytest.mark.timeout(180)
async def test_waiting_callers_keep_their_music_and_their_places(room: QueueRoom) -> None:
    calls = []
    for number in range(CALLERS):
        calls.append(room.call(hz=0))
        await room.waiting(number + 1)
    before = await room.waiting(CALLERS)
    await all_hear(calls, MUSIC_HZ)
    worker = room.server.worker_pid()
    await room.server.kill_centre()
    await all_hear(calls, MUSIC_HZ)
    await room.server.start()
    assert room.server.worker_pid() == worker
    after = await room.waiting(CALLERS)
    assert [(one["id"], one["joined_at"]) for one in after] == [(one["id"], one["joined_at"]) for one in before]
    await all_hear(calls[:3], MUSIC_HZ)
    await room.sign_on("agent0", "agent1", manners=Manners(talk_seconds=0.1))
    await asyncio.wait_for(asyncio.gather(*(call.ended.wait() for call in calls)), 60)
    places = {one["id"].partition(":")[0]: place for place, one in enumerate(before)}
    served = [places.pop(run) for run, _, _ in room.rung]
    assert not places
    assert all(abs(place - turn) <= 1 for turn, place in enumerate(served)), "two agents' telephones ring at once"


async def test_a_talk_goes_on_and_its_agent_is_not_rung_for_others(room: QueueRoom) -> None:
    talking = room.call()
    [phone] = await room.sign_on("agent0", manners=Manners(sound=tone(AGENT_HZ, 1.0)))
    await all_hear([talking], AGENT_HZ)
    other = room.call(hz=0)
    await room.waiting(1)
    await room.server.kill_centre()
    await all_hear([talking], AGENT_HZ)
    await room.server.start()
    await room.agent_is("agent0", "engaged")
    assert len(phone.calls) == 1
    await all_hear([phone.calls[0]], CALLER_HZ)
    phone.calls[0].hang_up()
    await eventually(lambda: len(phone.calls) == 2, "the next caller's turn has come")
    await all_hear([other], AGENT_HZ)


async def test_who_hung_up_while_no_centre_was_there_has_abandoned(room: QueueRoom) -> None:
    call = room.call(hz=0)
    [entry] = await room.waiting(1)
    await room.server.kill_centre()
    call.hang_up()
    await asyncio.wait_for(call.ended.wait(), 5)
    await room.server.start()
    found = await eventually(lambda: room.left(entry["id"]), "the entry is closed")
    assert (found["state"], found["is_lost"]) == ("abandoned", False)


async def test_who_was_lost_with_the_worker_rings_back_to_their_old_place(room: QueueRoom) -> None:
    first = room.call(caller="+31633333333", hz=0)
    await room.waiting(1)
    await asyncio.sleep(1.0)
    room.server.kill_worker()
    await room.waiting(0)
    first.hang_up()
    await eventually(lambda: _is_ready(room), "the next worker is there")
    for caller in ("", "+31633333333"):
        room.call(caller=caller, hz=0)
    found = {one["contact_phone"]: one for one in await room.waiting(2)}
    assert found["+31633333333"]["credit"] >= 1.0
    assert found["+31633333333"]["position"] == 1


async def _is_ready(room: QueueRoom) -> bool:
    async with aiohttp.ClientSession() as session, session.get(f"http://{room.server.http}/readyz") as answer:
        return answer.status == 200
