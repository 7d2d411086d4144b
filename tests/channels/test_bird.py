"""Bird's and MessageBird's signatures, known answers and what must not count; and payloads that are broken."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import msgspec
import pytest
from channel_cases import RECEIVED_AT, account, delivery_of, recordings, replaced, secrets_of, settings_of
from channel_fuzz import fuzz
from channel_mutations import RAW_TRAPS
from hypothesis import given
from hypothesis import strategies as st
from sign_bird import sign, sign_token, sign_with, token_of, with_headers

from skipline.channels.bird.channel import Bird
from skipline.channels.bird.signature import bird_signature, messagebird_signature
from skipline.model.lookup import HttpResponse
from skipline.model.message import Channel, MessageBody
from skipline.model.messaging import (
    Accepted,
    Delivery,
    DeliveryRefused,
    Outbound,
    Received,
    Refused,
    StateTold,
    Uncertain,
)

KEY = "secureSigningKey"
SECRETS = {"signing": KEY, "key": "AbC", "empty": ""}.__getitem__
BIRD = Bird(workspace="w", sms_channel="s", whatsapp_channel="wa", secret="key", signing_secret="signing")
MESSAGEBIRD = replace(BIRD, api="messagebird", originator="+31201234567")
URL = "https://support.example.com/hooks/bird/shop?x=1&y=2"
BODY = b'{"service":"channels","name":"M\\u00fcller","a\\/b":1}'
DELIVERY = Delivery(method="POST", url=URL, headers=(), body=BODY, received_at=RECEIVED_AT)
SIGNATURE, STAMP, TOKEN = "messagebird-signature", "messagebird-request-timestamp", "messagebird-signature-jwt"
OLD_QUERY = {
    "recipient": "31612345678",
    "reference": "FOO",
    "statusDatetime": "2019-01-11T09:17:11+00:00",
    "id": "eef0ab57a9e049be946f3821568c2b2e",
    "status": "delivered",
    "mccmnc": "20408",
    "ported": "1",
}
GO_KEY = "36efdd1aace2e26cd490f0d951138253bef2f7c6d34d18981da781555cc4cebb"
GO_TOKEN = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI1NDc5MjYwLCJqd"
    "GkiOiI5M2U1NTAwNi1hMGU4LTQ1MjYtYTE5MC1mYTVmZjAwZWExMTYiLCJ1cmxfaGFzaCI6IjQxZjA1ZjBkZGQwYTIyYWIyMDlhYzQ2ZjQ3YzQ1Nz"
    "JkOWNlZmEyNTdlZDc0YjI0MDA0YmFlNzUzZWNlNmMyNjAiLCJwYXlsb2FkX2hhc2giOiJkZmZkNjAyMWJiMmJkNWIwYWY2NzYyOTA4MDllYzNhNTM"
    "xOTFkZDgxYzdmNzBhNGIyODY4OGEzNjIxODI5ODZmIn0._H--TOuYFLpeEH39-rg5E3IHVkjHozBcaKVWPRC5m9I"
)


def refused(settings: Bird, delivery: Delivery, secrets: Callable[[str], str] = SECRETS) -> DeliveryRefused:
    with pytest.raises(DeliveryRefused) as caught:
        settings.verify(delivery, secrets)
    return caught.value


def test_the_known_answer_of_bird() -> None:
    right = bird_signature(KEY, "1700000000", "https://domain.com/webhook/bird", b'{"foo":"bar"}')
    assert right == "pLeExlr6lIvuFDWHETrRxnCuBOpjR8j531kVdU0uxkA="
    headers = ((SIGNATURE, right), (STAMP, "1700000000"))
    at = datetime.fromtimestamp(1_700_000_060, UTC)
    url = "https://domain.com/webhook/bird"
    BIRD.verify(Delivery(method="POST", url=url, headers=headers, body=b'{"foo":"bar"}', received_at=at), SECRETS)


@pytest.mark.parametrize(
    ("body", "right"),
    [
        (b"", "KVBdcVdz2lYMwcBLZCRITgxUfA/WkwSi+T3Wxl2HL6w="),
        (b'{"foo":"bar"}', "2bl+38H4oHVg03pC3bk2LvCB0IHFgfC4cL5HPQ0LdmI="),
    ],
)
def test_the_known_answers_of_messagebird_before_tokens(body: bytes, right: str) -> None:
    key = "PlLrKaqvZNRR5zAjm42ZT6q1SQxgbbGd"
    assert messagebird_signature(key, "1547198231", urlencode(OLD_QUERY), body) == right
    delivery = Delivery(
        method="GET",
        url=f"https://x.example/hooks/bird/shop?{urlencode(OLD_QUERY)}",
        headers=((SIGNATURE, right), (STAMP, "1547198231")),
        body=body,
        received_at=datetime.fromtimestamp(1_547_198_232, UTC),
    )
    MESSAGEBIRD.verify(delivery, {"signing": key}.__getitem__)
    changed = msgspec.structs.replace(delivery, url=delivery.url.replace("FOO", "BAR"))
    refused(MESSAGEBIRD, changed, {"signing": key}.__getitem__)


def test_the_known_answer_of_messagebirds_tokens() -> None:
    """A vector of MessageBird's Go SDK (signature_jwt/testdata/reference.json)."""
    delivery = Delivery(
        method="POST",
        url="https://example.com/path?bar=1&foo=2",
        headers=((TOKEN, GO_TOKEN),),
        body=b"Hello, World!",
        received_at=datetime.fromtimestamp(1_625_479_230, UTC),
    )
    secrets = {"signing": GO_KEY}.__getitem__
    MESSAGEBIRD.verify(delivery, secrets)
    refused(MESSAGEBIRD, replaced(delivery, b"Hello, World?"), secrets)
    refused(MESSAGEBIRD, msgspec.structs.replace(delivery, url=delivery.url.replace("bar=1", "bar=9")), secrets)
    refused(MESSAGEBIRD, msgspec.structs.replace(delivery, received_at=RECEIVED_AT), secrets)


@pytest.mark.parametrize("settings", [BIRD, MESSAGEBIRD], ids=["bird", "messagebird"])
def test_what_is_signed_right_counts(settings: Bird) -> None:
    settings.verify(sign(DELIVERY, settings, SECRETS), SECRETS)
    settings.verify(sign(replaced(DELIVERY, b""), settings, SECRETS), SECRETS)


@pytest.mark.parametrize("settings", [BIRD, MESSAGEBIRD], ids=["bird", "messagebird"])
class TestNeitherCounts:
    def test_without_headers(self, settings: Bird) -> None:
        assert refused(settings, DELIVERY).status == 403

    def test_with_empty_headers(self, settings: Bird) -> None:
        refused(settings, with_headers(DELIVERY, {SIGNATURE: "", STAMP: "", TOKEN: ""}))

    def test_without_the_time(self, settings: Bird) -> None:
        signed = sign_with(DELIVERY, KEY)
        refused(settings, msgspec.structs.replace(signed, headers=signed.headers[:1]))

    def test_with_another_secret(self, settings: Bird) -> None:
        refused(settings, sign(DELIVERY, settings, {"signing": "other"}.__getitem__))

    def test_with_a_byte_changed(self, settings: Bird) -> None:
        signed = sign(DELIVERY, settings, SECRETS)
        for place in range(len(BODY)):
            changed = bytearray(BODY)
            changed[place] ^= 1
            refused(settings, replaced(signed, bytes(changed)))

    def test_encoded_anew(self, settings: Bird) -> None:
        signed = sign(DELIVERY, settings, SECRETS)
        refused(settings, replaced(signed, json.dumps(json.loads(BODY)).encode()))
        refused(settings, replaced(signed, json.dumps(json.loads(BODY), ensure_ascii=False).encode()))

    def test_for_another_address(self, settings: Bird) -> None:
        signed = sign(DELIVERY, settings, SECRETS)
        refused(settings, msgspec.structs.replace(signed, url=URL.replace("shop?", "other_shop?")))
        refused(settings, msgspec.structs.replace(signed, url=URL.replace("x=1", "x=2")))

    def test_with_a_header_twice(self, settings: Bird) -> None:
        signed = sign(DELIVERY, settings, SECRETS)
        refused(settings, msgspec.structs.replace(signed, headers=(*signed.headers, signed.headers[0])))

    def test_without_a_secret_of_ours(self, settings: Bird) -> None:
        signed = sign(DELIVERY, settings, {"signing": ""}.__getitem__)
        assert refused(replace(settings, signing_secret="not_there"), signed).status == 503
        assert refused(replace(settings, signing_secret="empty"), signed).status == 503

    def test_when_it_is_too_large_to_compute_over(self, settings: Bird) -> None:
        body = b" " * 10 * 1024 * 1024
        assert refused(settings, sign(replaced(DELIVERY, body), settings, SECRETS)).status == 413

    def test_when_it_is_too_old(self, settings: Bird) -> None:
        signed = sign(DELIVERY, settings, SECRETS)
        for age in (timedelta(hours=8, seconds=2), timedelta(seconds=-302)):
            refused(settings, msgspec.structs.replace(signed, received_at=RECEIVED_AT + age))

    def test_as_the_other_of_the_two_signs(self, settings: Bird) -> None:
        refused(settings, sign(DELIVERY, MESSAGEBIRD if settings is BIRD else BIRD, SECRETS))


def test_bird_signs_the_digest_as_bytes() -> None:
    stamp = str(int(RECEIVED_AT.timestamp()))
    in_hex = bird_signature(KEY, stamp, URL, BODY).encode().hex()
    for wrong in (in_hex, in_hex.upper(), bird_signature(KEY, stamp, URL, BODY).lower()):
        refused(BIRD, with_headers(DELIVERY, {SIGNATURE: wrong, STAMP: stamp}))


@pytest.mark.parametrize("stamp", ["", "now", "1e9", "-1", "\uff11\uff17\uff10\uff10", "9" * 400, "1700000000.5"])
def test_a_time_that_is_none_does_not_count(stamp: str) -> None:
    refused(BIRD, sign_with(DELIVERY, KEY, stamp or " "))


def test_a_delivery_counts_as_long_as_bird_tries_again_and_shorter_where_that_is_wanted() -> None:
    signed = sign_with(DELIVERY, KEY)
    late = msgspec.structs.replace(signed, received_at=RECEIVED_AT + timedelta(hours=7))
    BIRD.verify(late, SECRETS)
    refused(BIRD, msgspec.structs.replace(signed, received_at=RECEIVED_AT + timedelta(hours=9)))
    refused(replace(BIRD, freshness=300.0), late)


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_the_three_algorithms_of_tokens_count(algorithm: str) -> None:
    MESSAGEBIRD.verify(sign_token(DELIVERY, KEY, algorithm), SECRETS)


@pytest.mark.parametrize("algorithm", ["none", "None", "RS256", "HS1", "hs256", ""])
def test_no_other_algorithm_does(algorithm: str) -> None:
    refused(MESSAGEBIRD, sign_token(DELIVERY, KEY, algorithm))


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "messagebird"},
        {"iss": None},
        {"nbf": None},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"nbf": 1e300},
        {"jti": None},
        {"jti": ""},
        {"url_hash": None},
        {"url_hash": ""},
        {"payload_hash": None},
        {"payload_hash": ""},
        {"payload_hash": ["a"]},
        {"nbf": int(RECEIVED_AT.timestamp()) + 2},
        {"exp": int(RECEIVED_AT.timestamp()) - 2},
    ],
)
def test_a_token_with_a_claim_amiss_does_not_count(changed: dict[str, object]) -> None:
    refused(MESSAGEBIRD, sign_token(DELIVERY, KEY, **changed))


def test_a_second_of_difference_between_clocks_is_forgiven() -> None:
    now = int(RECEIVED_AT.timestamp())
    MESSAGEBIRD.verify(sign_token(DELIVERY, KEY, nbf=now + 1, exp=now + 60), SECRETS)
    MESSAGEBIRD.verify(sign_token(DELIVERY, KEY, nbf=now - 60, exp=now - 1), SECRETS)


def test_hashes_in_upper_case_are_not_the_ones_that_were_promised() -> None:
    upper = {"url_hash": hashlib.sha256(URL.encode()).hexdigest().upper()}
    refused(MESSAGEBIRD, sign_token(DELIVERY, KEY, **upper))


def test_only_an_empty_body_needs_no_hash_and_a_wrong_one_is_not_overlooked() -> None:
    empty = replaced(DELIVERY, b"")
    MESSAGEBIRD.verify(sign_token(empty, KEY), SECRETS)
    refused(MESSAGEBIRD, sign_token(empty, KEY, payload_hash="0" * 64))


@pytest.mark.parametrize("token", ["a.b", "a.b.c.d", "..", "e30.e30.e30", "x" * 10_000, "é.é.é", "[" * 3_000 + ".a.b"])
def test_what_is_no_token_does_not_count(token: str) -> None:
    refused(MESSAGEBIRD, with_headers(DELIVERY, {TOKEN: token}))


def test_a_token_that_claims_no_object_does_not_count() -> None:
    for body in ("[]", '"iss"', "[" * 5_000):
        head, _, _ = token_of({}, KEY).split(".")
        forged = with_headers(DELIVERY, {TOKEN: f"{head}.{body.encode().hex()}.AAAA"})
        refused(MESSAGEBIRD, forged)


def test_the_same_delivery_again_tells_the_same_so_a_replay_has_no_second_effect() -> None:
    settings = settings_of("bird")
    for recording in recordings("bird").values():
        delivery = delivery_of("bird", recording)
        later = msgspec.structs.replace(delivery, received_at=RECEIVED_AT + timedelta(hours=1))
        assert [one.key for one in settings.read(delivery)] == [one.key for one in settings.read(later)]


def test_statuses_of_one_message_have_keys_of_their_own() -> None:
    keys = set()
    for status in ("accepted", "sent", "delivered"):
        told = recordings("bird")["sms_delivered"]["delivery"]["body"]
        payload = {**told["payload"], "status": status}
        delivery = delivery_of("bird", {"delivery": {"body": {**told, "payload": payload}}})
        (event,) = settings_of("bird").read(delivery)
        assert isinstance(event, StateTold)
        keys.add(event.key)
    assert len(keys) == 3


@pytest.mark.parametrize("body", RAW_TRAPS, ids=range(len(RAW_TRAPS)))
@pytest.mark.parametrize("type_", ["application/json", "application/x-www-form-urlencoded", ""])
def test_no_body_breaks_the_reader(body: bytes, type_: str) -> None:
    delivery = replaced(with_headers(DELIVERY, {"content-type": type_}), body)
    for settings in (BIRD, MESSAGEBIRD):
        assert settings.read(delivery)


def test_broken_payloads_are_read_or_noted() -> None:
    tally = fuzz(2_000, 7, ("bird",))
    assert tally.troubles == []
    assert {"Received", "StateTold", "Noted", "Echoed"} <= set(tally.events)


@given(st.integers(100, 599), st.binary(max_size=200))
def test_whatever_comes_back_is_understood(status: int, body: bytes) -> None:
    message = Outbound(reference="r", channel=Channel.SMS, to="+31612345678", body=MessageBody(text="x"))
    result = BIRD.understand(HttpResponse(status=status, body=body), message)
    assert isinstance(result, Accepted | Refused | Uncertain)
    assert not isinstance(result, Accepted) or 200 <= status < 300


def test_a_thousand_messages_in_one_account_stay_apart() -> None:
    told = recordings("bird")["sms_text"]["delivery"]["body"]
    keys = set()
    for number in range(1_000):
        payload = {**told["payload"], "id": f"m{number}"}
        (event,) = settings_of("bird").read(delivery_of("bird", {"delivery": {"body": {**told, "payload": payload}}}))
        assert isinstance(event, Received)
        keys.add(event.key)
    assert len(keys) == 1_000


def test_the_account_of_the_recordings_knows_its_own_key() -> None:
    delivery = sign(delivery_of("bird", recordings("bird")["sms_text"]), settings_of("bird"), secrets_of("bird"))
    settings_of("bird").verify(delivery, secrets_of("bird"))
    assert account("bird")["secrets"]["bird_signing"]
