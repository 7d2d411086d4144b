"""Signs deliveries as Vonage does, written from its documentation and apart from what checks it."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from skipline.model.messaging import Delivery

FORM = "application/x-www-form-urlencoded"


def sign(delivery: Delivery, settings: Any, secrets: Callable[[str], str]) -> Delivery:
    """The delivery with a token, or with a `sig` among its parameters when it is of the older SMS API."""
    secret = secrets(settings.signature_secret)
    if delivery.body and dict(delivery.headers).get("content-type") != FORM:
        return with_token(delivery, token_of(claims_for(delivery, settings.api_key), secret))
    return sign_sms(delivery, secret, settings.signature_method)


def claims_for(delivery: Delivery, api_key: str) -> dict[str, Any]:
    """What a token of the Messages API claims."""
    return {
        "iat": int(delivery.received_at.timestamp()),
        "jti": "c5ba8f24-1a14-4c10-bfdf-3fbe8ce511b5",
        "iss": "Vonage",
        "payload_hash": hashlib.sha256(delivery.body).hexdigest(),
        "api_key": api_key,
        "application_id": "aaaaaaaa-bbbb-cccc-dddd-0123456789ab",
    }


def token_of(claims: Mapping[str, Any], secret: str, algorithm: str = "HS256") -> str:
    """A signed token; `none` is not signed."""
    head = _part(json.dumps({"alg": algorithm, "typ": "JWT"}).encode())
    told = f"{head}.{_part(json.dumps(dict(claims)).encode())}"
    digests = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}
    if algorithm not in digests:
        return f"{told}."
    return f"{told}.{_part(hmac.new(secret.encode(), told.encode(), digests[algorithm]).digest())}"


def with_token(delivery: Delivery, token: str) -> Delivery:
    """The delivery with a token in its header."""
    header = ("authorization", f"Bearer {token}")
    return msgspec.structs.replace(delivery, headers=(*delivery.headers, header))


def sign_sms(delivery: Delivery, secret: str, method: str = "sha256") -> Delivery:
    """The delivery with `sig` and the `timestamp` of this signing among the parameters of its query or form."""
    query = delivery.url.partition("?")[2]
    written = delivery.body.decode("utf-8", "replace") if delivery.body else query
    signing = {"timestamp": str(int(delivery.received_at.timestamp()))}
    pairs = list({**signing, "nonce": "n1", **dict(parse_qsl(written, keep_blank_values=True)), **signing}.items())
    signed = urlencode([*pairs, ("sig", sig_of(pairs, secret, method))])
    if delivery.body:
        return msgspec.structs.replace(delivery, body=signed.encode())
    return msgspec.structs.replace(delivery, url=f"{delivery.url.partition('?')[0]}?{signed}")


def sig_of(pairs: Sequence[tuple[str, str]], secret: str, method: str = "sha256") -> str:
    """The `sig` over parameters."""
    told = ""
    for name, value in sorted(dict(pairs).items()):
        told += f"&{name}=" + value.replace("&", "_").replace("=", "_")
    if method == "md5hash":
        return hashlib.md5((told + secret).encode("utf-8", "replace")).hexdigest()
    return hmac.new(secret.encode(), told.encode("utf-8", "replace"), method).hexdigest()


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
