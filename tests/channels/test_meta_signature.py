"""Who may deliver in Meta's name: only who signs the bytes as they came with the app's secret."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

import msgspec
import pytest
from channel_cases import secrets_of, settings_of, signed, wire_json

from skipline.channels.meta import signature
from skipline.channels.meta.channel import Meta
from skipline.model.messaging import Attachment, Delivery, DeliveryRefused

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
BODY = wire_json({"object": "page", "entry": [{"id": "1", "text": "ä 7/12"}]})
SECRETS = secrets_of("meta")
META = settings_of("meta")
HEADER = signature.HEADER


def delivery(body: bytes = BODY, headers: tuple[tuple[str, str], ...] = (), url: str = "https://x/hooks") -> Delivery:
    method = "GET" if "?" in url else "POST"
    return Delivery(method=method, url=url, headers=headers, body=body, received_at=NOW)


def right_digest(body: bytes = BODY) -> str:
    return hmac.new(SECRETS("meta_app_secret").encode(), body, hashlib.sha256).hexdigest()


def test_the_published_vector_of_the_algorithm_agrees() -> None:
    """GitHub Docs, "Validating webhook deliveries": the same algorithm with a published digest."""
    digest = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    given = delivery(b"Hello, World!", ((HEADER, f"sha256={digest}"),))
    signature.verify(given, "a", {"a": "It's a Secret to Everybody"}.__getitem__)


def test_a_signed_delivery_counts() -> None:
    META.verify(signed("meta", delivery()), SECRETS)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param((), id="missing"),
        pytest.param(((HEADER, ""),), id="empty"),
        pytest.param(((HEADER, "sha256="),), id="empty digest"),
        pytest.param(((HEADER, right_digest()),), id="without its prefix"),
        pytest.param(((HEADER, f"sha256={right_digest().upper()}"),), id="upper-case hex"),
        pytest.param(((HEADER, f"sha256={right_digest()[:-1]}"),), id="cut"),
        pytest.param(((HEADER, f"sha1={right_digest()}"),), id="another algorithm's name"),
        pytest.param(((HEADER, f"sha256={right_digest()}"),) * 2, id="twice"),
        pytest.param(
            (("x-hub-signature", f"sha1={hmac.new(b'c0ffee00' * 4, BODY, hashlib.sha1).hexdigest()}"),), id="SHA-1 only"
        ),
        pytest.param(((HEADER, f"sha256={hmac.new(b'other', BODY, hashlib.sha256).hexdigest()}"),), id="wrong secret"),
        pytest.param(((HEADER, "sha256=ü"),), id="not ASCII"),
    ],
)
def test_other_signatures_do_not_count(headers: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        META.verify(delivery(headers=headers), SECRETS)
    assert refused.value.status == 403


def test_one_changed_byte_is_found() -> None:
    given = signed("meta", delivery())
    for place in range(len(BODY)):
        changed = BODY[:place] + bytes([BODY[place] ^ 1]) + BODY[place + 1 :]
        with pytest.raises(DeliveryRefused):
            META.verify(msgspec.structs.replace(given, body=changed), SECRETS)


@pytest.mark.parametrize("is_ascii", [True, False])
def test_a_body_that_was_written_anew_does_not_count(is_ascii: bool) -> None:
    given = signed("meta", delivery())
    anew = json.dumps(json.loads(BODY), ensure_ascii=is_ascii).encode()
    with pytest.raises(DeliveryRefused):
        META.verify(msgspec.structs.replace(given, body=anew), SECRETS)


def test_the_secret_of_another_account_does_not_count() -> None:
    given = signed("meta", delivery())
    with pytest.raises(DeliveryRefused):
        META.verify(given, {"meta_app_secret": "of another account"}.__getitem__)


@pytest.mark.parametrize("secrets", [{}, {"meta_app_secret": ""}])
def test_without_a_secret_nothing_counts_and_meta_keeps_it(secrets: dict[str, str]) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        META.verify(signed("meta", delivery()), secrets.__getitem__)
    assert refused.value.status == 503


def test_a_signature_with_the_empty_secret_does_not_count_when_there_is_none() -> None:
    digest = hmac.new(b"", BODY, hashlib.sha256).hexdigest()
    with pytest.raises(DeliveryRefused):
        META.verify(delivery(headers=((HEADER, f"sha256={digest}"),)), {"meta_app_secret": ""}.__getitem__)


def test_ten_megabytes_are_refused_by_their_length(monkeypatch: pytest.MonkeyPatch) -> None:
    body = b"x" * (10 * 1024 * 1024)
    given = signed("meta", delivery(body))
    monkeypatch.setattr(signature, "hmac_hex", lambda *_: pytest.fail("it was hashed"))
    with pytest.raises(DeliveryRefused) as refused:
        META.verify(given, SECRETS)
    assert refused.value.status == 413


WORD = "the+word+that+we+chose"


def test_the_handshake_gives_the_challenge_back() -> None:
    url = f"https://x/hooks?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={WORD}"
    welcome = META.greet(delivery(url=url), SECRETS)
    assert welcome is not None
    assert (welcome.status, welcome.body, welcome.content_type) == (200, "1158201444", "text/plain")


@pytest.mark.parametrize(
    "query",
    [
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=guess",
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=",
        "hub.mode=subscribe&hub.challenge=1",
        f"hub.mode=unsubscribe&hub.challenge=1&hub.verify_token={WORD}",
        f"hub.mode=subscribe&hub.verify_token={WORD}",
        f"hub.mode=subscribe&hub.challenge=%3Cscript%3E&hub.verify_token={WORD}",
        f"hub.mode=subscribe&hub.challenge={'1' * 300}&hub.verify_token={WORD}",
        f"hub.mode=subscribe&hub.challenge=1&hub.verify_token=guess&hub.verify_token={WORD}",
        f"hub.mode=subscribe&hub.challenge=1&hub.verify_token={WORD}%00",
    ],
)
def test_other_handshakes_are_refused(query: str) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        META.greet(delivery(url=f"https://x/hooks?{query}"), SECRETS)
    assert refused.value.status == 403


def test_a_handshake_without_a_word_of_ours_is_refused() -> None:
    url = "https://x/hooks?hub.mode=subscribe&hub.challenge=1&hub.verify_token="
    with pytest.raises(DeliveryRefused):
        META.greet(delivery(url=url), {"meta_verify_token": ""}.__getitem__)


def test_what_is_no_handshake_is_none() -> None:
    assert META.greet(delivery(), SECRETS) is None
    assert META.greet(delivery(url="https://x/hooks?other=1"), SECRETS) is None


def test_a_request_is_never_shown_with_its_token() -> None:
    made = Meta(phone_number_id="1234", app_secret="a", verify_token="b", access_token="c")
    request = made.fetch(Attachment(kind="image", id="1"), {"c": "s3cret"}.__getitem__)
    assert request is not None
    assert "s3cret" in str(request.headers)
    assert "s3cret" not in f"{request!r} {request.url}"
