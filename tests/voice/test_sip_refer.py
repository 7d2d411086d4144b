"""Handing calls on by REFER, its reports, and asking whether the other side is still there: real sockets."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from raw_sip import SDP, RawParty, header, inside
from sip_pair import Pair, next_of, sip_pair

from skipline.voice.sip.leg import Answered, Ended, Referred, Replaces, TransferTold
from skipline.voice.sip.life import give_up, is_there
from skipline.voice.sip.refer import read_refer_to, read_replaces


@pytest.fixture(params=["udp", "tcp"])
async def pair(request: pytest.FixtureRequest) -> AsyncIterator[Pair]:
    async with sip_pair(transport=request.param) as found:
        yield found


@pytest.fixture
async def udp() -> AsyncIterator[Pair]:
    async with sip_pair() as found:
        yield found


@pytest.mark.parametrize(
    ("value", "uri", "replaces"),
    [
        ("<sip:bob@example.com;transport=tcp>", "sip:bob@example.com;transport=tcp", None),
        ("sip:bob@example.com", "sip:bob@example.com", None),
        (
            '"Bob" <sip:bob@h?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2%3Bearly-only&X=1>;q=1',
            "sip:bob@h",
            Replaces("a@b", "1", "2"),
        ),
        ("<sip:bob@h?Subject=x&replaces=a%3Bfrom-tag%3D2%3Bto-tag%3D1>", "sip:bob@h", Replaces("a", "1", "2")),
        ("<sip:bob@h?Replaces=a%3Bto-tag%3D1>", "sip:bob@h", None),
    ],
)
def test_refer_to_is_read_with_the_dialog_in_it(value: str, uri: str, replaces: Replaces | None) -> None:
    assert read_refer_to(value) == (uri, replaces)
    assert replaces is None or read_replaces(replaces.value) == replaces


async def test_a_transfer_is_asked_for_and_reported_on(pair: Pair) -> None:
    out, leg = await pair.connect()
    leg.accepts_refer = True
    out.refer("sip:bob@127.0.0.1", Replaces("call@1", "to", "from"))
    referred = await next_of(leg)
    assert isinstance(referred, Referred)
    assert referred == Referred("sip:bob@127.0.0.1", Replaces("call@1", "to", "from"))
    leg.report(referred, 100, "Trying")
    leg.report(referred, 486, "Busy Here")
    assert await next_of(out) == TransferTold(100, "Trying", is_last=False)
    assert await next_of(out) == TransferTold(486, "Busy Here", is_last=True)
    out.refer("sip:carol@127.0.0.1")
    again = await next_of(leg)
    assert isinstance(again, Referred)
    assert again.number.isdecimal()
    leg.report(again, 200, "OK")
    assert await next_of(out) == TransferTold(200, "OK", is_last=True)
    leg.accepts_refer = False
    out.refer("sip:bob@127.0.0.1")
    assert await next_of(out) == TransferTold(603, "Decline", is_last=True)


async def test_reports_look_as_the_rfc_has_them_and_unasked_ones_are_refused(udp: Pair) -> None:
    raw = RawParty((udp.host, udp.port))
    raw.send(invite := raw.request(body=SDP))
    leg = await asyncio.wait_for(udp.arrived.get(), 3)
    leg.answer(SDP)
    ok = await raw.expect("200")
    raw.send(raw.request("ACK", headers=inside(invite, ok, "ACK", 1)))
    leg.accepts_refer = True
    refer = inside(invite, ok, "REFER", 2)
    raw.send(raw.request("REFER", headers=refer, extra="Refer-To: <sip:bob@127.0.0.1>\r\n"))
    assert header(await raw.expect("202"), "Contact")
    referred = await next_of(leg)
    assert isinstance(referred, Referred)
    leg.report(referred, 100, "Trying")
    notify = await raw.expect("NOTIFY")
    assert header(notify, "Event") == "refer"
    assert header(notify, "Subscription-State").startswith("active")
    assert header(notify, "Content-Type") == "message/sipfrag;version=2.0"
    assert header(notify, "Contact")
    assert notify.endswith("\r\n\r\nSIP/2.0 100 Trying\r\n")
    raw.reply(notify, 200, "OK")
    body = {"Event": "refer", "Subscription-State": "active", "Content-Type": "message/sipfrag"}
    unasked = raw.request("NOTIFY", headers=inside(invite, ok, "NOTIFY", 3) | body, body="SIP/2.0 200 OK\r\n")
    raw.send(unasked)
    assert await raw.expect("481")
    raw.close()


async def test_a_party_that_is_there_says_so_and_one_that_forgot_the_call_does_not(pair: Pair) -> None:
    out, leg = await pair.connect()
    assert await is_there(out, 2.0)
    assert await is_there(leg, 2.0)
    leg.endpoint.legs.clear()  # the callee has started anew
    assert not await is_there(out, 2.0)
    give_up(out, "No sign of life")
    assert await next_of(out) == Ended(True, 408, "No sign of life")
    assert not await is_there(out, 2.0)


async def test_a_party_that_does_not_answer_is_not_there(udp: Pair) -> None:
    raw = RawParty(("127.0.0.1", 9))
    out = udp.caller.dial(f"sip:raw@127.0.0.1:{raw.port}", sdp=SDP, caller_user="x")
    invite = await raw.expect("INVITE")
    raw.peer = ("127.0.0.1", udp.caller.endpoint.transports[0].port)
    raw.reply(invite, 200, "OK", body=SDP)
    assert isinstance(await next_of(out), Answered)
    assert not await is_there(out, 0.3)
    raw.close()
    assert not await is_there(out, 2.0)
