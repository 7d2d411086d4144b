"""Messages that no honest phone sends (after RFC 4475), and thousands of broken ones: the stack answers what it can,
stays silent where it must, and takes the next good call."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest
from odd_sip import SILENCE, acknowledge, hostile_messages, odd_messages
from raw_sip import SDP, RawParty, header, status
from sip_pair import Pair, next_of, sip_pair

from skipline.voice.sip.leg import Answered


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    async with sip_pair() as found:
        yield found


@pytest.fixture
def raw(pair: Pair) -> AsyncIterator[RawParty]:
    party = RawParty((pair.host, pair.port))
    yield party
    party.close()


async def test_each_odd_message_gets_its_answer_or_none(pair: Pair, raw: RawParty) -> None:
    for name, (message, code) in odd_messages(raw).items():
        raw.send(message)
        if code is SILENCE:
            await raw.expect_silence(0.05)
            continue
        reply = await raw.receive()
        assert status(reply) == code, f"{name}: {reply.splitlines()[0]}"
        if code == 420:
            assert header(reply, "Unsupported")
        if isinstance(message, str) and message.startswith("INVITE") and code >= 300:
            acknowledge(raw, message, reply)
    assert pair.arrived.empty()


@pytest.mark.parametrize(
    "headers",
    [
        {"From": "<tel:+15551234;phone-context=x>;tag=5"},
        {"Contact": "<sip:a@127.0.0.1:99999;transport=FOO>"},
        {"Contact": "<sip:a@127.0.0.1;transport=TLS>"},
        {"To": "<tel:+31201234567>"},
    ],
)
async def test_odd_invites_that_are_good_calls(pair: Pair, raw: RawParty, headers: dict[str, str]) -> None:
    invite = raw.request(uri="tel:+31201234567;npdi", headers=headers, body=SDP)
    raw.send(invite)
    leg = await asyncio.wait_for(pair.arrived.get(), 2)
    leg.answer(SDP)
    ok = await raw.expect("200")
    assert header(ok, "From") == header(invite, "From")
    leg.hang_up()
    assert leg.invite is not None and leg.invite.request_uri == "tel:+31201234567;npdi"


async def test_a_broken_session_description_is_the_owners_matter(pair: Pair, raw: RawParty) -> None:
    raw.send(raw.request(body="v=0\r\nm=audio x y\r\n"))
    leg = await asyncio.wait_for(pair.arrived.get(), 2)
    assert leg.remote_sdp == "v=0\r\nm=audio x y\r\n"
    leg.refuse(488, "Not Acceptable Here")
    await raw.expect("488")


async def test_a_multipart_body_gives_its_session_description(pair: Pair, raw: RawParty) -> None:
    body = f"--b1\r\nContent-Type: application/sdp\r\n\r\n{SDP}\r\n--b1\r\nContent-Type: text/x\r\n\r\nhi\r\n--b1--\r\n"
    raw.send(raw.request(headers={"Content-Type": "multipart/mixed;boundary=b1"}, body=body))
    leg = await asyncio.wait_for(pair.arrived.get(), 2)
    assert leg.remote_sdp == SDP
    leg.refuse(486, "Busy Here")


async def test_mutations_leave_the_stack_able_to_take_a_call(pair: Pair, raw: RawParty) -> None:
    rng = random.Random(7)
    for number, message in enumerate(hostile_messages(raw, rng, 5000)):
        raw.send(message)
        if number % 50 == 0:
            await asyncio.sleep(0.002)
            while not pair.arrived.empty():
                pair.arrived.get_nowait().refuse(486, "Busy Here")
    await asyncio.sleep(0.1)
    while not pair.arrived.empty():
        pair.arrived.get_nowait().refuse(486, "Busy Here")
    out, leg = await pair.ring()
    leg.answer(SDP)
    assert await next_of(out) == Answered(SDP)


async def test_a_stream_of_garbage_closes_only_itself(pair: Pair) -> None:
    for garbage in (b"\xff" * 70_000, b"INVITE sip:a SIP/2.0\r\nContent-Length: -5\r\n\r\n", b"A: b\r\n\r\n", b""):
        reader, writer = await asyncio.open_connection(pair.host, pair.port)
        writer.write(garbage)
        writer.write_eof()
        assert await asyncio.wait_for(reader.read(65_536), 2) is not None
        writer.close()
    reader, writer = await asyncio.open_connection(pair.host, pair.port)
    writer.write(b"\r\n\r\n")
    assert await asyncio.wait_for(reader.readexactly(2), 2) == b"\r\n"
    raw = RawParty((pair.host, pair.port))
    one = raw.request("OPTIONS").replace("UDP", "TCP")
    two = raw.request("OPTIONS", body="x" * 300).replace("UDP", "TCP")
    for start in range(0, len(one + two), 100):
        writer.write((one + two).encode()[start : start + 100])
        await asyncio.sleep(0.001)
    text = ""
    async with asyncio.timeout(3):
        while text.count("SIP/2.0 200") < 2:
            text += (await reader.read(65_536)).decode()
    writer.close()
    raw.close()
