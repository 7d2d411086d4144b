"""Bird, and MessageBird before it was called so: SMS and WhatsApp."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urljoin, urlsplit

import msgspec
from pydantic import Field

from skipline.asking.address import BaseUrl
from skipline.asking.forms import first_values, form_pairs, query_pairs
from skipline.asking.origin import needed_secret
from skipline.asking.payload import Unreadable, fingerprint, found, key_of, read_json, text_in
from skipline.asking.whatsapp import BURST_PER_CONTACT, SECONDS_PER_CONTACT
from skipline.base.sentence import say
from skipline.base.wrong_value import WrongValue
from skipline.channels.bird.errors import understand_bird
from skipline.channels.bird.older_reading import is_conversation, read_conversation, read_sms
from skipline.channels.bird.older_writing import conversation_message, sms_message
from skipline.channels.bird.reading import read_bird
from skipline.channels.bird.signature import check_bird, check_messagebird
from skipline.channels.bird.writing import bird_message
from skipline.flow.fields import Duration, field
from skipline.model.lookup import HttpRequest, HttpResponse, Reach, Secrets
from skipline.model.message import Channel
from skipline.model.messaging import (
    AnyChannelEvent,
    Attachment,
    CannotWrite,
    Delivery,
    Noted,
    Outbound,
    Pace,
    SendResult,
    Welcome,
)

_BIRD, _SMS, _CONVERSATIONS = (
    "https://api.bird.com",
    "https://rest.messagebird.com",
    "https://conversations.messagebird.com",
)
_OWN_HOSTS = ("bird.com", "messagebird.com")
BirdId = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{0,64}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bird:
    """`api` is `bird`, or `messagebird` for accounts that still have its older interfaces.

    `sms_channel` and `whatsapp_channel` are the ids that the provider gave the channels of this account. `originator`
    is who SMS of MessageBird come from. `freshness` is how old a signature may be. With `allow_private` the provider,
    and the files that it names, may be at private addresses and on this machine.
    """

    secret: str = field(label="secret", kind="secret")
    signing_secret: str = field(label="signing_secret", kind="secret")
    api: Literal["bird", "messagebird"] = field(label="api", kind="choice", default="bird")
    workspace: BirdId = field(label="workspace", default="")
    sms_channel: BirdId = field(label="sms_channel", default="")
    whatsapp_channel: BirdId = field(label="whatsapp_channel", default="")
    originator: Annotated[str, Field(max_length=17)] = field(label="originator", default="")
    list_label: Annotated[str, Field(min_length=1, max_length=20)] = field(label="list_label", default="Choose")
    freshness: Duration = field(label="freshness", kind="duration", default=28_800.0)
    per_second: Annotated[float, Field(gt=0, le=1_000)] = field(label="per_second", kind="number", default=20.0)
    base_url: BaseUrl | None = field(label="base_url", kind="url", default=None)
    allow_private: bool = field(label="allow_private", kind="switch", default=False)

    def __post_init__(self) -> None:
        if self.api == "bird" and not self.workspace:
            raise WrongValue(say("Bird has no address without a `workspace`"), say("copy its id from Bird's settings"))
        if not self.channels:
            raise WrongValue(
                say("it carries nothing"), say("give the id of its `sms_channel` or its `whatsapp_channel`")
            )

    @property
    def channels(self) -> Sequence[Channel]:
        """Those with an id; MessageBird's SMS need none."""
        has_sms = self.sms_channel or (self.api == "messagebird" and self.originator)
        carried = ((Channel.SMS, has_sms), (Channel.WHATSAPP, self.whatsapp_channel))
        return tuple(channel for channel, is_there in carried if is_there)

    def greet(self, delivery: Delivery, secrets: Secrets) -> Welcome | None:
        """Neither shakes hands; MessageBird's GETs are delivery reports."""
        return None

    def verify(self, delivery: Delivery, secrets: Secrets) -> None:
        """Raise `DeliveryRefused` unless the signature, its age and, of a token, its claims are right."""
        key = needed_secret(self.signing_secret, secrets)
        check = check_bird if self.api == "bird" else check_messagebird
        check(delivery, key, self.freshness)

    def read(self, delivery: Delivery) -> Sequence[AnyChannelEvent]:
        """The one event of a delivery."""
        try:
            told = _told(delivery)
        except Unreadable as wrong:
            key = key_of("note", "unreadable", fingerprint(delivery.body.hex() or delivery.url))
            return [Noted(key=key, at=delivery.received_at, kind="unreadable", text=str(wrong))]
        if isinstance(found(told, "payload"), dict) or isinstance(found(told, "event"), str):
            return [read_bird(told, delivery, self._ours())]
        if is_conversation(told):
            return [read_conversation(told, delivery, self.whatsapp_channel)]
        return [read_sms(told, delivery)]

    def thank(self, delivery: Delivery) -> Welcome:
        """MessageBird wants to see `OK`; Bird does not mind."""
        return Welcome(body="OK")

    def write(self, message: Outbound, secrets: Secrets) -> HttpRequest:
        """The request that sends `message`, with our reference in it."""
        if message.channel not in self.channels:
            raise CannotWrite(f"this account carries no {message.channel}")
        url, told = self._told(message)
        return HttpRequest(
            url=url,
            method="POST",
            headers={
                "Accept": "application/json",
                "Content-Type": "application/json",
                "Authorization": f"AccessKey {secrets(self.secret)}",
            },
            body=msgspec.json.encode(told),
            reach=self._reach(),
        )

    def understand(self, response: HttpResponse | None, message: Outbound) -> SendResult:
        """Taken, refused, or nobody knows."""
        return understand_bird(response)

    def fetch(self, attachment: Attachment, secrets: Secrets) -> HttpRequest | None:
        """The request for a file. Our key goes to the provider's own hosts alone."""
        parts = urlsplit(attachment.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        is_own = parts.scheme == "https" and parts.hostname.endswith(tuple(f".{host}" for host in _OWN_HOSTS))
        is_own = is_own or (self.base_url is not None and attachment.url.startswith(f"{self.base_url}/"))
        headers = {"Authorization": f"AccessKey {secrets(self.secret)}"} if is_own else {}
        return HttpRequest(url=attachment.url, headers=headers, reach=self._reach())

    def fetched(self, attachment: Attachment, response: HttpResponse, secrets: Secrets) -> HttpRequest | bytes:
        """The file, or where it is kept: there our key does not go. Raises `CannotWrite`."""
        if response.status == 200:
            return response.body
        if 300 <= response.status < 400 and (place := response.headers.get("location")):
            return HttpRequest(url=urljoin(attachment.url, place), reach=self._reach())
        raise CannotWrite(f"the file cannot be had: Bird answered {response.status}")

    def pace(self) -> Pace:
        """As the account is allowed; WhatsApp has a limit for each contact besides."""
        if not self.whatsapp_channel:
            return Pace(per_second=self.per_second)
        return Pace(
            per_second=self.per_second, seconds_per_contact=SECONDS_PER_CONTACT, burst_per_contact=BURST_PER_CONTACT
        )

    def _reach(self) -> Reach:
        return Reach(is_private_allowed=self.allow_private)

    def _ours(self) -> Mapping[str, Channel]:
        pairs = ((self.sms_channel, Channel.SMS), (self.whatsapp_channel, Channel.WHATSAPP))
        return {id_: channel for id_, channel in pairs if id_}

    def _told(self, message: Outbound) -> tuple[str, dict[str, Any]]:
        """Where a message goes, and its JSON."""
        if self.api == "bird":
            channel = self.sms_channel if message.channel is Channel.SMS else self.whatsapp_channel
            place = f"/workspaces/{self.workspace}/channels/{channel}/messages"
            return f"{self.base_url or _BIRD}{place}", bird_message(message, self.list_label)
        if message.channel is Channel.SMS:
            return f"{self.base_url or _SMS}/messages", sms_message(message, self.originator)
        url = f"{self.base_url or _CONVERSATIONS}/v1/send"
        return url, conversation_message(message, self.whatsapp_channel, self.list_label)


def _told(delivery: Delivery) -> Any:
    """What a delivery brings: JSON, a form, or a query. Raises `Unreadable`."""
    type_ = next((value for name, value in delivery.headers if name == "content-type"), "")
    if not delivery.body:
        return first_values(query_pairs(delivery.url))
    if "json" in type_ or delivery.body.lstrip()[:1] in (b"{", b"["):
        return read_json(delivery.body)
    told = first_values(form_pairs(delivery.body))
    if not (text_in(told, "id") or text_in(told, "status")):
        raise Unreadable("it is neither JSON nor a form of MessageBird")
    return told
