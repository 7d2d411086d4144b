"""Session timers: the rules as a table, then two real stacks and a peer that goes silent."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from raw_sip import SDP, RawParty, header, inside
from sip_pair import Pair, next_of, sip_pair

from skipline.voice.sip.leg import Ended, Leg
from skipline.voice.sip.session_timer import (
    SessionSettings,
    SessionTerms,
    agreed_terms,
    answer_headers,
    answer_terms,
    is_too_brief,
    minimum_interval,
    offer_headers,
    refresh_headers,
    requested_interval,
)

USUAL = SessionSettings()
TIMER = {"supported": ["100rel, timer"]}


@pytest.mark.parametrize(
    ("headers", "terms"),
    [
        ({}, SessionTerms(1800, we_refresh=True)),
        ({"session-expires": ["600"]}, SessionTerms(600, we_refresh=True)),
        (TIMER, SessionTerms(1800, we_refresh=False)),
        (TIMER | {"session-expires": ["600"]}, SessionTerms(600, we_refresh=False)),
        (TIMER | {"session-expires": ["600;refresher=uac"]}, SessionTerms(600, we_refresh=False)),
        (TIMER | {"session-expires": ["600 ; refresher=UAS"]}, SessionTerms(600, we_refresh=True)),
        (TIMER | {"min-se": ["3600"]}, SessionTerms(3600, we_refresh=False)),
        ({"session-expires": ["0"]}, SessionTerms(90, we_refresh=True)),
    ],
)
def test_the_called_side_agrees_by_the_table(headers: dict[str, list[str]], terms: SessionTerms) -> None:
    assert answer_terms(headers, USUAL) == terms


@pytest.mark.parametrize(
    ("headers", "terms"),
    [
        ({}, SessionTerms(1800, we_refresh=True, is_announced=False)),
        ({"session-expires": ["900;refresher=uas"]}, SessionTerms(900, we_refresh=False)),
        ({"x": ["900;refresher=uac"]}, SessionTerms(900, we_refresh=True)),
        ({"session-expires": ["0"]}, SessionTerms(1800, we_refresh=True, is_announced=False)),
        ({"session-expires": ["1;refresher=uac"]}, SessionTerms(90, we_refresh=True)),
    ],
)
def test_the_calling_side_takes_what_the_answer_says(headers: dict[str, list[str]], terms: SessionTerms) -> None:
    assert agreed_terms(headers, USUAL) == terms


@pytest.mark.parametrize("value", ["", "soon", "-5", "12345678901", "1e3", "٣٠"])
def test_an_unreadable_interval_counts_as_none(value: str) -> None:
    assert requested_interval({"session-expires": [value]}) is None
    assert minimum_interval({"min-se": [value]}) == 90


def test_who_acts_and_when() -> None:
    assert SessionTerms(1800, we_refresh=True).act_after_seconds == 900
    assert SessionTerms(1800, we_refresh=False).act_after_seconds == 1768
    assert SessionTerms(90, we_refresh=False).act_after_seconds == 60


def test_what_is_written() -> None:
    assert offer_headers(USUAL)["session-expires"] == "1800"
    assert offer_headers(USUAL, 30)["session-expires"] == "90"
    assert answer_headers(SessionTerms(600, we_refresh=False), TIMER)["require"] == "timer"
    assert "require" not in answer_headers(SessionTerms(600, we_refresh=True), TIMER)
    assert refresh_headers(SessionTerms(600, we_refresh=True), USUAL)["session-expires"] == "600;refresher=uac"
    assert "session-expires" not in refresh_headers(SessionTerms(600, True, is_announced=False), USUAL)
    assert is_too_brief({"session-expires": ["89"]}, USUAL)
    assert not is_too_brief({"session-expires": ["90"]}, USUAL)


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    async with sip_pair(session=SessionSettings(interval_seconds=2, min_seconds=1)) as found:
        yield found


@pytest.fixture
def raw(pair: Pair) -> AsyncIterator[RawParty]:
    party = RawParty((pair.host, pair.port))
    yield party
    party.close()


async def _call_in(pair: Pair, raw: RawParty, extra: str) -> tuple[Leg, str, str]:
    invite = raw.request(body=SDP, extra=extra)
    raw.send(invite)
    leg = await asyncio.wait_for(pair.arrived.get(), 2)
    leg.answer(SDP)
    ok = await raw.expect("200")
    raw.send(raw.request("ACK", headers=inside(invite, ok, "ACK", 1)))
    return leg, invite, ok


async def test_two_stacks_keep_a_call_up_past_its_interval(pair: Pair) -> None:
    out, leg = await pair.connect()
    assert out.refresher.terms == SessionTerms(2, we_refresh=True)
    assert leg.refresher.terms == SessionTerms(2, we_refresh=False)
    await asyncio.sleep(3)
    assert not out.is_over and not leg.is_over
    out.hang_up()
    await next_of(leg)


async def test_a_peer_that_stops_refreshing_is_hung_up(pair: Pair, raw: RawParty) -> None:
    leg, _, ok = await _call_in(pair, raw, "Session-Expires: 2;refresher=uac\r\nSupported: timer\r\n")
    assert header(ok, "Session-Expires") == "2;refresher=uac" and header(ok, "Require") == "timer"
    bye = await raw.expect("BYE")
    assert "session timer" in header(bye, "Reason")
    assert await next_of(leg) == Ended(True, 408, "The session timer ran out")


async def test_we_refresh_for_a_peer_without_timers_and_notice_that_it_is_gone(pair: Pair, raw: RawParty) -> None:
    leg, _, _ = await _call_in(pair, raw, "")
    refresh = await raw.expect("INVITE")
    assert header(refresh, "Session-Expires") == "2;refresher=uac" and refresh.endswith(SDP)
    raw.reply(refresh, 200, "OK", body=SDP)
    await raw.expect("ACK")
    assert not leg.is_over
    again = await raw.expect("INVITE")
    raw.reply(again, 481, "Gone")
    assert await next_of(leg) == Ended(True, 481, "The peer is gone")


async def test_a_target_without_timers_may_refuse_the_refresh_and_keeps_its_call(pair: Pair, raw: RawParty) -> None:
    out = pair.caller.dial(f"sip:x@127.0.0.1:{raw.port}", sdp=SDP, caller_user="a")
    raw.reply(await raw.expect("INVITE"), 200, "OK", body=SDP)
    await raw.expect("ACK")
    for _ in range(3):
        raw.reply(await raw.expect("INVITE"), 488, "Not Acceptable Here")
        await raw.expect("ACK")
    assert not out.is_over
    out.hang_up()


async def test_update_refreshes_are_answered(pair: Pair, raw: RawParty) -> None:
    leg, invite, ok = await _call_in(pair, raw, "Session-Expires: 2;refresher=uac\r\nSupported: timer\r\n")
    for number in range(2, 6):
        await asyncio.sleep(0.6)
        more = "Session-Expires: 2;refresher=uac\r\nSupported: timer\r\n"
        raw.send(raw.request("UPDATE", headers=inside(invite, ok, "UPDATE", number), extra=more))
        assert header(await raw.expect("200"), "Session-Expires") == "2;refresher=uac"
    assert not leg.is_over
    leg.hang_up()


async def test_a_longer_minimum_is_taken_from_a_422(pair: Pair, raw: RawParty) -> None:
    out = pair.caller.dial(f"sip:x@127.0.0.1:{raw.port}", sdp=SDP, caller_user="a")
    first = await raw.expect("INVITE")
    assert (header(first, "Session-Expires"), header(first, "Min-SE")) == ("2", "1")
    assert "timer" in header(first, "Supported")
    raw.reply(first, 422, "Session Interval Too Small", extra="Min-SE: 200\r\n")
    await raw.expect("ACK")
    second = await raw.expect("INVITE")
    assert header(second, "Session-Expires") == "200"
    assert header(second, "Call-ID") == header(first, "Call-ID")
    raw.reply(second, 486, "Busy Here")
    assert await next_of(out) is not None
