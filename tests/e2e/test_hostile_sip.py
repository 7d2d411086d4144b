"""Odd, broken and senseless messages against a whole server: it lives, nothing is in the log, the next call works."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import pytest_asyncio
from e2e_room import Room, eventually, hear_each_other
from odd_sip import SILENCE, acknowledge, hostile_messages, odd_messages
from raw_sip import SDP, RawParty, header, status

from skipline.voice.phone import Manners

pytestmark = pytest.mark.asyncio(loop_scope="module")

MUTATIONS = 5000


@pytest_asyncio.fixture(loop_scope="module")
async def raw(room: Room) -> AsyncIterator[RawParty]:
    party = RawParty(room.server.sip[0])
    yield party
    party.close()


async def the_next_call_works(room: Room, worker: int | None) -> None:
    target = await room.phone()
    room.send_to(target.uri)
    call = room.call(await room.phone(), caller=(caller := room.new_caller()))
    await asyncio.wait_for(call.answered.wait(), 5)
    # Calls of the messages before may still reach this target too.
    callee = next(one for one in target.calls if one.invite is not None and caller in one.invite.from_uri)
    await hear_each_other(call, callee)
    call.hang_up()
    assert (await room.run_of(caller))["outcome"] == "answered"
    assert room.server.worker_pid() == worker


async def test_each_odd_message_gets_its_answer_or_none(room: Room, raw: RawParty) -> None:
    room.send_to("sip:nobody@127.0.0.1:9")
    worker = room.server.worker_pid()
    for name, (message, code) in odd_messages(raw).items():
        raw.send(message)
        if code is SILENCE:
            await raw.expect_silence(0.05)
            continue
        reply = await raw.receive()
        assert status(reply) == code, f"{name}: {reply.splitlines()[0]}"
        if isinstance(message, str) and message.startswith("INVITE") and code >= 300:
            acknowledge(raw, message, reply)
    await the_next_call_works(room, worker)


async def test_after_thousands_of_mutations_the_next_call_works(room: Room, raw: RawParty) -> None:
    busy = await room.phone(manners=Manners(refuse_code=486))
    room.send_to(busy.uri)
    worker = room.server.worker_pid()
    for number, message in enumerate(hostile_messages(raw, random.Random(11), MUTATIONS)):
        raw.send(message)
        if number % 50 == 0:
            await asyncio.sleep(0.005)
    await the_next_call_works(room, worker)


@pytest.mark.parametrize(
    "body",
    [
        "v=0\r\nm=audio x y\r\n",
        SDP.replace("IN IP4 127.0.0.1", "IN IP4 127.0.0.1\r\nX 9-0 1.2.3.4 1 fa"),
        SDP.replace("RTP/AVP 0 8 101", "RTP/AVP 9 18"),
        SDP.replace("m=audio 40000", "m=audio 0"),
        SDP.replace("127.0.0.1", "evil.example.org"),
        SDP + "a=" + "x" * 20_000 + "\r\n",
        "m=" * 10_000,
    ],
    ids=["garbage", "line break", "no G.711", "port 0", "host name", "long line", "many lines"],
)
@pytest.mark.parametrize("number", ["+31201234567", "+31201234568"])
async def test_a_strange_session_description_hurts_nobody_else(
    room: Room, raw: RawParty, body: str, number: str
) -> None:
    target, second = await room.phone(), await room.phone()
    room.send_to(target.uri, second.uri)
    worker = room.server.worker_pid()
    invite = raw.request(uri=f"sip:{number}@127.0.0.1", body=body)
    raw.send(invite)
    reply = await raw.receive(8)
    while status(reply) < 200:
        reply = await raw.receive(15)
    if status(reply) >= 300:
        acknowledge(raw, invite, reply)
    await the_next_call_works(room, worker)


async def test_a_flood_from_strangers_is_not_answered_for_long(room: Room) -> None:
    stranger = RawParty(room.server.sip[0], host="127.0.0.77")
    for _ in range(40):
        stranger.send(stranger.request(body=SDP))
    answered: set[str] = set()
    with suppress(TimeoutError):
        while True:
            reply = await stranger.receive(0.4)
            assert status(reply) == 403
            answered.add(header(reply, "Call-ID"))
    stranger.close()
    assert len(answered) == 5
    await the_next_call_works(room, room.server.worker_pid())


async def test_in_the_end_no_call_is_left(room: Room) -> None:
    """Mutations may reach a flow that answers; without an ACK such a call ends after 32 s."""

    async def nobody_is_left() -> bool:
        calls = (await room.server.ask("GET", "/calls?limit=500"))["calls"]
        return len(calls) > 20 and all(one["ended_at"] for one in calls)

    await eventually(nobody_is_left, "every call is over", 60)
