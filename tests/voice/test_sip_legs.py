"""Call legs over real sockets: both sides are ours, or one side is written by hand."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator

import pytest
from raw_sip import SDP, RawParty, header, inside, status
from sip_pair import HELD, HOLD, Pair, next_of, sip_pair

from skipline.voice.sip.leg import (
    Answered,
    Digit,
    Ended,
    Failed,
    Leg,
    OfferAnswered,
    Offered,
    OfferRefused,
    Progressed,
    Referred,
)

WAYS = [("127.0.0.1", "udp"), ("127.0.0.1", "tcp"), ("::1", "udp"), ("::1", "tcp")]


@pytest.fixture(params=WAYS, ids=lambda way: f"{way[1]}-{way[0]}")
async def pair(request: pytest.FixtureRequest) -> AsyncIterator[Pair]:
    async with sip_pair(*request.param) as found:
        yield found


@pytest.fixture
async def udp() -> AsyncIterator[Pair]:
    async with sip_pair() as found:
        yield found


@pytest.fixture
def raw(udp: Pair) -> AsyncIterator[RawParty]:
    party = RawParty((udp.host, udp.port))
    yield party
    party.close()


async def test_a_call_rings_is_answered_held_and_ended(pair: Pair) -> None:
    out, leg = await pair.ring(caller_name='Zoë "Z" Née', headers={"X-Skipline-Run": "r1\r\nX-Evil: 1"})
    assert leg.invite is not None
    assert (leg.invite.from_name, leg.invite.transport, leg.invite.sdp) == ('Zoë "Z" Née', pair.transport, SDP)
    assert leg.invite.from_uri.startswith("sip:+31612345678@")
    assert leg.invite.headers["x-skipline-run"] == ["r1 X-Evil: 1"]
    leg.ring()
    leg.ring(183, SDP)
    assert await next_of(out) == Progressed(180, "Ringing", None)
    assert await next_of(out) == Progressed(183, "Session Progress", SDP)
    leg.answer(SDP)
    assert await next_of(out) == Answered(SDP)
    await asyncio.sleep(0.05)
    out.offer(HOLD)
    assert await next_of(leg) == Offered(HOLD)
    leg.answer_offer(HELD)
    assert await next_of(out) == OfferAnswered(HELD)
    leg.offer(HOLD)
    assert await next_of(out) == Offered(HOLD)
    out.refuse_offer(488, "Not Acceptable Here")
    assert await next_of(leg) == OfferRefused(488, "Not Acceptable Here")
    leg.hang_up()
    assert await next_of(leg) == Ended(False, 200, "Hung up")
    assert await next_of(out) == Ended(True, 200, "Hung up")
    assert out.ended.is_set()


async def test_a_refusal_carries_code_reason_and_retry_after(pair: Pair) -> None:
    out, leg = await pair.ring()
    leg.refuse(503, "Too Busy", {"Retry-After": "7 (soon)"})
    assert await next_of(out) == Failed(503, "Too Busy", 7.0)
    assert await next_of(leg) == Ended(False, 503, "Too Busy")


async def test_hanging_up_while_it_rings_cancels(pair: Pair) -> None:
    out, leg = await pair.ring()
    leg.ring()
    await next_of(out)
    out.hang_up()
    assert await next_of(out) == Ended(False, 200, "Hung up")
    assert await next_of(leg) == Ended(True, 487, "Cancelled")


async def test_hanging_up_at_once_cancels_too(pair: Pair) -> None:
    out = pair.caller.dial(pair.uri, sdp=SDP, caller_user="a")
    out.hang_up()
    leg = await asyncio.wait_for(pair.arrived.get(), 3)
    assert await next_of(leg) == Ended(True, 487, "Cancelled")


async def test_ring_time_ends_the_leg_and_cancels(udp: Pair) -> None:
    out, leg = await udp.ring(ring_seconds=0.2)
    leg.ring()
    assert isinstance(await next_of(out), Progressed)
    assert await next_of(out) == Failed(408, "Ring time over", None)
    assert await next_of(leg) == Ended(True, 487, "Cancelled")


async def test_a_late_offer_is_answered_in_the_ack(pair: Pair) -> None:
    out, leg = await pair.ring(sdp=None)
    assert leg.invite is not None and leg.invite.sdp is None
    leg.answer(SDP)
    assert await next_of(out) == Answered(SDP)
    out.answer_offer(HELD)
    assert await next_of(leg) == OfferAnswered(HELD)
    out.offer(None)
    assert await next_of(leg) == Offered(None)
    leg.answer_offer(HOLD)
    assert await next_of(out) == OfferAnswered(HOLD)
    out.answer_offer(SDP)
    assert await next_of(leg) == OfferAnswered(SDP)
    assert leg.remote_sdp == SDP


async def test_offers_that_meet_are_tried_again(udp: Pair) -> None:
    out, leg = await udp.connect()
    out.offer(HOLD)
    leg.offer(HELD)
    # The caller's side owns the Call-ID and waits longer, so the answering side's offer goes through first.
    assert await next_of(out, 6) == Offered(HELD)
    out.answer_offer(SDP)
    assert await next_of(leg, 6) == OfferAnswered(SDP)
    assert await next_of(leg, 6) == Offered(HOLD)
    leg.answer_offer(SDP)
    assert await next_of(out, 6) == OfferAnswered(SDP)


async def test_an_unchanged_offer_is_a_refresh_that_nobody_hears_of(udp: Pair) -> None:
    out, leg = await udp.connect()
    out.offer(SDP)
    assert await next_of(out) == OfferAnswered(SDP)
    leg.hang_up()
    assert await next_of(leg) == Ended(False, 200, "Hung up")


async def test_commands_that_come_too_late_do_nothing(udp: Pair) -> None:
    out, leg = await udp.connect()
    leg.ring()
    leg.refuse(486, "Busy Here")
    leg.answer(HOLD)
    leg.answer_offer(HOLD)
    leg.refuse_offer()
    leg.hang_up()
    for command in (leg.hang_up, leg.ring, lambda: leg.offer(HOLD), lambda: leg.answer_offer(HOLD)):
        command()
    assert await next_of(out) == Ended(True, 200, "Hung up")
    assert await next_of(leg) == Ended(False, 200, "Hung up")
    with pytest.raises(TimeoutError):
        await next_of(leg, 0.1)


async def test_dead_targets_fail_at_once(udp: Pair) -> None:
    closed = RawParty(("127.0.0.1", 9))
    port = closed.port
    closed.close()
    for transport in ("udp", "tcp"):
        out = udp.caller.dial(f"sip:x@127.0.0.1:{port};transport={transport}", sdp=SDP, caller_user="a")
        assert await next_of(out, 2) == Failed(503, "Nobody listens there", None)
    out = udp.caller.dial("sip:x@nowhere.invalid", sdp=SDP, caller_user="a")
    assert await next_of(out, 5) == Failed(503, "The name nowhere.invalid is unknown", None)
    out = udp.caller.dial("sip:x@[::1]:5099", sdp=SDP, caller_user="a")
    assert await next_of(out, 2) == Failed(503, "We have no udp socket that reaches ::1", None)


@pytest.mark.parametrize(
    "uri", ["tel:+31201234567", "sips:a@b", "sip:a@b;transport=tls", "sip:a@b:99999", "sip:a@b\r\nX: y", "nope"]
)
async def test_what_cannot_be_dialled_is_said_at_once(udp: Pair, uri: str) -> None:
    with pytest.raises(ValueError, match=r".{20}"):
        udp.caller.dial(uri, sdp=SDP, caller_user="a")


async def test_a_silent_target_fails_after_the_first_reply_time(udp: Pair, raw: RawParty) -> None:
    out = udp.caller.dial(f"sip:x@127.0.0.1:{raw.port}", sdp=SDP, caller_user="a", first_reply_seconds=0.3)
    assert await next_of(out) == Failed(408, "No reply", None)
    invite = await raw.expect("INVITE")
    raw.reply(invite, 180, "Ringing")
    await raw.expect("CANCEL")


async def test_an_answer_that_crosses_the_cancel_is_acknowledged_and_ended(udp: Pair, raw: RawParty) -> None:
    out = udp.caller.dial(f"sip:x@127.0.0.1:{raw.port}", sdp=SDP, caller_user="a")
    invite = await raw.expect("INVITE")
    raw.reply(invite, 180, "Ringing")
    await next_of(out)
    out.hang_up()
    await raw.expect("CANCEL")
    raw.reply(invite, 200, "OK", body=SDP)
    ack = await raw.expect("ACK")
    bye = await raw.expect("BYE")
    assert header(ack, "To").endswith("tag=rawtag") and header(bye, "To").endswith("tag=rawtag")


async def test_an_ack_to_a_refusal_goes_where_the_invite_went(udp: Pair, raw: RawParty) -> None:
    out = udp.caller.dial(f"sip:x@127.0.0.1:{raw.port}", sdp=SDP, caller_user="a")
    invite = await raw.expect("INVITE")
    raw.reply(invite, 486, "Busy Here", extra="Record-Route: <sip:127.0.0.1:9;lr>\r\n")
    assert await next_of(out) == Failed(486, "Busy Here", None)
    ack = await raw.expect("ACK")
    assert ack.split(" ")[1] == invite.split(" ")[1]
    assert header(ack, "Via") == header(invite, "Via")


async def test_record_routes_are_followed(udp: Pair, raw: RawParty) -> None:
    far = RawParty((udp.host, udp.port))
    out = udp.caller.dial(f"sip:x@127.0.0.1:{raw.port}", sdp=SDP, caller_user="a")
    invite = await raw.expect("INVITE")
    routes = f"Record-Route: <sip:10.0.0.9;lr>\r\nRecord-Route: <sip:127.0.0.1:{far.port};lr>\r\n"
    raw.reply(invite, 200, "OK", extra=routes, body=SDP)
    ack = await far.expect("ACK")
    assert header(ack, "Route") == f"<sip:127.0.0.1:{far.port};lr>"
    await next_of(out)
    out.hang_up()
    bye = await far.expect("BYE")
    assert bye.startswith(f"BYE sip:raw@127.0.0.1:{raw.port} ")
    far.close()


async def test_a_second_phone_behind_a_fork_is_let_go(udp: Pair, raw: RawParty) -> None:
    out = udp.caller.dial(f"sip:x@127.0.0.1:{raw.port}", sdp=SDP, caller_user="a")
    invite = await raw.expect("INVITE")
    raw.reply(invite, 200, "OK", body=SDP)
    assert await next_of(out) == Answered(SDP)
    await raw.expect("ACK")
    raw.reply(
        invite.replace("\r\nTo: ", "\r\nTo: ").replace(header(invite, "To"), header(invite, "To") + ";tag=two"),
        200,
        "OK",
    )
    ack, bye = await raw.expect("ACK"), await raw.expect("BYE")
    assert header(ack, "To").endswith(";tag=two") and header(bye, "To").endswith(";tag=two")
    assert header(ack, "CSeq").split()[0] == header(invite, "CSeq").split()[0]
    assert not out.is_over


async def test_one_call_on_two_ways_is_one_call(udp: Pair, raw: RawParty) -> None:
    invite = raw.request(body=SDP)
    raw.send(invite)
    await asyncio.wait_for(udp.arrived.get(), 3)
    raw.send(invite.replace("branch=z9hG4bKraw", "branch=z9hG4bKother"))
    await raw.expect("482")
    assert udp.arrived.empty()


async def test_a_lost_connection_is_made_anew_for_the_bye() -> None:
    async with sip_pair(transport="tcp") as pair:
        out, leg = await pair.connect()
        for connection in list(pair.caller.endpoint.transports[1].connections.values()):  # type: ignore[attr-defined]
            connection.close()
        await asyncio.sleep(0.1)
        leg.hang_up()
        assert await next_of(out) == Ended(True, 200, "Hung up")


async def _answered(udp: Pair, raw: RawParty, **headers: str) -> tuple[Leg, str, str]:
    invite = raw.request(body=SDP, headers={name.replace("_", "-"): value for name, value in headers.items()})
    raw.send(invite)
    leg = await asyncio.wait_for(udp.arrived.get(), 3)
    leg.answer(SDP)
    ok = await raw.expect("200")
    return leg, invite, ok


def _ack(raw: RawParty, invite: str, ok: str, body: str = "") -> None:
    raw.send(raw.request("ACK", headers=inside(invite, ok, "ACK", 1), body=body))


async def test_every_method_inside_a_call_gets_an_answer(udp: Pair, raw: RawParty) -> None:
    leg, invite, ok = await _answered(udp, raw)
    _ack(raw, invite, ok)
    expected = {"OPTIONS": 200, "INFO": 200, "MESSAGE": 405, "PRACK": 481, "UPDATE": 200, "REFER": 603, "FOO": 405}
    for number, (method, code) in enumerate(expected.items(), start=2):
        extra = "Refer-To: <sip:elsewhere@127.0.0.1>\r\n" if method == "REFER" else ""
        raw.send(raw.request(method, headers=inside(invite, ok, method, number), extra=extra))
        assert status(await raw.receive()) == code, method
    raw.send(raw.request("OPTIONS", headers=inside(invite, ok, "OPTIONS", 3)))
    assert status(await raw.receive()) == 500, "a request out of order"
    raw.send(raw.request("OPTIONS", headers=inside(invite, ok, "OPTIONS", 20), extra="Require: 100rel\r\n"))
    refused = await raw.receive()
    assert (status(refused), header(refused, "Unsupported")) == (420, "100rel")
    raw.send(raw.request("BYE", headers=inside(invite, ok, "BYE", 21)))
    assert status(await raw.receive()) == 200
    assert await next_of(leg) == Ended(True, 200, "Hung up")


async def test_an_update_with_sdp_is_an_offer(udp: Pair, raw: RawParty) -> None:
    leg, invite, ok = await _answered(udp, raw)
    _ack(raw, invite, ok)
    raw.send(raw.request("UPDATE", headers=inside(invite, ok, "UPDATE", 2), body=HOLD))
    assert await next_of(leg) == Offered(HOLD)
    leg.answer_offer(HELD)
    answer = await raw.expect("200")
    assert answer.endswith(HELD) and header(answer, "CSeq") == "2 UPDATE"


async def test_digits_in_info_and_a_transfer_that_is_wanted(udp: Pair, raw: RawParty) -> None:
    leg, invite, ok = await _answered(udp, raw)
    _ack(raw, invite, ok)
    leg.accepts_refer = True
    relay = inside(invite, ok, "INFO", 2) | {"Content-Type": "application/dtmf-relay"}
    raw.send(raw.request("INFO", headers=relay, body="Signal=5\r\nDuration=160\r\n"))
    plain = inside(invite, ok, "INFO", 3) | {"Content-Type": "application/dtmf"}
    raw.send(raw.request("INFO", headers=plain, body="#"))
    refer = inside(invite, ok, "REFER", 4)
    raw.send(raw.request("REFER", headers=refer, extra="Refer-To: <sip:bob@127.0.0.1>\r\n"))
    assert [await next_of(leg) for _ in range(3)] == [Digit("5"), Digit("#"), Referred("sip:bob@127.0.0.1")]


async def test_a_bye_waits_for_the_ack(udp: Pair, raw: RawParty) -> None:
    leg, invite, ok = await _answered(udp, raw)
    leg.hang_up()
    assert await next_of(leg) == Ended(False, 200, "Hung up")
    await raw.expect_silence(0.2)
    _ack(raw, invite, ok)
    await raw.expect("BYE")


async def test_the_answer_is_repeated_until_the_ack_comes(udp: Pair, raw: RawParty) -> None:
    _, invite, ok = await _answered(udp, raw)
    assert await raw.receive(1.5) == ok
    _ack(raw, invite, ok)
    await raw.expect_silence(1.3)


async def test_a_repeated_invite_makes_no_second_call(udp: Pair, raw: RawParty) -> None:
    invite = raw.request(body=SDP)
    for _ in range(3):
        raw.send(invite)
    await asyncio.wait_for(udp.arrived.get(), 3)
    await asyncio.sleep(0.1)
    assert udp.arrived.empty()


async def test_bye_while_it_rings_ends_the_call(udp: Pair, raw: RawParty) -> None:
    invite = raw.request(body=SDP)
    raw.send(invite)
    leg = await asyncio.wait_for(udp.arrived.get(), 3)
    leg.ring()
    ringing = await raw.expect("180")
    raw.send(raw.request("BYE", headers=inside(invite, ringing, "BYE", 2)))
    codes = {status(await raw.receive()), status(await raw.receive())}
    assert codes == {200, 487}
    assert await next_of(leg) == Ended(True, 200, "Hung up")


async def test_the_487_after_a_cancel_belongs_to_the_ringing_dialog(udp: Pair, raw: RawParty) -> None:
    invite = raw.request(body=SDP)
    raw.send(invite)
    (await asyncio.wait_for(udp.arrived.get(), 3)).ring()
    ringing = await raw.expect("180")
    raw.send(invite.replace("INVITE", "CANCEL").replace(SDP, "").replace(f": {len(SDP)}", ": 0"))
    terminated = await raw.expect("487")
    assert header(terminated, "To") == header(ringing, "To")


async def test_a_contact_behind_nat_or_with_odd_transport_still_gets_its_bye(udp: Pair, raw: RawParty) -> None:
    for contact in (f"<sip:a@127.0.0.1:{raw.port};transport=UDP>", f"<sip:a@127.0.0.1:{raw.port};transport=foo>"):
        leg, invite, ok = await _answered(udp, raw, Contact=contact)
        _ack(raw, invite, ok)
        await asyncio.sleep(0.05)
        leg.hang_up()
        bye = await raw.expect("BYE")
        raw.reply(bye, 200, "OK")


async def test_ended_legs_are_freed_without_a_collection(udp: Pair) -> None:
    gc.collect()
    gc.disable()
    try:
        dead = []
        for _ in range(3):
            out, leg = await udp.connect()
            out.offer(HOLD)
            await next_of(leg)
            leg.answer_offer(HELD)
            await next_of(out)
            out.hang_up()
            await next_of(leg)
            dead += [weakref.ref(out), weakref.ref(leg)]
        del out, leg
        await asyncio.sleep(5.5)
        assert udp.callee.legs == [] and udp.caller.legs == []
        assert [ref() for ref in dead] == [None] * 6
    finally:
        gc.enable()
