"""Signs deliveries as Meta does."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import msgspec

from skipline.model.messaging import Delivery


def sign(delivery: Delivery, settings: Any, secrets: Callable[[str], str]) -> Delivery:
    """The delivery with the SHA-256 that counts, beside the SHA-1 that Meta still sends."""
    digests = {"x-hub-signature": "sha1", "x-hub-signature-256": "sha256"}
    secret = secrets(settings.app_secret).encode()
    headers = tuple(
        (name, f"{digest}={hmac.new(secret, delivery.body, getattr(hashlib, digest)).hexdigest()}")
        for name, digest in digests.items()
    )
    return msgspec.structs.replace(delivery, headers=(*delivery.headers, *headers))
