"""What proves where a delivery comes from: the parts that every provider's signature check shares. All fail closed."""

import hashlib
import hmac

from skipline.model.lookup import Secrets
from skipline.model.messaging import Delivery, DeliveryRefused

LARGEST_SIGNED_BYTES = 10 * 1024 * 1024 - 1
"""A body of 10 MB is refused by its length, before anything is computed over it."""


def header_of(delivery: Delivery, name: str) -> str:
    """The header `name` (lower case); empty when it is not there. Raises `DeliveryRefused` when it came twice, because
    two readers could each believe another one."""
    values = [value for key, value in delivery.headers if key == name]
    if len(values) > 1:
        raise DeliveryRefused(f"the header {name} came {len(values)} times")
    return values[0].strip() if values else ""


def needed_header(delivery: Delivery, name: str) -> str:
    """The header `name`; raises `DeliveryRefused` when it is missing, empty or came twice."""
    value = header_of(delivery, name)
    if not value:
        raise DeliveryRefused(f"the header {name} is missing or empty")
    return value


def needed_secret(name: str, secrets: Secrets) -> str:
    """The secret that proves the origin. Without one nobody's deliveries count: `DeliveryRefused` with status 503, so
    that the provider keeps them until it is set."""
    try:
        value = secrets(name)
    except LookupError:
        value = ""
    if not value:
        raise DeliveryRefused(f"there is no secret {name or '(none is named)'} to check signatures with", 503)
    return value


def check_size(delivery: Delivery) -> None:
    """Raise `DeliveryRefused` for a body too large to compute anything over."""
    if len(delivery.body) > LARGEST_SIGNED_BYTES:
        raise DeliveryRefused(f"a body of {len(delivery.body)} bytes is more than a provider sends", 413)


def hmac_hex(secret: str, body: bytes) -> str:
    """HMAC-SHA256 of the raw bytes in lower-case hex."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def check_same(given: str, right: str) -> None:
    """Raise `DeliveryRefused` unless both are the same; takes as long wherever they differ."""
    if not hmac.compare_digest(given.encode("utf-8", "replace"), right.encode()):
        raise DeliveryRefused("the signature is not right: the secret differs, or the body was changed on its way")
