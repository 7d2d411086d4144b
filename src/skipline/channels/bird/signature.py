"""What proves that a delivery is Bird's: a signature over time, address and body; of MessageBird, a signed token."""

import hashlib
import hmac
from base64 import b64encode
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from skipline.asking.origin import check_same, check_size, header_of, needed_header
from skipline.asking.web_token import check_times, number_of, signed_claims
from skipline.model.messaging import Delivery, DeliveryRefused

SIGNATURE, STAMP, TOKEN = "messagebird-signature", "messagebird-request-timestamp", "messagebird-signature-jwt"
_LEEWAY_SECONDS = 1.0
_ISSUER = "MessageBird"
_CLOCKS_APART_SECONDS = 300.0


def check_bird(delivery: Delivery, key: str, freshness_seconds: float) -> None:
    """Raise `DeliveryRefused` unless Bird signed this: Bird docs, "Verifying a webhook subscription"."""
    check_size(delivery)
    given, stamp = needed_header(delivery, SIGNATURE), needed_header(delivery, STAMP)
    check_same(given, bird_signature(key, stamp, delivery.url, delivery.body))
    _check_fresh(stamp, delivery.received_at, freshness_seconds)


def check_messagebird(delivery: Delivery, key: str, freshness_seconds: float) -> None:
    """Raise `DeliveryRefused` unless MessageBird signed this: with a token, or as before there were tokens."""
    check_size(delivery)
    if token := header_of(delivery, TOKEN):
        _check_token(delivery, signed_claims(token, key))
        return
    given, stamp = needed_header(delivery, SIGNATURE), needed_header(delivery, STAMP)
    query = urlsplit(delivery.url).query
    check_same(given, messagebird_signature(key, stamp, query, delivery.body))
    _check_fresh(stamp, delivery.received_at, freshness_seconds)


def bird_signature(key: str, stamp: str, url: str, body: bytes) -> str:
    """Base64 of HMAC-SHA256 over time, address and the body's digest; the digest goes in as its 32 bytes, not as
    hex."""
    return _signature(key, stamp, url, body)


def messagebird_signature(key: str, stamp: str, query: str, body: bytes) -> str:
    """As MessageBird signed before it used tokens: the query's parameters in their order instead of the address."""
    return _signature(key, stamp, urlencode(sorted(parse_qsl(query, keep_blank_values=True))), body)


def _signature(key: str, stamp: str, place: str, body: bytes) -> str:
    told = f"{stamp}\n{place}\n".encode("utf-8", "replace") + hashlib.sha256(body).digest()
    return b64encode(hmac.digest(key.encode(), told, hashlib.sha256)).decode()


def _check_fresh(stamp: str, now: datetime, freshness_seconds: float) -> None:
    if not stamp.isascii() or not stamp.isdecimal() or len(stamp) > 12:
        raise DeliveryRefused(f"{STAMP} is no number of seconds")
    age_seconds = now.timestamp() - int(stamp)
    if not -_CLOCKS_APART_SECONDS <= age_seconds <= freshness_seconds:
        raise DeliveryRefused(f"it was signed {age_seconds:.0f} s ago by our clock: such deliveries may be replays")


def _check_token(delivery: Delivery, claims: dict[str, object]) -> None:
    if claims.get("iss") != _ISSUER:
        raise DeliveryRefused(f"the token is not from {_ISSUER}")
    # The id makes one token of one delivery. The same delivery again has the same events, and those count once.
    if not isinstance(claims.get("jti"), str) or not claims["jti"]:
        raise DeliveryRefused("the token has no id")
    for name in ("nbf", "exp"):
        number_of(claims.get(name))
    check_times(claims, delivery.received_at, _LEEWAY_SECONDS)
    _check_digest(claims, "url_hash", delivery.url.encode("utf-8", "replace"))
    if delivery.body or "payload_hash" in claims:
        _check_digest(claims, "payload_hash", delivery.body)


def _check_digest(claims: dict[str, object], name: str, data: bytes) -> None:
    given = claims.get(name)
    right = hashlib.sha256(data).hexdigest()
    if not isinstance(given, str) or not hmac.compare_digest(given.encode("utf-8", "replace"), right.encode()):
        raise DeliveryRefused(f"the token's {name} is of something else")
