"""JSON web tokens (RFC 7519) in the compact form of signatures (RFC 7515): read when a provider signs a delivery with
one, written when a provider wants a request signed with one.

The algorithm is what we expect, never what the token says it is (RFC 8725 section 3.1).
"""

import binascii
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from skipline.asking.payload import Unreadable, read_json
from skipline.model.messaging import DeliveryRefused

DIGESTS: Mapping[str, str] = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}
LONGEST = 8_192
"""In characters; providers' tokens have a few hundred."""
CLOCKS_DIFFER_SECONDS = 300.0


def signed_claims(token: str, secret: str, algorithms: Sequence[str] = tuple(DIGESTS)) -> dict[str, Any]:
    """The claims of a token that is signed with `secret` by one of `algorithms` (keys of `DIGESTS`). Raises
    `DeliveryRefused` for every other token. The claims' own times are not looked at: `check_times`."""
    parts = token.split(".")
    if len(token) > LONGEST or len(parts) != 3 or not token.isascii():
        raise DeliveryRefused("what should be a signed token is none")
    head = _object(parts[0])
    algorithm = head.get("alg")
    if algorithm not in algorithms or head.get("crit"):
        raise DeliveryRefused(f"the token is not signed by {' or '.join(algorithms)}")
    right = hmac.digest(secret.encode(), f"{parts[0]}.{parts[1]}".encode(), DIGESTS[str(algorithm)])
    if not hmac.compare_digest(parts[2].encode(), _text(right)):
        raise DeliveryRefused("the token's signature is not right: the secret differs, or the token was changed")
    return _object(parts[1])


def check_times(claims: Mapping[str, Any], now: datetime, leeway_seconds: float = CLOCKS_DIFFER_SECONDS) -> None:
    """Raise `DeliveryRefused` for a token that is not valid yet or not any more (RFC 7519 section 4.1.4 and 4.1.5).
    Claims that are not there are not missed."""
    before, until = claims.get("nbf"), claims.get("exp")
    if before is not None and number_of(before) > now.timestamp() + leeway_seconds:
        raise DeliveryRefused("the token is not valid yet: compare the clocks")
    if until is not None and number_of(until) < now.timestamp() - leeway_seconds:
        raise DeliveryRefused("the token is not valid any more")


def number_of(claim: Any) -> float:
    """A time among the claims, in seconds since 1970. Raises `DeliveryRefused` for what is no number."""
    if isinstance(claim, bool) or not isinstance(claim, int | float) or not -1e12 < claim < 1e12:
        raise DeliveryRefused("the token has a time that is none")
    return float(claim)


def write_token(claims: Mapping[str, Any], algorithm: str, sign: Callable[[bytes], bytes]) -> str:
    """A token with these claims, signed by `sign`."""
    told = b".".join(_text(json.dumps(one).encode()) for one in ({"alg": algorithm, "typ": "JWT"}, dict(claims)))
    return b".".join((told, _text(sign(told)))).decode()


def _object(part: str) -> dict[str, Any]:
    try:
        found = read_json(_bytes(part))
    except Unreadable:
        found = None
    if not isinstance(found, dict):
        raise DeliveryRefused("the token cannot be read")
    return found


def _bytes(part: str) -> bytes:
    try:
        if "+" in part or "/" in part or "=" in part:
            raise binascii.Error
        return urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        raise DeliveryRefused("the token is not base64url") from None


def _text(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")
