"""A provider of messages for the tests, as a piece like those that ship: signed JSON in, HTTP out, no wire of anybody.

A delivery's body is `{"events": [...]}`, each event tagged as `model.messaging` has it; `sign` makes its one header.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import msgspec

from skipline.flow.fields import field
from skipline.model.lookup import HttpRequest, HttpResponse, Secrets
from skipline.model.message import Channel
from skipline.model.messaging import (
    Accepted,
    AnyChannelEvent,
    Attachment,
    CannotWrite,
    Delivery,
    DeliveryRefused,
    Noted,
    Outbound,
    Pace,
    SendResult,
    Uncertain,
    Welcome,
)

HEADER = "x-letter-signature"
GREETING = "x-letter-greeting"


def sign(body: bytes, secret: str) -> str:
    """The signature of a body, as the provider of the tests makes it."""
    return hmac.digest(secret.encode(), body, hashlib.sha256).hex()


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """`secret` names the secret that deliveries are signed with."""

    channels: ClassVar[Sequence[Channel]] = (Channel.WHATSAPP, Channel.SMS)

    secret: str = field(label="secret", kind="secret")
    base_url: str = field(label="base_url", kind="url", default="http://127.0.0.1:9")
    per_second: float = field(label="per_second", kind="number", default=1000.0)

    def greet(self, delivery: Delivery, secrets: Secrets) -> Welcome | None:
        """The handshake: a GET that brings a word and the secret."""
        if delivery.method != "GET":
            return None
        given = dict(delivery.headers).get(GREETING, "")
        if not hmac.compare_digest(given, secrets(self.secret)):
            raise DeliveryRefused("the greeting is not ours")
        return Welcome(body=delivery.url.rpartition("word=")[2])

    def verify(self, delivery: Delivery, secrets: Secrets) -> None:
        """Right is one signature over the raw bytes."""
        given = [value for name, value in delivery.headers if name == HEADER]
        if len(given) != 1 or not hmac.compare_digest(given[0], sign(delivery.body, secrets(self.secret))):
            raise DeliveryRefused("the signature is not right")

    def read(self, delivery: Delivery) -> Sequence[AnyChannelEvent]:
        """The events; a body that is none is noted."""
        try:
            return msgspec.json.decode(delivery.body, type=_Body).events
        except msgspec.DecodeError as wrong:
            key = hashlib.sha256(delivery.body).hexdigest()
            return [Noted(key=key, at=delivery.received_at, kind="unreadable", text=str(wrong))]

    def thank(self, delivery: Delivery) -> Welcome:
        """The provider wants to hear a word."""
        return Welcome(body="thanks")

    def write(self, message: Outbound, secrets: Secrets) -> HttpRequest:
        """The message as JSON."""
        secrets(self.secret)
        return HttpRequest(url=f"{self.base_url}/send", method="POST", body=msgspec.json.encode(message))

    def understand(self, response: HttpResponse | None, message: Outbound) -> SendResult:
        """The provider takes everything that reaches it."""
        return Uncertain(reason="no answer") if response is None else Accepted(id=f"letter:{message.reference}")

    def fetch(self, attachment: Attachment, secrets: Secrets) -> HttpRequest | None:
        """Files are at an address."""
        return HttpRequest(url=attachment.url) if attachment.url else None

    def fetched(self, attachment: Attachment, response: HttpResponse, secrets: Secrets) -> HttpRequest | bytes:
        """The first answer is the file."""
        if response.status != 200:
            raise CannotWrite(f"answered {response.status}")
        return response.body

    def pace(self) -> Pace:
        """As the account says."""
        return Pace(per_second=self.per_second)


class _Body(msgspec.Struct, frozen=True):
    events: list[AnyChannelEvent]
