"""Messages on their way between a provider and us, as plain values: a channel piece reads and writes them, the host
carries them over the wire.

A channel piece is a frozen dataclass of an account's settings (`channels/<provider>/channel.py`) with the methods of
`ChannelSettings`. It opens nothing: what it wants sent is an `HttpRequest`, what came back an `HttpResponse`.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

import msgspec

from skipline.model.lookup import HttpRequest, HttpResponse, Secrets
from skipline.model.message import Channel, MessageBody, MessageKind, SendState

PARTS_WAIT_SECONDS = 60.0
"""How long parts of a long SMS wait for the others."""


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request of a provider as it came. `url` is the public address that the provider was told, with its
    query; `headers` keep their order and repetition, names in lower case; `body` is never re-encoded, because
    signatures are over the raw bytes."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    received_at: datetime


class Welcome(msgspec.Struct, frozen=True, kw_only=True):
    """What to answer a provider at once, besides storing what it brought."""

    status: int = 200
    body: str = ""
    content_type: str = "text/plain"


class DeliveryRefused(Exception):
    """A delivery whose origin is not proven. `str()` says why, for our log alone; the sender hears only the status."""

    def __init__(self, why: str, status: int = 403) -> None:
        super().__init__(why)
        self.status = status


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file that came with a message: `id` or `url` is where the provider has it, for minutes only. `kind` is image,
    video, audio, document or sticker; `sha256` in lower-case hex where the provider told it. `at` is when it came, for
    providers that want the request for it dated."""

    kind: str
    id: str = ""
    url: str = ""
    type: str = ""
    name: str = ""
    sha256: str = ""
    at: datetime | None = None


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """Who wrote, as the provider knows them: `id` is the key within the account. `phone` (E.164) and `name` only where
    they were told; both are what strangers say of themselves."""

    id: str
    phone: str = ""
    name: str = ""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of a long text this is: number `number` (from 1) of `total`. Parts of one text have the same
    sender and the same `reference`, which senders use again after a while."""

    reference: str
    number: int
    total: int


class ChannelEvent(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Something that a provider told about one account. `key` is the same whenever it tells the same thing again, and
    unique within the account; `at` is the provider's time."""

    key: str
    at: datetime
    account_id: str = ""


class Received(ChannelEvent, frozen=True, kw_only=True, tag=True):
    """A contact wrote. `text` is what to show for every kind; `choice` is the id of the button or list row they chose;
    `refers_to` the message that was answered, edited, revoked or reacted to; `referral` where they came from (an ad, a
    link). With a `part` it is a part of a long SMS: parts are kept one by one, joined in the order of their numbers,
    and shown as they are when the rest does not come within `PARTS_WAIT_SECONDS`."""

    id: str
    channel: Channel
    sender: Sender
    kind: MessageKind = MessageKind.TEXT
    text: str = ""
    choice: str = ""
    attachments: tuple[Attachment, ...] = ()
    refers_to: str = ""
    referral: dict[str, str] = {}
    detail: str = ""
    is_standby: bool = False
    part: Part | None = None


class Remedy(StrEnum):
    """What to do about a send that did not go through."""

    RETRY = "retry"
    RETRY_ONCE = "retry_once"
    SLOW_DOWN = "slow_down"
    NEVER = "never"
    ALARM = "alarm"
    TEMPLATE = "template"


class StateTold(ChannelEvent, frozen=True, kw_only=True, tag=True):
    """A provider told how far a message of ours came. `reference` is our own, where it comes back. `remedy` says what
    could be done about one that it took and then could not deliver. With `until`, `id` is empty and every message to
    the contact `to` that we sent no later came that far."""

    id: str
    state: SendState
    reference: str = ""
    code: str = ""
    reason: str = ""
    remedy: Remedy = Remedy.NEVER
    to: str = ""
    until: datetime | None = None


class Echoed(ChannelEvent, frozen=True, kw_only=True, tag=True):
    """Our account wrote to `to`, the contact's id or number: by another way than us, such as a person in the provider's
    own app, or by us (`is_ours`). Some providers do not say which program wrote: whoever pauses flows for it looks
    first whether `id` is a message of ours."""

    id: str
    channel: Channel
    to: str
    text: str = ""
    is_ours: bool = False


class PreferenceTold(ChannelEvent, frozen=True, kw_only=True, tag=True):
    """A contact told the provider to stop, or to resume, messages."""

    channel: Channel
    sender: Sender
    is_stopped: bool


class ContactMoved(ChannelEvent, frozen=True, kw_only=True, tag=True):
    """A contact has another id from now on; the old one stays known."""

    channel: Channel
    before: str
    after: Sender


class Noted(ChannelEvent, frozen=True, kw_only=True, tag=True):
    """Something of the account that no contact did, or that we do not know: kept and shown, nothing else. `kind` is the
    provider's own word."""

    kind: str
    text: str = ""


AnyChannelEvent = Received | StateTold | Echoed | PreferenceTold | ContactMoved | Noted


class Outbound(msgspec.Struct, frozen=True, kw_only=True):
    """A message to be sent. `reference` is our own and unique; `to` the contact's id within the account, `phone` their
    number (E.164) where one is known: some providers take one of them only for some kinds of message.
    `is_from_person`: an agent wrote it, not a flow. `window_ends_at`: until when the provider lets us write freely;
    None: always. `answers` is the provider's id of the contact's latest message, where one is known. `callback_url` is
    the public address of the account's deliveries, for providers that are told it with each message; empty: what is
    set at the provider counts. `at` is when this request is made, for providers that want a request dated."""

    reference: str
    channel: Channel
    to: str
    phone: str = ""
    body: MessageBody
    is_from_person: bool = False
    window_ends_at: datetime | None = None
    answers: str = ""
    callback_url: str = ""
    at: datetime | None = None


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """The provider took a message under the id `id`."""

    id: str


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """The provider did not take a message, and `reason` is what people read. `after_seconds`: not before."""

    remedy: Remedy
    code: str = ""
    reason: str = ""
    after_seconds: float | None = None


class Uncertain(msgspec.Struct, frozen=True, kw_only=True):
    """Nobody knows whether the provider took it: never sent again, settled by what it tells later."""

    reason: str


SendResult = Accepted | Refused | Uncertain


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How fast an account may send: messages a second in all, and seconds between two to the same contact, of whom
    `burst_per_contact` may go without that wait as long as the mean is kept."""

    per_second: float
    seconds_per_contact: float = 0.0
    burst_per_contact: int = 1


class CannotWrite(ValueError):
    """A message that this channel cannot carry; `str()` says why and what to do instead."""


class NeedsTemplate(CannotWrite):
    """A message that comes too late: until the contact writes again only an approved template may go, if anything."""


class ChannelSettings(Protocol):
    """An account of a provider."""

    @property
    def channels(self) -> Sequence[Channel]:
        """Those it carries."""

    def greet(self, delivery: Delivery, secrets: Secrets) -> Welcome | None:
        """The answer to a provider's handshake; None when `delivery` is none. Raises `DeliveryRefused`."""

    def verify(self, delivery: Delivery, secrets: Secrets) -> None:
        """Raise `DeliveryRefused` unless the provider's signature over the raw bytes is right; without a secret too."""

    def read(self, delivery: Delivery) -> Sequence[AnyChannelEvent]:
        """What a verified delivery tells, in its order. Never raises: what it does not know becomes `Noted`."""

    def thank(self, delivery: Delivery) -> Welcome:
        """What to answer once the delivery is stored."""

    def write(self, message: Outbound, secrets: Secrets) -> HttpRequest:
        """The request that sends `message`. Raises `CannotWrite`, and `LookupError` for a missing secret."""

    def understand(self, response: HttpResponse | None, message: Outbound) -> SendResult:
        """What came of sending; `response` None: the request may have arrived and no answer came."""

    def fetch(self, attachment: Attachment, secrets: Secrets) -> HttpRequest | None:
        """The request for an attachment's file or for its address; None when it cannot be fetched."""

    def fetched(self, attachment: Attachment, response: HttpResponse, secrets: Secrets) -> HttpRequest | bytes:
        """The next request on the way to the file, or its bytes. Raises `CannotWrite` when there is none."""

    def pace(self) -> Pace:
        """How fast this account may send."""


@runtime_checkable
class Forgets(Protocol):
    """What an account can do besides, when its provider keeps what contacts sent until it is told not to."""

    def forget(self, attachment: Attachment, secrets: Secrets) -> HttpRequest | None:
        """The request that deletes a file at the provider, once we have it; asking twice does no more. None when there
        is nothing to delete. Raises `LookupError` for a missing secret."""


@runtime_checkable
class Recovers(Protocol):
    """What an account can do besides, when its provider gives up on us after an outage: be heard again, and ask for
    what was missed. What it tells then has the keys that it would have had, so asking for too much is harmless."""

    def resubscribe(self, secrets: Secrets) -> Sequence[HttpRequest]:
        """The requests after which the provider delivers again; asking for it twice is harmless. Empty when it never
        stops. Raises `LookupError` for a missing secret."""

    def list_missed(self, since: datetime, cursor: str, secrets: Secrets) -> HttpRequest | None:
        """The request for a page of what contacts wrote since; `cursor` is empty for the first page. None when there is
        nothing to ask. Raises `LookupError` for a missing secret."""

    def read_missed(
        self, response: HttpResponse, since: datetime, cursor: str
    ) -> tuple[Sequence[AnyChannelEvent], str | None]:
        """The events on a page, and the cursor of the next; None: that was all. Raises `CannotWrite` with the reason
        when the provider did not give the page."""


class ChannelLink(Protocol):
    """A provider that is reached over a connection that stays open, not over HTTP: in `channels/<provider>/driver.py`,
    the only file of a piece that opens anything. The module's class is called `Driver`."""

    @property
    def trouble(self) -> str | None:
        """Why nothing can be sent now; None while the connection is up."""

    async def run(
        self,
        settings: object,
        secrets: Secrets,
        receive: Callable[[Sequence[AnyChannelEvent]], Awaitable[None]],
    ) -> None:
        """Keep the connection up until cancelled. `receive` returns once events are kept for good and raises when they
        could not be: only then is a delivery acknowledged, or refused so that it comes again."""

    async def send(self, message: Outbound) -> SendResult:
        """Send one message and wait for what the provider says of it."""
