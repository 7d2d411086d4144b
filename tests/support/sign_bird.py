"""Signs deliveries as Bird and MessageBird do. Written from their documentation, apart from what checks it."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import msgspec

from skipline.model.messaging import Delivery


def sign(delivery: Delivery, settings: Any, secrets: Callable[[str], str]) -> Delivery:
    """The delivery with the headers of the account's interface."""
    key = secrets(settings.signing_secret)
    return sign_with(delivery, key) if settings.api == "bird" else sign_token(delivery, key)


def sign_with(delivery: Delivery, key: str, stamp: str = "") -> Delivery:
    """As Bird signs: time, address, and the body's digest as bytes."""
    stamp = stamp or str(int(delivery.received_at.timestamp()))
    told = b"\n".join([stamp.encode(), delivery.url.encode(), hashlib.sha256(delivery.body).digest()])
    signature = base64.b64encode(hmac.new(key.encode(), told, "sha256").digest()).decode()
    return with_headers(delivery, {"messagebird-signature": signature, "messagebird-request-timestamp": stamp})


def sign_token(delivery: Delivery, key: str, algorithm: str = "HS256", **changed: Any) -> Delivery:
    """As MessageBird signs; `changed` are other claims, None leaves one out."""
    now = int(delivery.received_at.timestamp())
    claims = {
        "iss": "MessageBird",
        "nbf": now,
        "exp": now + 60,
        "jti": "93e55006-a0e8-4526-a190-fa5ff00ea116",
        "url_hash": hashlib.sha256(delivery.url.encode()).hexdigest(),
        **({"payload_hash": hashlib.sha256(delivery.body).hexdigest()} if delivery.body else {}),
    } | changed
    return with_headers(delivery, {"messagebird-signature-jwt": token_of(claims, key, algorithm)})


def token_of(claims: dict[str, Any], key: str, algorithm: str = "HS256") -> str:
    """A JSON web token; an algorithm that is none of HMAC's leaves the signature empty."""
    kept = {name: value for name, value in claims.items() if value is not None}
    head, body = (_text(json.dumps(one).encode()) for one in ({"typ": "JWT", "alg": algorithm}, kept))
    digest = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}.get(algorithm)
    signature = _text(hmac.new(key.encode(), f"{head}.{body}".encode(), digest).digest()) if digest else ""
    return f"{head}.{body}.{signature}"


def with_headers(delivery: Delivery, headers: dict[str, str]) -> Delivery:
    """The delivery with these headers instead of its own of the same names."""
    others = tuple(pair for pair in delivery.headers if pair[0] not in headers)
    return msgspec.structs.replace(delivery, headers=(*others, *headers.items()))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
