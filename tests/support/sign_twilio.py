"""Signs deliveries as Twilio does, written from its documentation and apart from what checks it."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from skipline.model.messaging import Delivery


def sign(delivery: Delivery, settings: Any, secrets: Callable[[str], str]) -> Delivery:
    """The delivery with `X-Twilio-Signature`."""
    told = delivery.url
    if "bodySHA256=" in told:
        told = told.partition("bodySHA256=")[0] + "bodySHA256=" + hashlib.sha256(delivery.body).hexdigest()
        delivery = msgspec.structs.replace(delivery, url=told)
    elif delivery.method == "POST":
        values: dict[str, set[str]] = {}
        for name, value in parse_qsl(delivery.body.decode("utf-8", "replace"), keep_blank_values=True):
            values.setdefault(name, set()).add(value)
        told += "".join(name + value for name in sorted(values) for value in sorted(values[name]))
    digest = hmac.new(secrets(settings.secret).encode(), told.encode("utf-8", "replace"), hashlib.sha1).digest()
    header = ("x-twilio-signature", base64.b64encode(digest).decode())
    return msgspec.structs.replace(delivery, headers=(*delivery.headers, header))
