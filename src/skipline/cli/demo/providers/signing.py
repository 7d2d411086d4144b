"""How each provider proves that a webhook is its own. Written from their documentation, apart from what checks it."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any


def meta_signature(app_secret: str, body: bytes) -> str:
    """The value of `X-Hub-Signature-256`."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def twilio_signature(token: str, url: str, form: Mapping[str, str]) -> str:
    """The value of `X-Twilio-Signature` over a form."""
    told = url + "".join(key + form[key] for key in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), told.encode(), hashlib.sha1).digest()).decode()


def bird_signature(key: str, timestamp: str, url: str, body: bytes) -> str:
    """The value of `messagebird-signature`; the body's digest goes in as raw bytes."""
    told = timestamp.encode() + b"\n" + url.encode() + b"\n" + hashlib.sha256(body).digest()
    return base64.b64encode(hmac.new(key.encode(), told, hashlib.sha256).digest()).decode()


def vonage_sms_signature(secret: str, parameters: Mapping[str, str]) -> str:
    """The value of `sig` (HMAC-SHA256); & and = in values count as underscores."""
    told = "".join(f"&{key}={_plain(parameters[key])}" for key in sorted(parameters) if key != "sig")
    return hmac.new(secret.encode(), told.encode(), hashlib.sha256).hexdigest()


def token_of(secret: str, claims: Mapping[str, Any]) -> str:
    """A JSON web token, HS256 (RFC 7519)."""
    head = _part(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    told = f"{head}.{_part(json.dumps(claims).encode())}"
    return f"{told}.{_part(hmac.new(secret.encode(), told.encode(), hashlib.sha256).digest())}"


def claims_of(token: str) -> dict[str, Any]:
    """What a token claims, unchecked. Raises `ValueError`."""
    _, part, _ = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    if not isinstance(claims, dict):
        raise ValueError("the claims are no object")
    return claims


def hex_digest(body: bytes) -> str:
    """SHA-256 in hex, as tokens carry it of bodies and addresses."""
    return hashlib.sha256(body).hexdigest()


def _plain(value: str) -> str:
    return value.replace("&", "_").replace("=", "_")


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
