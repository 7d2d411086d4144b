"""Digest: the examples of the RFCs, then a carrier on a real socket that checks with nothing but hashlib."""

from collections.abc import AsyncIterator

import pytest
from raw_sip import SDP, RawParty, digest_is_right, header
from sip_pair import HOLD, Pair, next_of, sip_pair

from skipline.voice.sip.digest import (
    Challenge,
    Credentials,
    answer_challenge,
    choose_challenge,
    digest_response,
    parse_challenge,
)
from skipline.voice.sip.leg import Answered, Failed, OfferRefused

MUFASA = Credentials("Mufasa", "Circle of Life")
NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
LOGIN = Credentials("trunk1", "s3cret")
ASKS = 'Digest realm="carrier, inc",nonce="abc",qop="auth",algorithm=MD5,opaque="o1"'


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616(algorithm: str, expected: str) -> None:
    challenge = Challenge("http-auth@example.org", NONCE, algorithm, "", ("auth", "auth-int"))
    assert digest_response(challenge, MUFASA, "GET", "/dir/index.html", CNONCE) == expected


def test_the_example_of_rfc_2069_without_qop() -> None:
    challenge = Challenge("testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093", "MD5", "", ())
    credentials = Credentials("Mufasa", "CircleOfLife")
    answer = answer_challenge(challenge, credentials, "GET", "/dir/index.html")
    assert 'response="1949323746fe6a43ef61f9606e7febea"' in answer
    assert "cnonce" not in answer


def test_challenges_are_read_with_commas_and_quotes_in_them() -> None:
    challenge = parse_challenge(ASKS.replace("inc", r"\"inc\""))
    assert challenge == Challenge('carrier, "inc"', "abc", "MD5", "o1", ("auth",))
    assert parse_challenge("Basic realm=x") is None
    assert parse_challenge('Digest realm="x"') is None


def test_the_first_challenge_that_we_can_answer_is_chosen() -> None:
    unknown = 'Digest realm="x",nonce="1",algorithm=FOO-1'
    integrity = 'Digest realm="x",nonce="2",qop="auth-int"'
    chosen = choose_challenge([unknown, integrity, 'Digest realm="x",nonce="3",algorithm=SHA-256,qop=auth'], LOGIN)
    assert chosen is not None and chosen.nonce == "3"
    assert choose_challenge(['Digest realm="other",nonce="1"'], Credentials("a", "b", realm="mine")) is None


def test_a_password_is_not_shown() -> None:
    assert "s3cret" not in repr(LOGIN)


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    async with sip_pair() as found:
        yield found


@pytest.fixture
def carrier(pair: Pair) -> AsyncIterator[RawParty]:
    party = RawParty((pair.host, pair.port))
    yield party
    party.close()


@pytest.mark.parametrize(
    ("code", "asks", "answers"),
    [(401, "WWW-Authenticate", "Authorization"), (407, "Proxy-Authenticate", "Proxy-Authorization")],
)
async def test_a_challenge_to_our_invite_is_answered_once(
    pair: Pair, carrier: RawParty, code: int, asks: str, answers: str
) -> None:
    uri = f"sip:+31201234567@127.0.0.1:{carrier.port}"
    out = pair.caller.dial(uri, sdp=SDP, caller_user="trunk1", credentials=LOGIN)
    first = await carrier.expect("INVITE")
    assert not header(first, answers)
    carrier.reply(first, code, "Who Are You", extra=f"{asks}: {ASKS}\r\n")
    await carrier.expect("ACK")
    second = await carrier.expect("INVITE")
    assert digest_is_right(header(second, answers), "s3cret", "INVITE")
    assert int(header(second, "CSeq").split()[0]) == int(header(first, "CSeq").split()[0]) + 1
    carrier.reply(second, 200, "OK", body=SDP)
    assert await next_of(out) == Answered(SDP)
    await carrier.expect("ACK")
    out.offer(HOLD)
    hold = await carrier.expect("INVITE")
    carrier.reply(hold, code, "Who Are You", extra=f"{asks}: {ASKS}\r\n")
    assert await next_of(out) == OfferRefused(code, "Who Are You"), "no answer inside a call"


async def test_a_second_challenge_or_one_without_a_login_fails(pair: Pair, carrier: RawParty) -> None:
    uri = f"sip:x@127.0.0.1:{carrier.port}"
    for credentials in (LOGIN, None):
        out = pair.caller.dial(uri, sdp=SDP, caller_user="a", credentials=credentials)
        for _ in range(2 if credentials else 1):
            invite = await carrier.expect("INVITE")
            carrier.reply(invite, 407, "Again", extra=f"Proxy-Authenticate: {ASKS}\r\n")
        assert await next_of(out) == Failed(407, "Again", None)
        await carrier.expect("ACK")
