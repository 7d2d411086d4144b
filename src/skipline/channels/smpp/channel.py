"""A carrier or an aggregator that speaks SMPP 3.4: SMS over a connection that stays open (`driver.py`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from skipline.asking.payload import fingerprint, key_of
from skipline.base.sentence import say
from skipline.base.wrong_value import WrongValue
from skipline.channels.smpp.sent_ids import Forms
from skipline.channels.smpp.writing import LongTexts, SmppAddress, check_sender, sender_address
from skipline.flow.fields import Duration, field
from skipline.model.lookup import HttpRequest, HttpResponse, Secrets
from skipline.model.message import Channel
from skipline.model.messaging import (
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

Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,253}$")]
SystemId = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,15}$")]
SystemType = Annotated[str, Field(pattern=r"^[\x21-\x7e]{0,12}$")]
Octet = Annotated[int, Field(ge=0, le=255)]


def _between(seconds: float) -> float:
    if not 1.0 <= seconds <= 600.0:
        raise WrongValue(say("a question each 1s to 10m keeps the connection alive"))
    return seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Smpp:
    """`system_id` and the password under `secret` sign us in at `host`; `sender` is who messages are from.

    `alphabet` is what the carrier means by data_coding 0, `long_texts` how it wants long texts, `receipt_ids` how its
    receipts write the ids that it gave. `window` is how many messages may wait for its answer at once.
    """

    channels: ClassVar[Sequence[Channel]] = (Channel.SMS,)

    host: Host = field(label="host")
    port: Annotated[int, Field(ge=1, le=65_535)] = field(label="port", kind="number", default=2775)
    tls: bool = field(label="tls", kind="switch", default=False)
    check_certificate: bool = field(label="check_certificate", kind="switch", default=True)
    system_id: SystemId = field(label="system_id")
    secret: str = field(label="secret", kind="secret")
    system_type: SystemType = field(label="system_type", default="")
    sender: Annotated[str, AfterValidator(check_sender)] = field(label="sender")
    sender_ton: Octet | None = field(label="sender_ton", kind="number", default=None)
    sender_npi: Octet | None = field(label="sender_npi", kind="number", default=None)
    alphabet: Literal["gsm", "latin_1"] = field(label="alphabet", kind="choice", default="gsm")
    long_texts: LongTexts = field(label="long_texts", kind="choice", default="udh")
    receipt_ids: Forms = field(label="receipt_ids", kind="choice", default="auto")
    window: Annotated[int, Field(ge=1, le=1_000)] = field(label="window", kind="number", default=10)
    per_second: Annotated[float, Field(gt=0, le=10_000)] = field(label="per_second", kind="number", default=10.0)
    enquire_every: Annotated[Duration, AfterValidator(_between)] = field(
        label="enquire_every", kind="duration", default=30.0
    )

    def address(self) -> SmppAddress:
        """Who messages are from."""
        return sender_address(self.sender, self.sender_ton, self.sender_npi)

    @property
    def is_gsm(self) -> bool:
        """Whether data_coding 0 is the GSM alphabet."""
        return self.alphabet == "gsm"

    def greet(self, delivery: Delivery, secrets: Secrets) -> Welcome | None:
        """Nobody greets over HTTP."""
        return None

    def verify(self, delivery: Delivery, secrets: Secrets) -> None:
        """A carrier delivers over its connection alone, so nothing that comes over HTTP is its own."""
        raise DeliveryRefused("this account is reached over SMPP and takes no deliveries over HTTP")

    def read(self, delivery: Delivery) -> Sequence[AnyChannelEvent]:
        """A note: nothing comes over HTTP."""
        key = key_of("note", "http", fingerprint(delivery.body.hex() or delivery.url))
        return [Noted(key=key, at=delivery.received_at, kind="http", text="this account is reached over SMPP")]

    def thank(self, delivery: Delivery) -> Welcome:
        """Nothing to say."""
        return Welcome()

    def write(self, message: Outbound, secrets: Secrets) -> HttpRequest:
        """There is no request; raises `CannotWrite`."""
        raise CannotWrite("this account is reached over SMPP: its connection sends messages")

    def understand(self, response: HttpResponse | None, message: Outbound) -> SendResult:
        """There is no response."""
        return Uncertain(reason="this account is reached over SMPP")

    def fetch(self, attachment: Attachment, secrets: Secrets) -> HttpRequest | None:
        """An SMS has no files."""
        return None

    def fetched(self, attachment: Attachment, response: HttpResponse, secrets: Secrets) -> HttpRequest | bytes:
        """An SMS has no files."""
        raise CannotWrite("an SMS has no files")

    def pace(self) -> Pace:
        """As the account says."""
        return Pace(per_second=self.per_second)
