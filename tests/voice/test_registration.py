"""REGISTER with a carrier: a real socket that challenges, shortens, refuses and comes back."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from raw_sip import RawParty, digest_is_right, header
from sip_pair import Pair, sip_pair

from skipline.voice.registration import (
    Account,
    RegisterResult,
    Registrant,
    keep_registered,
    pause_seconds,
)

ASKS = 'WWW-Authenticate: Digest realm="carrier",nonce="abc",qop="auth"\r\n'


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    async with sip_pair() as found:
        yield found


@pytest.fixture
def carrier(pair: Pair) -> AsyncIterator[RawParty]:
    party = RawParty((pair.host, pair.port))
    yield party
    party.close()


def account(carrier: RawParty) -> Account:
    return Account(f"127.0.0.1:{carrier.port}", "trunk1", "s3cret", expires_seconds=600)


def grant(carrier: RawParty, request: str, seconds: int) -> None:
    extra = f"Contact: <sip:other@192.0.2.1>;expires=5\r\nContact: {header(request, 'Contact')};expires={seconds}\r\n"
    carrier.reply(request, 200, "OK", extra=extra)


async def test_a_registration_answers_the_challenge_and_takes_the_granted_time(pair: Pair, carrier: RawParty) -> None:
    registrant = Registrant(pair.caller, account(carrier))
    asking = asyncio.create_task(registrant.register())
    first = await carrier.expect("REGISTER")
    assert first.startswith("REGISTER sip:127.0.0.1 SIP/2.0")
    assert header(first, "To") == "<sip:trunk1@127.0.0.1>" and header(first, "Expires") == "600"
    carrier.reply(first, 401, "Unauthorized", extra=ASKS)
    second = await carrier.expect("REGISTER")
    assert digest_is_right(header(second, "Authorization"), "s3cret", "REGISTER")
    assert header(second, "Call-ID") == header(first, "Call-ID")
    grant(carrier, second, 120)
    assert await asking == RegisterResult(True, 120.0, 200, "OK")


async def test_a_423_is_answered_with_a_longer_time(pair: Pair, carrier: RawParty) -> None:
    asking = asyncio.create_task(Registrant(pair.caller, account(carrier)).register(60))
    carrier.reply(await carrier.expect("REGISTER"), 423, "Interval Too Brief", extra="Min-Expires: 900\r\n")
    again = await carrier.expect("REGISTER")
    assert header(again, "Expires") == "900"
    carrier.reply(again, 200, "OK", extra="Expires: 900\r\n")
    assert (await asking).granted_seconds == 900


async def test_it_registers_again_at_60_per_cent_and_tells_each_change_once(pair: Pair, carrier: RawParty) -> None:
    told: list[RegisterResult] = []
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    keeping = asyncio.create_task(keep_registered(pair.caller, account(carrier), told.append, sleep=sleep))
    for code in (200, 200, 503, 200):
        request = await carrier.expect("REGISTER")
        if code == 200:
            grant(carrier, request, 100)
        else:
            carrier.reply(request, code, "Busy", extra="Retry-After: 30\r\n")
    await carrier.expect("REGISTER")
    keeping.cancel()
    removal = await carrier.expect("REGISTER")
    assert header(removal, "Expires") == "0"
    carrier.reply(removal, 200, "OK")
    with pytest.raises(asyncio.CancelledError):
        await keeping
    assert pauses == [60.0, 60.0, 30.0, 60.0]
    assert [(one.is_registered, one.code) for one in told] == [(True, 200), (False, 503), (True, 200)]


def test_pauses_grow_with_failures_and_respect_refusals() -> None:
    lost = RegisterResult(False, 0, 408, "No reply")
    pauses = [pause_seconds(lost, failures) for failures in range(1, 12)]
    assert 5 <= pauses[0] <= 6.25 and 10 <= pauses[1] <= 12.5
    assert 300 <= pauses[-1] <= 375
    assert pause_seconds(RegisterResult(False, 0, 403, "Forbidden"), 1) == 120
    assert pause_seconds(RegisterResult(False, 0, 503, "Busy", 99999.0), 1) == 300
    assert pause_seconds(RegisterResult(True, 0.5, 200, "OK"), 0) == 1.0
