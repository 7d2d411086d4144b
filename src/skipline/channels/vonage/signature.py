"""What proves that a delivery is Vonage's: a signed token for the Messages API (Vonage docs, "Signed webhooks"), a
parameter `sig` for the older SMS API ("Signing messages"). Both are made with the account's signature secret.

Vonage tries again for 24 hours, and whether it signs anew then is not written anywhere; so a signature counts for a
little longer than that. What comes twice within counts once, because it has the same id.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from skipline.asking.origin import check_same, check_size, header_of
from skipline.asking.payload import Unreadable
from skipline.asking.web_token import CLOCKS_DIFFER_SECONDS, check_times, number_of, signed_claims
from skipline.channels.vonage.told import SIGNATURE, told_pairs
from skipline.model.messaging import Delivery, DeliveryRefused

METHODS = ("md5hash", "md5", "sha1", "sha256", "sha512")
REPLAY_SECONDS = 25 * 3600.0
_BEARER = "bearer "


def check_vonage(delivery: Delivery, api_key: str, secret: str, method: str) -> None:
    """Raise `DeliveryRefused` unless Vonage signed this for the account with `api_key`. `method` is how the account
    signs SMS, one of `METHODS`."""
    check_size(delivery)
    authorization = header_of(delivery, "authorization")
    if authorization:
        _check_token(delivery, authorization, api_key, secret)
        return
    pairs = _pairs(delivery)
    if any(name == SIGNATURE and value for name, value in pairs):
        _check_parameters(delivery, pairs, secret, method)
        return
    # Vonage says that it may happen, and that it signs when it tries again after a 5xx.
    raise DeliveryRefused("it is not signed", 503)


def sms_signature(parameters: Iterable[tuple[str, str]], secret: str, method: str) -> str:
    """The signature over parameters in the order of their names, in lower-case hex. `md5hash` is the digest of them
    with the secret behind; the others are HMACs."""
    told = "".join(f"&{name}={_plain(value)}" for name, value in sorted(parameters)).encode("utf-8", "replace")
    if method == "md5hash":
        return hashlib.md5(told + secret.encode(), usedforsecurity=False).hexdigest()
    return hmac.digest(secret.encode(), told, method).hex()


def _check_token(delivery: Delivery, authorization: str, api_key: str, secret: str) -> None:
    if delivery.method != "POST" or not delivery.body:
        raise DeliveryRefused("the token is over a body, and there is none")
    if not authorization.lower().startswith(_BEARER):
        raise DeliveryRefused("the header authorization has no token")
    claims = signed_claims(authorization[len(_BEARER) :].strip(), secret, ("HS256",))
    if claims.get("api_key") != api_key:
        raise DeliveryRefused("the token is for another account")
    check_times(claims, delivery.received_at)
    _check_age(number_of(claims.get("iat")), delivery.received_at)
    check_same(_text(claims, "payload_hash"), hashlib.sha256(delivery.body).hexdigest())


def _check_parameters(delivery: Delivery, pairs: list[tuple[str, str]], secret: str, method: str) -> None:
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise DeliveryRefused("a parameter came twice")
    given = dict(pairs).pop(SIGNATURE)
    right = sms_signature([one for one in pairs if one[0] != SIGNATURE], secret, method)
    # Vonage's own libraries write HMACs in capitals and compare without regard to them; a mixture nobody writes.
    check_same(given, right.upper() if given.isupper() else right)
    _check_age(_moment(dict(pairs).get("timestamp", "")), delivery.received_at)


def _pairs(delivery: Delivery) -> list[tuple[str, str]]:
    try:
        return told_pairs(delivery)
    except Unreadable as wrong:
        raise DeliveryRefused(f"it is not signed, and cannot be read: {wrong}") from None


def _check_age(signed_at: float, now: datetime) -> None:
    age_seconds = now.timestamp() - signed_at
    if not -CLOCKS_DIFFER_SECONDS <= age_seconds <= REPLAY_SECONDS:
        raise DeliveryRefused(f"it was signed {age_seconds:.0f} s before our clock: it may be a replay")


def _moment(written: str) -> float:
    """Seconds since 1970 of a time that is written in them, or as a date and time in UTC."""
    if written.isascii() and written.isdecimal() and len(written) <= 12:
        return float(written)
    try:
        moment = datetime.fromisoformat(written)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise DeliveryRefused("it does not say when it was signed") from None


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str):
        raise DeliveryRefused(f"the token has no {name}")
    return value


def _plain(value: str) -> str:
    return value.replace("&", "_").replace("=", "_")
