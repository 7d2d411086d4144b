"""Vonage's signatures, known answers and what must not count; tokens of ours; and broken payloads."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from channel_cases import RECEIVED_AT, delivery_of, recordings, replaced, secrets_of, settings_of, signed
from channel_fuzz import fuzz
from channel_mutations import RAW_TRAPS
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from sign_vonage import claims_for, sig_of, sign_sms, token_of, with_token

from skipline.channels.vonage.channel import Vonage
from skipline.channels.vonage.signature import METHODS, REPLAY_SECONDS, sms_signature
from skipline.cli.demo.providers.meta_rules import check_whatsapp
from skipline.model.lookup import HttpRequest, HttpResponse
from skipline.model.message import Button, Channel, MessageBody
from skipline.model.messaging import (
    Accepted,
    Attachment,
    CannotWrite,
    Delivery,
    DeliveryRefused,
    NeedsTemplate,
    Outbound,
    Received,
    Refused,
    Uncertain,
)

SECRET = "signature_secret"
SECRETS = {"signature": SECRET, "key": "s3cret", "empty": "", "pem": "no key"}.__getitem__
VONAGE = Vonage(api_key="abcd1234", secret="key", signature_secret="signature", sms_from="+31970000004")
URL = "https://chat.example.com/hooks/vonage/shop"
BODY = (
    b'{"message_uuid":"u1","channel":"sms","from":"31611111111","to":"31970000004",'
    b'"message_type":"text","text":"\\u00e4\\/"}'
)
DELIVERY = Delivery(
    method="POST", url=URL, headers=(("content-type", "application/json"),), body=BODY, received_at=RECEIVED_AT
)
SMS = {"msisdn": "31611111111", "to": "31970000004", "messageId": "0A01", "text": "a & b = c", "type": "text"}
FORM = Delivery(
    method="POST",
    url=URL,
    headers=(("content-type", "application/x-www-form-urlencoded"),),
    body=urlencode(SMS).encode(),
    received_at=RECEIVED_AT,
)
QUERY = Delivery(method="GET", url=f"{URL}?{urlencode(SMS)}", headers=(), body=b"", received_at=RECEIVED_AT)
MESSAGE = Outbound(reference="ref1", channel=Channel.SMS, to="+31611111111", body=MessageBody(text="hi"))


def refused(delivery: Delivery, settings: Vonage = VONAGE, secrets: Callable[[str], str] = SECRETS) -> DeliveryRefused:
    with pytest.raises(DeliveryRefused) as found:
        settings.verify(delivery, secrets)
    return found.value


def with_claims(
    delivery: Delivery = DELIVERY, secret: str = SECRET, algorithm: str = "HS256", **changed: Any
) -> Delivery:
    """`changed` are other claims; None leaves one out."""
    claims = claims_for(delivery, "abcd1234") | changed
    told = {name: value for name, value in claims.items() if value is not None}
    return with_token(delivery, token_of(told, secret, algorithm))


def later(delivery: Delivery, seconds: float) -> Delivery:
    return msgspec.structs.replace(delivery, received_at=delivery.received_at + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("method", "right"),
    [
        ("sha256", "280c4320703dbc98bfa22db676655ed2acfbfe8792b062ff7622e67f1183c287"),
        ("md5", "724c2bf6ca423c36e20631b11d1c5753"),
    ],
)
def test_known_answers_of_vonages_own_tests(method: str, right: str) -> None:
    told = [("param2", "value2"), ("timestamp", "1234567890"), ("param1", "value1")]
    assert sms_signature(told, SECRET, method) == right
    delivery = Delivery(
        method="GET",
        url=f"{URL}?{urlencode([*told, ('sig', right)])}",
        headers=(),
        body=b"",
        received_at=datetime(2009, 2, 13, 23, 31, 31, tzinfo=UTC),
    )
    replace(VONAGE, signature_method=method).verify(delivery, SECRETS)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("delivery", [FORM, QUERY], ids=["post", "get"])
def test_sms_count_by_every_way_of_signing_and_by_no_other(delivery: Delivery, method: str) -> None:
    told = sign_sms(delivery, SECRET, method)
    replace(VONAGE, signature_method=method).verify(told, SECRETS)
    for other in set(METHODS) - {method}:
        refused(told, replace(VONAGE, signature_method=other))


def test_sms_count_as_json_too() -> None:
    told = {**SMS, "timestamp": str(int(RECEIVED_AT.timestamp())), "concat-part": 2}
    told["sig"] = sig_of([(name, str(value)) for name, value in told.items()], SECRET)
    VONAGE.verify(replaced(DELIVERY, json.dumps(told).encode()), SECRETS)
    refused(replaced(DELIVERY, json.dumps(told | {"text": "other"}).encode()))
    refused(replaced(DELIVERY, json.dumps(told | {"more": {"a": 1}}).encode()))


def test_capitals_all_through_count_because_vonage_writes_them_and_a_mixture_does_not() -> None:
    told = sign_sms(FORM, SECRET)
    form, _, sig = told.body.decode().rpartition("&sig=")
    VONAGE.verify(replaced(told, f"{form}&sig={sig.upper()}".encode()), SECRETS)
    mixed = "".join(one.upper() if place % 2 else one for place, one in enumerate(sig))
    refused(replaced(told, f"{form}&sig={mixed}".encode()))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"a+%26+b", b"a+%26+c"),
        (b"31611111111", b"31611111112"),
        (b"&sig=", b"&more=1&sig="),
        (b"&sig=", b"&sig=&sig="),
        (b"msisdn=", b"msisdn=31600000000&msisdn="),
        (b"timestamp=", b"stamptime="),
        (b"nonce=n1", b"nonce=n2"),
    ],
)
def test_a_changed_sms_is_refused(old: bytes, new: bytes) -> None:
    told = sign_sms(FORM, SECRET)
    assert old in told.body
    assert refused(replaced(told, told.body.replace(old, new, 1))).status in (403, 503)


def test_an_sms_of_another_secret_is_refused() -> None:
    assert refused(sign_sms(FORM, "another")).status == 403


def test_what_an_address_says_besides_a_signed_body_does_not_count() -> None:
    told = msgspec.structs.replace(sign_sms(FORM, SECRET), url=f"{URL}?text=forged&msisdn=31600000000")
    VONAGE.verify(told, SECRETS)
    (event,) = VONAGE.read(told)
    assert isinstance(event, Received)
    assert (event.text, event.sender.phone) == ("a & b = c", "+31611111111")


@pytest.mark.parametrize("delivery", [FORM, QUERY], ids=["post", "get"])
def test_an_old_sms_is_refused_and_one_that_vonage_tried_for_a_day_is_not(delivery: Delivery) -> None:
    told = sign_sms(delivery, SECRET)
    VONAGE.verify(later(told, 24 * 3600), SECRETS)
    refused(later(told, REPLAY_SECONDS + 1))
    refused(later(told, -301))


def test_the_time_of_signing_may_be_a_date() -> None:
    for written, is_right in (
        ("2026-11-21 11:59:00", True),
        ("2026-11-21T11:59:00Z", True),
        ("soon", False),
        ("", False),
    ):
        form = {**SMS, "timestamp": written}
        form["sig"] = sig_of(list(form.items()), SECRET)
        told = replaced(FORM, urlencode(form).encode())
        if is_right:
            VONAGE.verify(told, SECRETS)
        else:
            refused(told)


def test_a_signed_body_counts() -> None:
    VONAGE.verify(with_claims(), SECRETS)
    VONAGE.verify(with_claims(iat=int(RECEIVED_AT.timestamp()) - 24 * 3600), SECRETS)
    VONAGE.verify(with_claims(exp=int(RECEIVED_AT.timestamp()) + 60, nbf=int(RECEIVED_AT.timestamp())), SECRETS)


@pytest.mark.parametrize(
    "body",
    [
        BODY[:-1] + b" }",
        BODY.replace(b"31611111111", b"31611111112"),
        json.dumps(json.loads(BODY)).encode(),
        json.dumps(json.loads(BODY), ensure_ascii=False, separators=(",", ":")).encode(),
        b"",
    ],
)
def test_another_body_than_the_token_is_over_is_refused(body: bytes) -> None:
    refused(replaced(with_claims(), body))


@pytest.mark.parametrize(
    "changed",
    [
        {"payload_hash": None},
        {"payload_hash": ""},
        {"payload_hash": hashlib.sha256(BODY).hexdigest().upper()},
        {"payload_hash": hashlib.sha1(BODY).hexdigest()},
        {"payload_hash": 7},
        {"api_key": "dcba4321"},
        {"api_key": None},
        {"iat": None},
        {"iat": "now"},
        {"iat": True},
        {"iat": 1e300},
        {"iat": int(RECEIVED_AT.timestamp()) - int(REPLAY_SECONDS) - 1},
        {"iat": int(RECEIVED_AT.timestamp()) + 301},
        {"exp": int(RECEIVED_AT.timestamp()) - 301},
        {"exp": "never"},
        {"nbf": int(RECEIVED_AT.timestamp()) + 301},
    ],
)
def test_a_token_with_wrong_claims_is_refused(changed: dict[str, Any]) -> None:
    assert refused(with_claims(**changed)).status == 403


@pytest.mark.parametrize("algorithm", ["none", "HS384", "HS512", "RS256", "hs256", ""])
def test_a_token_of_another_algorithm_is_refused(algorithm: str) -> None:
    refused(with_claims(algorithm=algorithm))


def test_a_token_whose_head_names_what_must_be_understood_is_refused() -> None:
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","crit":["x"]}').rstrip(b"=").decode()
    claims = token_of(claims_for(DELIVERY, "abcd1234"), SECRET).split(".")[1]
    signature = base64.urlsafe_b64encode(hmac.digest(SECRET.encode(), f"{head}.{claims}".encode(), "sha256")).rstrip(
        b"="
    )
    refused(with_token(DELIVERY, f"{head}.{claims}.{signature.decode()}"))


def test_a_token_of_another_secret_is_refused() -> None:
    refused(with_claims(secret="another"))
    refused(with_claims(secret=""))


def _tokens() -> list[str]:
    right = token_of(claims_for(DELIVERY, "abcd1234"), SECRET)
    head, claims, signature = right.split(".")
    return [
        "",
        "x",
        "..",
        "a.b.c.d",
        f"{head}.{claims}",
        f"{head}.{claims}.",
        f"{head}.{claims}.{signature[:-1]}",
        f"{head}.{claims}.{signature}=",
        f"{head}.{claims}.{signature[:-1]}{chr(ord(signature[-1]) + 1)}",
        f"{head}.{claims}A.{signature}",
        f"{head}.{claims}.{signature.swapcase()}",
        f"\u0430{right}",
        right + "." * 9_000,
    ]


@pytest.mark.parametrize("token", _tokens())
def test_what_is_no_right_token_is_refused(token: str) -> None:
    refused(with_token(DELIVERY, token))


def test_only_a_bearer_token_counts_and_only_one() -> None:
    token = token_of(claims_for(DELIVERY, "abcd1234"), SECRET)
    basic = (*DELIVERY.headers, ("authorization", f"Basic {token}"))
    assert refused(msgspec.structs.replace(DELIVERY, headers=basic)).status == 403
    refused(with_token(with_token(DELIVERY, token), token))


def test_a_token_is_over_a_body_and_never_over_an_address() -> None:
    refused(with_claims(QUERY))
    refused(msgspec.structs.replace(with_claims(), method="GET"))


@pytest.mark.parametrize("delivery", [DELIVERY, FORM, QUERY, replaced(DELIVERY, b""), replaced(FORM, b"sig=")])
def test_what_is_not_signed_is_for_vonage_to_sign_and_send_again(delivery: Delivery) -> None:
    assert refused(delivery).status == 503


@pytest.mark.parametrize("name", ["empty", "forgotten"])
def test_without_a_secret_nothing_counts(name: str) -> None:
    settings = replace(VONAGE, signature_secret=name)
    assert refused(with_claims(secret=""), settings).status == 503
    assert refused(sign_sms(FORM, ""), settings).status == 503


def test_a_body_of_ten_megabytes_is_refused_by_its_length() -> None:
    assert refused(replaced(with_claims(), b"x" * (10 * 1024 * 1024))).status == 413


@settings(deadline=None)
@given(st.binary(max_size=200), st.text(max_size=60))
def test_nothing_that_is_not_signed_counts(body: bytes, token: str) -> None:
    refused(with_token(replaced(DELIVERY, body), token))
    refused(replaced(FORM, body))


@pytest.mark.parametrize("name", list(recordings("vonage")))
def test_recordings_count_as_vonage_signs_them(name: str) -> None:
    settings_of("vonage").verify(
        signed("vonage", delivery_of("vonage", recordings("vonage")[name])), secrets_of("vonage")
    )


@pytest.mark.parametrize("body", RAW_TRAPS)
@pytest.mark.parametrize("delivery", [DELIVERY, FORM], ids=["json", "form"])
def test_traps_are_kept_as_one_thing(delivery: Delivery, body: bytes) -> None:
    assert len(VONAGE.read(replaced(delivery, body))) == 1


def test_broken_payloads_are_read_or_noted() -> None:
    assert fuzz(1_500, 11, ("vonage",)).troubles == []


_WORDS = (
    "message_uuid",
    "from",
    "channel",
    "message_type",
    "status",
    "error",
    "text",
    "image",
    "location",
    "messageId",
)
_TOLD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.sampled_from(_WORDS),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.sampled_from(_WORDS), one),
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(_WORDS), _TOLD))
def test_whatever_is_in_json_is_read(told: dict[str, Any]) -> None:
    (event,) = VONAGE.read(replaced(DELIVERY, json.dumps(told).encode()))
    assert event.key
    assert msgspec.json.encode(event)


@pytest.mark.parametrize("sms_api", [False, True])
@settings(deadline=None, max_examples=60)
@given(status=st.integers(100, 999), told=_TOLD)
def test_whatever_vonage_answers_is_understood(sms_api: bool, status: int, told: Any) -> None:
    settings = replace(VONAGE, sms_api=sms_api)
    for body in (json.dumps(told), json.dumps({"messages": told}), json.dumps({"messages": [told, {"status": "0"}]})):
        result = settings.understand(HttpResponse(status=status, body=body.encode()), MESSAGE)
        assert isinstance(result, Accepted | Refused | Uncertain)


def test_a_message_that_comes_too_late_says_that_a_template_may_go() -> None:
    late = msgspec.structs.replace(
        MESSAGE, channel=Channel.WHATSAPP, at=RECEIVED_AT, window_ends_at=RECEIVED_AT - timedelta(seconds=1)
    )
    with pytest.raises(NeedsTemplate):
        replace(VONAGE, whatsapp_from="+31970000004").write(late, SECRETS)


PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
APPLICATION = replace(VONAGE, application="aaaaaaaa-bbbb-cccc-dddd-0123456789ab", private_key="pem")
WITH_KEY = {"signature": SECRET, "key": "s3cret", "pem": f"\n{PEM}\n"}.__getitem__


def claims_in(request: HttpRequest | bytes | None) -> dict[str, Any]:
    """The claims of a request's token, whose signature must be right."""
    assert isinstance(request, HttpRequest)
    token = request.headers["Authorization"].removeprefix("Bearer ")
    told, _, signature = token.rpartition(".")
    PRIVATE.public_key().verify(_bytes(signature), told.encode(), PKCS1v15(), SHA256())
    with pytest.raises(InvalidSignature):
        PRIVATE.public_key().verify(_bytes(signature), told.encode() + b"x", PKCS1v15(), SHA256())
    head, claims = (json.loads(_bytes(part)) for part in told.split("."))
    assert head == {"alg": "RS256", "typ": "JWT"}
    assert isinstance(claims, dict)
    return claims


def _bytes(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_an_application_signs_each_request_with_its_key() -> None:
    message = msgspec.structs.replace(MESSAGE, at=RECEIVED_AT)
    claims = claims_in(APPLICATION.write(message, WITH_KEY))
    assert claims["application_id"] == APPLICATION.application
    assert (claims["iat"], claims["exp"] - claims["iat"]) == (int(RECEIVED_AT.timestamp()), 900)
    again = msgspec.structs.replace(message, at=RECEIVED_AT + timedelta(milliseconds=1))
    assert claims_in(APPLICATION.write(again, WITH_KEY))["jti"] != claims["jti"]


def test_an_application_signs_for_files_for_as_long_as_vonage_allows() -> None:
    attachment = Attachment(kind="image", id="m1", url="https://api-eu.nexmo.com/v3/media/m1", at=RECEIVED_AT)
    claims = claims_in(APPLICATION.fetch(attachment, WITH_KEY))
    assert claims["exp"] - claims["iat"] == 24 * 3600


def test_a_request_without_a_time_is_signed_in_with_the_secret() -> None:
    request = APPLICATION.write(MESSAGE, WITH_KEY)
    assert request.headers["Authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    "key",
    [
        "no key",
        "",
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        .decode(),
    ],
)
def test_a_private_key_that_is_none_says_what_to_do(key: str) -> None:
    message = msgspec.structs.replace(MESSAGE, at=RECEIVED_AT)
    with pytest.raises(CannotWrite, match="keep the whole file"):
        APPLICATION.write(message, {"pem": key, "key": "s"}.__getitem__)


_CHOICES = st.lists(
    st.builds(
        Button,
        id=st.text("ab1", max_size=300),
        title=st.text("xyz 字", max_size=40),
        description=st.text("abc", max_size=90),
    ),
    max_size=14,
).map(tuple)


@settings(max_examples=300, deadline=None)
@given(
    text=st.sampled_from(["Which?", "x" * 1_024, "x" * 1_025, "字" * 4_096, "x" * 4_097]),
    choices=_CHOICES,
    are_rows=st.booleans(),
)
def test_whatsapp_takes_what_is_not_refused_in_words(text: str, choices: tuple[Button, ...], are_rows: bool) -> None:
    body = MessageBody(text=text, rows=choices) if are_rows else MessageBody(text=text, buttons=choices)
    message = msgspec.structs.replace(MESSAGE, channel=Channel.WHATSAPP, body=body)
    try:
        told = json.loads(replace(VONAGE, whatsapp_from="+31970000004").write(message, SECRETS).body)
    except CannotWrite as refused_in_words:
        assert ":" in str(refused_in_words)
        return
    if told["message_type"] == "custom":
        head = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": told["to"]}
        _, shown, _ = check_whatsapp({**head, **told["custom"]})
        assert [one.title for one in shown] == [one.title for one in choices]
    else:
        assert all(one.title in told["text"] for one in choices)
        assert len(told["text"]) <= 4_096
