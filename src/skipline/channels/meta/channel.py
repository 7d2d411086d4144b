"""WhatsApp, Messenger and Instagram, by Meta's Graph API."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field

from skipline.asking.address import BaseUrl
from skipline.asking.whatsapp import BURST_PER_CONTACT, SECONDS_PER_CONTACT
from skipline.base.sentence import say
from skipline.base.wrong_value import WrongValue
from skipline.channels.meta import errors, media, reading, recovery, signature
from skipline.channels.meta.graph import Graph
from skipline.channels.meta.page_writing import write_page
from skipline.channels.meta.whatsapp_writing import write_whatsapp
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

_GRAPH, _INSTAGRAM_LOGIN = "https://graph.facebook.com", "https://graph.instagram.com"
_PAGE_PER_SECOND = 300.0


def _graph_id(written: str) -> str:
    if written and not re.fullmatch(r"\d{3,40}", written, re.ASCII):
        raise WrongValue(
            say("{written!r} is no id of Meta's", written=written), say("copy the digits from the app's settings")
        )
    return written


def _digits(written: object) -> object:
    """YAML reads an id without quotes as a number."""
    return str(written) if type(written) is int else written


GraphId = Annotated[str, BeforeValidator(_digits), AfterValidator(_graph_id)]


def _version(written: str) -> str:
    if not re.fullmatch(r"v\d{1,3}\.\d", written, re.ASCII):
        raise WrongValue(
            say("{written!r} is no version of the Graph API", written=written), say("write one such as v25.0")
        )
    return written


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """Give the ids of what the account has: `phone_number_id` for WhatsApp, `page_id` for Messenger, `instagram_id`
    for Instagram. They share the app and the token; channels with tokens of their own are accounts of their own.
    """

    group: ClassVar[str] = "messages"

    phone_number_id: GraphId = field(label="phone_number_id", default="")
    page_id: GraphId = field(label="page_id", default="")
    instagram_id: GraphId = field(label="instagram_id", default="")
    app_id: GraphId = field(label="app_id", default="")
    app_secret: str = field(label="app_secret", kind="secret")
    verify_token: str = field(label="verify_token", kind="secret")
    access_token: str = field(label="access_token", kind="secret")
    list_label: Annotated[str, Field(min_length=1, max_length=20)] = field(label="list_label", default="Choose")
    per_second: Annotated[float, Field(gt=0, le=1_000)] = field(label="per_second", kind="number", default=80.0)
    graph_version: Annotated[str, AfterValidator(_version)] = field(label="graph_version", default="v25.0")
    base_url: BaseUrl | None = field(label="base_url", kind="url", default=None)
    allow_private: bool = field(label="allow_private", kind="switch", default=False)

    def __post_init__(self) -> None:
        if not self.channels:
            raise WrongValue(say("there is no id"), say("write `phone_number_id`, `page_id` or `instagram_id`"))
        if not self.app_id and (self.page_id or self.instagram_id):
            raise WrongValue(say("`app_id` is missing"), say("without it our own messages look like those of a person"))

    @property
    def channels(self) -> Sequence[Channel]:
        """Those whose ids are given."""
        return tuple(self._ids())

    def greet(self, delivery: Delivery, secrets: Secrets) -> Welcome | None:
        """The challenge of Meta's handshake, given back when the token is ours."""
        return signature.greet(delivery, self.verify_token, secrets)

    def verify(self, delivery: Delivery, secrets: Secrets) -> None:
        """Raise `DeliveryRefused` unless the app's secret signed these bytes."""
        signature.verify(delivery, self.app_secret, secrets)

    def read(self, delivery: Delivery) -> Sequence[AnyChannelEvent]:
        """Every update in a delivery; what is of another account, or unknown, is noted."""
        return reading.read(delivery, reading.Ours(ids=self._ids(), app_id=self.app_id))

    def thank(self, delivery: Delivery) -> Welcome:
        """Meta looks at the status only."""
        return Welcome()

    def write(self, message: Outbound, secrets: Secrets) -> HttpRequest:
        """The request that sends `message`."""
        if message.channel not in self.channels:
            raise CannotWrite(f"this account has no {message.channel}: give it the id, or use another account")
        graph = self._graph(message.channel)
        if message.channel is Channel.WHATSAPP:
            return graph.post(f"{self.phone_number_id}/messages", write_whatsapp(message, self.list_label), secrets)
        return graph.post(f"{self._sender_id(message.channel)}/messages", write_page(message), secrets)

    def understand(self, response: HttpResponse | None, message: Outbound) -> SendResult:
        """What Meta said, by the code of its error."""
        return errors.understand(response, message.channel)

    def fetch(self, attachment: Attachment, secrets: Secrets) -> HttpRequest | None:
        """The file's present address for one with an id, which lives for minutes; else the file itself."""
        return media.fetch(attachment, self._graph(self.channels[0]), secrets)

    def fetched(self, attachment: Attachment, response: HttpResponse, secrets: Secrets) -> HttpRequest | bytes:
        """The request for the file at its address, or its bytes."""
        return media.fetched(attachment, response, self._graph(self.channels[0]), secrets)

    def pace(self) -> Pace:
        """WhatsApp: the number's own limit, and a message every 6 s to one contact with short bursts. A page: 300 a
        second."""
        if not self.phone_number_id:
            return Pace(per_second=min(self.per_second, _PAGE_PER_SECOND))
        return Pace(
            per_second=self.per_second,
            seconds_per_contact=SECONDS_PER_CONTACT,
            burst_per_contact=BURST_PER_CONTACT,
        )

    def resubscribe(self, secrets: Secrets) -> Sequence[HttpRequest]:
        """Messenger and Instagram stop delivering after about an hour of failures; WhatsApp tries for days."""
        return [
            recovery.resubscribe(channel, self._sender_id(channel), self._graph(channel), secrets)
            for channel in self._missable()[:1]
        ]

    def list_missed(self, since: datetime, cursor: str, secrets: Secrets) -> HttpRequest | None:
        """A page of the conversations that changed, latest first, with what was written in them."""
        place = recovery.place_of(cursor, self._missable())
        if place is None:
            return None
        return recovery.list_missed(place, self._sender_id(place.channel), self._graph(place.channel), secrets)

    def read_missed(
        self, response: HttpResponse, since: datetime, cursor: str
    ) -> tuple[Sequence[AnyChannelEvent], str | None]:
        """What contacts wrote since, as if it had been delivered."""
        return recovery.read_missed(response, since, cursor, self._missable(), self._ids())

    def _ids(self) -> dict[Channel, str]:
        ids = {
            Channel.WHATSAPP: self.phone_number_id,
            Channel.MESSENGER: self.page_id,
            Channel.INSTAGRAM: self.instagram_id,
        }
        return {channel: id_ for channel, id_ in ids.items() if id_}

    def _missable(self) -> tuple[Channel, ...]:
        return tuple(channel for channel in self.channels if channel is not Channel.WHATSAPP)

    def _sender_id(self, channel: Channel) -> str:
        """Who sends: an Instagram account that is linked to a page is reached through the page."""
        return self.page_id or self.instagram_id if channel is Channel.INSTAGRAM else self.page_id

    def _graph(self, channel: Channel) -> Graph:
        is_login = channel is Channel.INSTAGRAM and not self.page_id
        return Graph(
            base_url=self.base_url or (_INSTAGRAM_LOGIN if is_login else _GRAPH),
            version=self.graph_version,
            token=self.access_token,
            reach=Reach(is_private_allowed=self.allow_private),
        )
