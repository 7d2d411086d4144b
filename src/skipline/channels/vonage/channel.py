"""SMS and WhatsApp by Vonage."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlencode

import msgspec
from pydantic import AfterValidator, Field

from skipline.asking.address import BaseUrl
from skipline.asking.auth import Basic
from skipline.asking.origin import needed_secret
from skipline.asking.whatsapp import BURST_PER_CONTACT, SECONDS_PER_CONTACT
from skipline.base.sentence import say
from skipline.base.wrong_value import WrongValue
from skipline.channels.vonage.errors import message_result, sms_result
from skipline.channels.vonage.media import is_vonages, next_address
from skipline.channels.vonage.reading import read
from skipline.channels.vonage.signature import check_vonage
from skipline.channels.vonage.signing import LIFETIME, application_token
from skipline.channels.vonage.writing import message_of, sms_of
from skipline.flow.fields import field
from skipline.model.lookup import HttpRequest, HttpResponse, Reach, Secrets
from skipline.model.message import Channel
from skipline.model.messaging import (
    AnyChannelEvent,
    Attachment,
    CannotWrite,
    Delivery,
    Outbound,
    Pace,
    SendResult,
    Welcome,
)

_API_KEY = re.compile(r"[A-Za-z0-9]{6,16}", re.ASCII)
_SENDER = re.compile(r"\+[1-9]\d{6,14}|\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 ._-]{1,11}", re.ASCII)
_NUMBER = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_FILE_LIFETIME = timedelta(hours=24)
"""The longest that Vonage takes a token for; a file is fetched soon after it came."""


def _api_key(written: str) -> str:
    if not _API_KEY.fullmatch(written):
        raise WrongValue(
            say("{written!r} is no API key", written=written), say("it is on the first page of Vonage's dashboard")
        )
    return written


def _sender(written: str) -> str:
    if written and not _SENDER.fullmatch(written):
        raise WrongValue(
            say("{written!r} cannot send SMS", written=written),
            say("write a number such as +31970000004, a short code or a name of up to 11 letters and digits"),
        )
    return written


def _whatsapp_sender(written: str) -> str:
    if written and not _NUMBER.fullmatch(written):
        raise WrongValue(
            say("{written!r} cannot send on WhatsApp", written=written),
            say("write the number of the sender, such as +31970000004"),
        )
    return written


@dataclass(frozen=True, slots=True, kw_only=True)
class Vonage:
    """`secret` names the secret of the API key, `signature_secret` the one that deliveries are signed with. With an
    `application` and its `private_key` requests are signed by it. `sms_api` sends SMS by the older interface, whose
    deliveries are signed by `signature_method`. With `allow_private` the provider may be at a private address."""

    group: ClassVar[str] = "sms"

    api_key: Annotated[str, AfterValidator(_api_key)] = field(label="api_key")
    secret: str = field(label="secret", kind="secret")
    signature_secret: str = field(label="signature_secret", kind="secret")
    sms_from: Annotated[str, AfterValidator(_sender)] = field(label="sms_from", default="")
    whatsapp_from: Annotated[str, AfterValidator(_whatsapp_sender)] = field(label="whatsapp_from", default="")
    application: str = field(label="application", default="")
    private_key: str = field(label="private_key", kind="secret", default="")
    sms_api: bool = field(label="sms_api", kind="switch", default=False)
    signature_method: Literal["md5hash", "md5", "sha1", "sha256", "sha512"] = field(
        label="signature_method", kind="choice", default="sha256"
    )
    list_label: Annotated[str, Field(min_length=1, max_length=20)] = field(label="list_label", default="Options")
    per_second: Annotated[float, Field(gt=0, le=1_000)] = field(label="per_second", kind="number", default=30.0)
    base_url: BaseUrl = field(label="base_url", kind="url", default="https://api.nexmo.com")
    sms_url: BaseUrl = field(label="sms_url", kind="url", default="https://rest.nexmo.com")
    allow_private: bool = field(label="allow_private", kind="switch", default=False)

    def __post_init__(self) -> None:
        if not self.sms_from and not self.whatsapp_from:
            raise WrongValue(say("nobody sends"), say("write `sms_from`, `whatsapp_from` or both"))
        if bool(self.application) != bool(self.private_key):
            raise WrongValue(
                say("an application signs with its key"), say("write both `application` and `private_key`, or neither")
            )

    @property
    def channels(self) -> Sequence[Channel]:
        """Those that have a sender."""
        senders = ((Channel.SMS, self.sms_from), (Channel.WHATSAPP, self.whatsapp_from))
        return tuple(channel for channel, sender in senders if sender)

    def greet(self, delivery: Delivery, secrets: Secrets) -> Welcome | None:
        """Vonage has no handshake."""
        return None

    def verify(self, delivery: Delivery, secrets: Secrets) -> None:
        """Raise `DeliveryRefused` unless it is signed with the signature secret."""
        check_vonage(delivery, self.api_key, needed_secret(self.signature_secret, secrets), self.signature_method)

    def read(self, delivery: Delivery) -> Sequence[AnyChannelEvent]:
        """What a delivery of either interface tells: a message, or how far one of ours came."""
        return read(delivery)

    def thank(self, delivery: Delivery) -> Welcome:
        """Nothing more than that it was kept."""
        return Welcome()

    def write(self, message: Outbound, secrets: Secrets) -> HttpRequest:
        """The request that sends a message."""
        if message.channel not in self.channels:
            raise CannotWrite(f"this account has no sender for {message.channel}: write one in its settings")
        if self._is_by_sms_api(message):
            return self._sms_request(message, secrets)
        sender = self.whatsapp_from if message.channel is Channel.WHATSAPP else self.sms_from
        return HttpRequest(
            url=f"{self.base_url}/v1/messages",
            method="POST",
            headers={
                "Accept": "application/json",
                "Content-Type": "application/json",
                "Authorization": self._sign_in(secrets, message),
            },
            body=msgspec.json.encode(message_of(message, sender, self.list_label)),
            reach=self._reach(),
        )

    def understand(self, response: HttpResponse | None, message: Outbound) -> SendResult:
        """What came of sending."""
        return sms_result(response) if self._is_by_sms_api(message) else message_result(response)

    def fetch(self, attachment: Attachment, secrets: Secrets) -> HttpRequest | None:
        """The request for a file; None when it is not at Vonage, because our sign-in goes nowhere else."""
        if not is_vonages(attachment.url, self.base_url):
            return None
        return self._get(attachment.url, attachment, secrets)

    def fetched(self, attachment: Attachment, response: HttpResponse, secrets: Secrets) -> HttpRequest | bytes:
        """The file, or the request to where Vonage keeps it."""
        url = next_address(attachment.url, self.base_url, response)
        return self._get(url, attachment, secrets) if url else response.body

    def pace(self) -> Pace:
        """As the account is allowed; WhatsApp has a limit for each contact besides."""
        if not self.whatsapp_from:
            return Pace(per_second=self.per_second)
        return Pace(
            per_second=self.per_second, seconds_per_contact=SECONDS_PER_CONTACT, burst_per_contact=BURST_PER_CONTACT
        )

    def _is_by_sms_api(self, message: Outbound) -> bool:
        return self.sms_api and message.channel is Channel.SMS

    def _sms_request(self, message: Outbound, secrets: Secrets) -> HttpRequest:
        form = {"api_key": self.api_key, "api_secret": secrets(self.secret), **sms_of(message, self.sms_from)}
        return HttpRequest(
            url=f"{self.sms_url}/sms/json",
            method="POST",
            headers={"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(form).encode(),
            reach=self._reach(),
        )

    def _sign_in(self, secrets: Secrets, message: Outbound) -> str:
        if not self.application or message.at is None:
            return self._basic(secrets)
        token_id = f"{message.reference}-{message.at.timestamp():.6f}"
        key = secrets(self.private_key)
        return f"Bearer {application_token(self.application, key, token_id, message.at, LIFETIME)}"

    def _get(self, url: str, attachment: Attachment, secrets: Secrets) -> HttpRequest:
        authorization = self._basic(secrets)
        if self.application and attachment.at is not None:
            key = secrets(self.private_key)
            token = application_token(self.application, key, attachment.id, attachment.at, _FILE_LIFETIME)
            authorization = f"Bearer {token}"
        return HttpRequest(url=url, headers={"Authorization": authorization}, reach=self._reach())

    def _basic(self, secrets: Secrets) -> str:
        return Basic(type="basic", user=self.api_key, secret=self.secret).header(secrets)[1]

    def _reach(self) -> Reach:
        return Reach(is_private_allowed=self.allow_private)
