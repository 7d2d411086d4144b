"""What proves that a delivery is Twilio's: Twilio docs, "Webhooks security". The signature is over the address that
Twilio was told and the fields of the form, so both are read here once and the same way for all of the piece."""

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import urlsplit

from skipline.asking.forms import Pairs, first_values, form_pairs, query_pairs
from skipline.asking.origin import check_same, check_size, needed_header
from skipline.asking.payload import Unreadable
from skipline.model.messaging import Delivery, DeliveryRefused

SIGNATURE = "x-twilio-signature"
BODY_DIGEST = "bodySHA256"
_FORM = "application/x-www-form-urlencoded"
_PORT = re.compile(r":\d+\Z", re.ASCII)
_USUAL_PORTS = {"https": 443, "http": 80}


def check_twilio(delivery: Delivery, token: str) -> None:
    """Raise `DeliveryRefused` unless Twilio signed this with the account's `token`."""
    check_size(delivery)
    given = needed_header(delivery, SIGNATURE)
    signed = _signed_fields(delivery)
    rights = [twilio_signature(token, url, signed) for url in spellings(delivery.url)]
    if not any(hmac.compare_digest(given.encode("utf-8", "replace"), right.encode()) for right in rights):
        raise DeliveryRefused(
            "the signature is not right: compare the auth token, and the public address with the one set at Twilio"
        )


def twilio_signature(token: str, url: str, fields: Iterable[tuple[str, str]]) -> str:
    """Base64 of HMAC-SHA1 over the address and each field's name and value, in the order of names; of a field that
    comes more than once, each value that differs, in their order."""
    told = url + "".join(name + value for name, value in sorted(set(fields)))
    return b64encode(hmac.digest(token.encode(), told.encode("utf-8", "replace"), hashlib.sha1)).decode()


def spellings(url: str) -> tuple[str, ...]:
    """The ways in which Twilio may have spelt an address: as it is, without a port, and with the usual one."""
    parts = urlsplit(url)
    bare = _PORT.sub("", parts.netloc)
    usual = _USUAL_PORTS.get(parts.scheme)
    hosts = [parts.netloc, bare, *([f"{bare}:{usual}"] if usual and bare == parts.netloc else [])]
    return tuple(dict.fromkeys(url.replace(f"//{parts.netloc}", f"//{host}", 1) for host in hosts))


def told_fields(delivery: Delivery) -> dict[str, str]:
    """What a delivery tells: the fields of its form, or of its query where Twilio was set to GET. Raises `Unreadable`
    for a body that is something else."""
    if BODY_DIGEST in first_values(query_pairs(delivery.url)):
        raise Unreadable("it is JSON, which Twilio sends of no message")
    return first_values(query_pairs(delivery.url) if delivery.method == "GET" else form_pairs(delivery.body))


def _signed_fields(delivery: Delivery) -> Pairs:
    """The fields that go into the signature besides the address. What nothing would sign is refused."""
    try:
        if digest := first_values(query_pairs(delivery.url)).get(BODY_DIGEST):
            check_same(digest, hashlib.sha256(delivery.body).hexdigest())
            return ()
        if not delivery.body:
            return ()
        kinds = [value for name, value in delivery.headers if name == "content-type"]
        if delivery.method != "POST" or len(kinds) != 1 or kinds[0].partition(";")[0].strip().lower() != _FORM:
            raise DeliveryRefused("it has a body that its signature is not over")
        return form_pairs(delivery.body)
    except Unreadable as wrong:
        raise DeliveryRefused(f"the signature is over something that cannot be read: {wrong}") from None
