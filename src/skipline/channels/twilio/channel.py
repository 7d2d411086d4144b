"""SMS by Twilio, and WhatsApp through it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

import msgspec
from pydantic import AfterValidator, Field

from skipline.asking.address import BaseUrl
from skipline.asking.auth import Basic
from skipline.asking.origin import needed_secret
from skipline.asking.whatsapp import BURST_PER_CONTACT, SECONDS_PER_CONTACT
from skipline.base.sentence import say
from skipline.base.wrong_value import WrongValue
from skipline.channels.twilio.errors import result_of
from skipline.channels.twilio.media import is_at, next_address
from skipline.channels.twilio.missed import is_list, list_url, listed_file, page_of
from skipline.channels.twilio.reading import read
from skipline.channels.twilio.signature import check_twilio
from skipline.channels.twilio.writing import form_of
from skipline.flow.fields import Duration, field
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

_SID = re.compile(r"AC[0-9a-fA-F]{32}", re.ASCII)
_SENDER = re.compile(r"\+[1-9]\d{6,14}|\d{3,8}|MG[0-9a-fA-F]{32}|(?=.*[A-Za-z])[A-Za-z0-9 ._+&-]{1,11}", re.ASCII)
_NUMBER = re.compile(r"\+[1-9]\d{6,14}|MG[0-9a-fA-F]{32}", re.ASCII)
_LONGEST_VALIDITY_SECONDS = 36_000
FORM = "application/x-www-form-urlencoded"


def _account_sid(written: str) -> str:
    if not _SID.fullmatch(written):
        raise WrongValue(
            say("{written!r} is no account SID", written=written),
            say("it is AC and 32 digits, on the first page of Twilio's console"),
        )
    return written


def _sender(written: str) -> str:
    if written and not _SENDER.fullmatch(written):
        raise WrongValue(
            say("{written!r} cannot send SMS", written=written),
            say(
                "write a number such as +31970000001, a short code, a messaging service (MG and 32 digits) "
                "or a name of up to 11 letters and digits"
            ),
        )
    return written


def _whatsapp_sender(written: str) -> str:
    plain = written.removeprefix("whatsapp:")
    if plain and not _NUMBER.fullmatch(plain):
        raise WrongValue(
            say("{written!r} cannot send on WhatsApp", written=written),
            say("write the number of the sender, such as +31970000001"),
        )
    return plain


def _validity(seconds: float | None) -> float | None:
    if seconds is not None and not 1 <= seconds <= _LONGEST_VALIDITY_SECONDS:
        raise WrongValue(say("Twilio keeps a message waiting for 1s to 10h"), say("write a time within"))
    return seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Twilio:
    """`secret` names the auth token, which signs deliveries; requests are signed in with it too, or with an API key
    (`api_key`, and `api_key_secret` names its secret). `templates` maps the names that flows use to ContentSids.
    `per_second` is how many messages the account may send. `validity` is how long Twilio may keep a message waiting.
    With `allow_private` the API may be at a private address or on this machine.
    """

    group: ClassVar[str] = "sms"

    account_sid: Annotated[str, AfterValidator(_account_sid)] = field(label="account_sid")
    secret: str = field(label="secret", kind="secret")
    sms_from: Annotated[str, AfterValidator(_sender)] = field(label="sms_from", default="")
    whatsapp_from: Annotated[str, AfterValidator(_whatsapp_sender)] = field(label="whatsapp_from", default="")
    templates: dict[str, str] = field(label="templates", kind="map", default_factory=dict)
    api_key: str = field(label="api_key", default="")
    api_key_secret: str = field(label="api_key_secret", kind="secret", default="")
    per_second: Annotated[float, Field(gt=0, le=1_000)] = field(label="per_second", kind="number", default=10.0)
    validity: Annotated[Duration | None, AfterValidator(_validity)] = field(
        label="validity", kind="duration", default=None
    )
    base_url: BaseUrl = field(label="base_url", kind="url", default="https://api.twilio.com")
    allow_private: bool = field(label="allow_private", kind="switch", default=False)

    def __post_init__(self) -> None:
        if not self.sms_from and not self.whatsapp_from:
            raise WrongValue(say("nobody sends"), say("write `sms_from`, `whatsapp_from` or both"))
        if bool(self.api_key) != bool(self.api_key_secret):
            raise WrongValue(
                say("an API key is two things"), say("write both `api_key` and `api_key_secret`, or neither")
            )

    @property
    def channels(self) -> Sequence[Channel]:
        """Those that have a sender."""
        senders = ((Channel.SMS, self.sms_from), (Channel.WHATSAPP, self.whatsapp_from))
        return tuple(channel for channel, sender in senders if sender)

    def greet(self, delivery: Delivery, secrets: Secrets) -> Welcome | None:
        """Twilio has no handshake."""
        return None

    def verify(self, delivery: Delivery, secrets: Secrets) -> None:
        """Raise `DeliveryRefused` unless it is signed with the auth token."""
        check_twilio(delivery, needed_secret(self.secret, secrets))

    def read(self, delivery: Delivery) -> Sequence[AnyChannelEvent]:
        """What a delivery tells: a message, or how far one of ours came."""
        return read(delivery)

    def thank(self, delivery: Delivery) -> Welcome:
        """No answer to the contact: what we say goes out as a message of its own."""
        return Welcome(body="<Response/>", content_type="text/xml")

    def write(self, message: Outbound, secrets: Secrets) -> HttpRequest:
        """The request that sends a message."""
        sender = self.whatsapp_from if message.channel is Channel.WHATSAPP else self.sms_from
        if message.channel not in self.channels:
            raise CannotWrite(f"this account has no sender for {message.channel}: write one in its settings")
        validity = None if self.validity is None else round(self.validity)
        return HttpRequest(
            url=f"{self._account_url()}/Messages.json",
            method="POST",
            headers={"Accept": "application/json", "Content-Type": FORM, **self._signed_in(secrets)},
            body=form_of(message, sender, self.templates, validity),
            reach=self._reach(),
        )

    def understand(self, response: HttpResponse | None, message: Outbound) -> SendResult:
        """What came of sending."""
        return result_of(response)

    def fetch(self, attachment: Attachment, secrets: Secrets) -> HttpRequest | None:
        """The request for a file; None when it is not at Twilio, because our credentials go nowhere else."""
        if not is_at(attachment.url, self.base_url):
            return None
        return self._get(attachment.url, self._signed_in(secrets))

    def fetched(self, attachment: Attachment, response: HttpResponse, secrets: Secrets) -> HttpRequest | bytes:
        """The file, or the request to where Twilio keeps it."""
        if is_list(attachment, response):
            return self._get(listed_file(attachment, response, self.base_url), self._signed_in(secrets))
        url = next_address(attachment.url, self.base_url, response)
        if not url:
            return response.body
        return self._get(url, self._signed_in(secrets) if is_at(url, self.base_url) else {})

    def forget(self, attachment: Attachment, secrets: Secrets) -> HttpRequest | None:
        """The request that deletes a file at Twilio, once we have it; asking twice does no more."""
        request = self.fetch(attachment, secrets)
        if request is None:
            return None
        return msgspec.structs.replace(request, method="DELETE", is_repeatable=True)

    def pace(self) -> Pace:
        """As the account is allowed; WhatsApp has a limit for each contact besides."""
        if not self.whatsapp_from:
            return Pace(per_second=self.per_second)
        return Pace(
            per_second=self.per_second, seconds_per_contact=SECONDS_PER_CONTACT, burst_per_contact=BURST_PER_CONTACT
        )

    def resubscribe(self, secrets: Secrets) -> Sequence[HttpRequest]:
        """Nothing to do: Twilio never stops to deliver."""
        return ()

    def list_missed(self, since: datetime, cursor: str, secrets: Secrets) -> HttpRequest | None:
        """The request for a page of the account's messages."""
        return self._get(cursor or list_url(self._account_url(), since), self._signed_in(secrets))

    def read_missed(
        self, response: HttpResponse, since: datetime, cursor: str
    ) -> tuple[Sequence[AnyChannelEvent], str | None]:
        """What contacts wrote, and the address of the next page."""
        return page_of(response, since, self.base_url)

    def _account_url(self) -> str:
        return f"{self.base_url}/2010-04-01/Accounts/{self.account_sid}"

    def _get(self, url: str, headers: dict[str, str]) -> HttpRequest:
        return HttpRequest(url=url, headers=headers, reach=self._reach())

    def _reach(self) -> Reach:
        return Reach(is_private_allowed=self.allow_private)

    def _signed_in(self, secrets: Secrets) -> dict[str, str]:
        user, secret = (self.api_key, self.api_key_secret) if self.api_key else (self.account_sid, self.secret)
        return dict([Basic(type="basic", user=user, secret=secret).header(secrets)])
