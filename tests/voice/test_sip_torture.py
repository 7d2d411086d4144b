"""Messages that no honest phone sends (after RFC 4475), and thousands of broken ones: the stack answers what it can,
stays silent where it must, and takes the next good call."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest
from raw_sip import SDP, RawParty, header, status
from sip_pair import Pair, next_of, sip_pair

from skipline.voice.sip.leg import Answered

SILENCE: int | None = None


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    async with sip_pair() as found:
        yield found


@pytest.fixture
def raw(pair: Pair) -> AsyncIterator[RawParty]:
    party = RawParty((pair.host, pair.port))
    yield party
    party.close()


def odd_messages(raw: RawParty) -> dict[str, tuple[str | bytes, int | None]]:
    """Each odd message by name, with the status it must get."""
    make = raw.request
    me = f"{raw.host}:{raw.port}"
    bad_port = {"Via": "SIP/2.0/UDP 127.0.0.1:99999;branch=z9hG4bKp"}
    options = make("OPTIONS")
    compact = make("OPTIONS")
    for long, short in (("Via", "v"), ("From", "f"), ("To", "t"), ("Call-ID", "i"), ("Contact", "m")):
        compact = compact.replace(f"\r\n{long}:", f"\r\n{short}:")
    return {
        "options": (options, 200),
        "unknown method": (make("NEWMETHOD"), 405),
        "lower-case invite": (make("invite"), 405),
        "folded header": (make("OPTIONS", extra="Subject: a\r\n  folded\r\n"), 200),
        "compact headers": (compact, 200),
        "escaped method": (make("RE%47IST%45R"), 405),
        "method of odd characters": (make("!interesting-Method0123456789_*+`.%indeed'~"), 405),
        "no Call-ID": (make(drop=("Call-ID",)), 400),
        "no CSeq": (make(drop=("CSeq",)), 400),
        "no Via": (make(drop=("Via",)), SILENCE),
        "no From": (make(drop=("From",)), 400),
        "no To": (make(drop=("To",)), 400),
        "no Contact": (make(drop=("Contact",)), 400),
        "no From tag": (make(headers={"From": f"<sip:a@{me}>"}), 400),
        "no Max-Forwards": (make("OPTIONS", drop=("Max-Forwards",)), 200),
        "Max-Forwards 0": (make(headers={"Max-Forwards": "0"}), 483),
        "Max-Forwards text": (make(headers={"Max-Forwards": "abc"}), 400),
        "CSeq of another method": (make(headers={"CSeq": "1 BYE"}), 400),
        "CSeq too big": (make("OPTIONS", headers={"CSeq": "36893488147419103232 OPTIONS"}), 400),
        "CSeq garbage": (make("OPTIONS", headers={"CSeq": "x y z"}), 400),
        "negative length": (make(headers={"Content-Length": "-999"}, body="v=0\r\n"), 400),
        "length too big": (make(headers={"Content-Length": "9999"}, body="v=0\r\n"), 400),
        "length text": (make(headers={"Content-Length": "abc"}), 400),
        "body of another type": (make(headers={"Content-Type": "text/plain"}, body="hello"), 415),
        "open quote in From": (make(headers={"From": '"Mr. J. User <sip:j@example.com>;tag=1'}), 400),
        "unknown scheme": (make(uri="nobodyKnowsThisScheme:totallyopaque"), 400),
        "blank in the URI": (make(uri="sip:a b@127.0.0.1"), 400),
        "brackets around the URI": (make(uri="<sip:a@127.0.0.1>"), 400),
        "Via of IPv6": (make("OPTIONS", headers={"Via": f"SIP/2.0/UDP [::1]:{raw.port};branch=z9hG4bKv6"}), 200),
        "impossible port in Via": (make("OPTIONS", headers=bad_port), 200),
        "port text in Via": (make("OPTIONS", headers={"Via": "SIP/2.0/UDP 127.0.0.1:abc;branch=z9hG4bKq"}), 400),
        "rport text in Via": (make("OPTIONS", headers={"Via": f"SIP/2.0/UDP {me};rport=x;branch=z9hG4bKr"}), 200),
        "stranger's received": (
            make("OPTIONS", headers={"Via": f"SIP/2.0/UDP {me};received=192.0.2.9;branch=z9hG4bKs"}),
            200,
        ),
        "Contact star": (make(headers={"Contact": "*"}), 400),
        "Require 100rel": (make(extra="Require: 100rel\r\n"), 420),
        "Require unknown": (make("OPTIONS", extra="Require: nothingSupportsThis\r\n"), 420),
        "PRACK outside": (make("PRACK"), 405),
        "UPDATE in no dialog": (make("UPDATE", headers={"To": "<sip:x@127.0.0.1>;tag=zz"}), 481),
        "BYE in no dialog": (make("BYE", headers={"To": "<sip:x@127.0.0.1>;tag=zz"}), 481),
        "INVITE in no dialog": (make(headers={"To": "<sip:x@127.0.0.1>;tag=zz"}), 481),
        "CANCEL of nothing": (make("CANCEL"), 481),
        "ACK of nothing": (make("ACK"), SILENCE),
        "broken ACK": (make("ACK", drop=("CSeq",)), SILENCE),
        "another version": (make("OPTIONS").replace("SIP/2.0\r\n", "SIP/7.0\r\n", 1), 505),
        "odd date": (make("OPTIONS", extra="Date: Fri, 01 Jan 2010 16:00:00 EST\r\n"), 200),
        "no last line break": (make("OPTIONS")[:-2], 200),
        "line feeds only": (make("OPTIONS").replace("\r\n", "\n"), 200),
        "not UTF-8": (make("OPTIONS").encode().replace(b"Max", b"X-B: \xff\xfe\x80\r\nMax"), 200),
        "line breaks of Python": (make("OPTIONS", extra="X-B: a\x0bVia: b\x1c\u2028c\r\n"), 200),
        "zeros": (b"\0" * 200, SILENCE),
        "keep-alive": (b"\r\n\r\n", SILENCE),
        "garbage": (random.Random(1).randbytes(600), SILENCE),
        "long header": (make("OPTIONS", extra="X-Big: " + "a" * 7000 + "\r\n"), 200),
        "700 headers": (make("OPTIONS", extra="X: y\r\n" * 700), 400),
        "Expires text": (make(extra="Expires: soon\r\n"), 400),
        "stray 200": (
            "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 1.2.3.4;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\n"
            "To: <sip:a@b>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n",
            SILENCE,
        ),
        "impossible status": ("SIP/2.0 4294967301 better not\r\nVia: SIP/2.0/UDP x\r\n\r\n", SILENCE),
        "REGISTER": (make("REGISTER", extra="Authorization: Digest ,,,=,\r\n"), 405),
        "short session": (make(extra="Session-Expires: 30\r\nSupported: timer\r\n"), 422),
    }


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
            await _acknowledge(raw, message, reply)
    assert pair.arrived.empty()


async def _acknowledge(raw: RawParty, message: str, reply: str) -> None:
    lines = {name: header(reply, name) for name in ("Via", "From", "To", "Call-ID")}
    raw.send(raw.request("ACK", headers={**lines, "CSeq": "1 ACK"}))
    await asyncio.sleep(0)


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


def mutate(rng: random.Random, message: bytes) -> bytes:
    """Break a message in a few places."""
    broken = bytearray(message)
    for _ in range(rng.randrange(1, 12)):
        place = rng.randrange(len(broken) or 1)
        kind = rng.randrange(3)
        if kind == 0 and broken:
            broken[place] = rng.randrange(256)
        elif kind == 1:
            del broken[place : place + rng.randrange(1, 20)]
        else:
            broken[place:place] = bytes(rng.choice(b';:,<>@"=\r\n /[]%') for _ in range(rng.randrange(1, 6)))
    return bytes(broken)


async def test_mutations_leave_the_stack_able_to_take_a_call(pair: Pair, raw: RawParty) -> None:
    rng = random.Random(7)
    whole = [one for one, _ in odd_messages(raw).values()] + [raw.request(body=SDP) for _ in range(20)]
    messages = [one if isinstance(one, bytes) else one.encode() for one in whole]
    for number in range(5000):
        raw.send(mutate(rng, rng.choice(messages)))
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
