"""Signed deliveries, as Standard Webhooks 1.0 has them: who sent it, when, and that nothing was changed on the way."""

import hmac
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

WINDOW_SECONDS = 300.0
"""How far the sender's clock may be from ours; an older delivery may be a replay."""

LEAST_KEY_BYTES = 16
LONGEST_ID = 256
"""In characters; the id is kept for as long as it must not count again."""


class BadSignature(ValueError):
    """A delivery that does not count; `str()` says why, without anything of the secret."""


class UnusableSecret(BadSignature):
    """Our own secret is none that a delivery could be checked with, so no delivery counts."""


def check_signature(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> str:
    """The delivery's id. `headers` have lower-case names. Raises `BadSignature`, or `UnusableSecret`."""
    delivery, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    signatures = headers.get("webhook-signature", "")
    if not delivery or not stamp or not signatures:
        raise BadSignature("the headers webhook-id, webhook-timestamp and webhook-signature are needed")
    if len(delivery) > LONGEST_ID:
        raise BadSignature(f"the webhook-id has more than {LONGEST_ID} characters")
    if not stamp.isascii() or not stamp.isdecimal() or len(stamp) > 12:
        raise BadSignature("webhook-timestamp is no number of seconds")
    if abs(now.timestamp() - int(stamp)) > WINDOW_SECONDS:
        raise BadSignature("the delivery is more than five minutes away from our clock")
    right = sign(delivery, stamp, body, secret)
    given = [one.removeprefix("v1,") for one in signatures.split() if one.startswith("v1,")]
    if not any(hmac.compare_digest(right.encode(), one.encode()) for one in given):
        raise BadSignature("the signature is not right for this body")
    return delivery


def sign(delivery: str, stamp: str, body: bytes, secret: str) -> str:
    """The signature of a delivery in base64. A secret that begins with `whsec_` is base64 itself."""
    signed = f"{delivery}.{stamp}.".encode() + body
    return b64encode(hmac.new(_key(secret), signed, sha256).digest()).decode()


def _key(secret: str) -> bytes:
    try:
        key = (
            b64decode(secret.removeprefix("whsec_"), validate=True) if secret.startswith("whsec_") else secret.encode()
        )
    except NotBase64:
        raise UnusableSecret("the secret begins with whsec_ but is not base64") from None
    if len(key) < LEAST_KEY_BYTES:
        # An empty key is one that anybody can sign with.
        raise UnusableSecret(f"the secret is too short: it needs {LEAST_KEY_BYTES} bytes at least")
    return key
