"""What a new channel piece begins with: a provider of SMS that delivers signed JSON and takes JSON."""

from typing import Any

from skipline.cli.new_pieces import PieceTemplate

WIRE: dict[str, Any] = {
    "account.json": {
        "with": {"number": "+31201234567", "key": "<name>_key", "seal": "<name>_seal"},
        "secrets": {"<name>_key": "k3y", "<name>_seal": "s3al"},
        "url": "https://calls.example.com/hooks/<name>/sms",
    },
    "text.json": {
        "case": "a text",
        "delivery": {"body": {"messages": [{"id": "1", "from": "+31611111111", "text": "hello"}]}},
        "events": [{"type": "Received", "key": "message/1", "text": "hello"}],
    },
}
"""What is recorded of the provider, by file name."""

CHANNEL = PieceTemplate(
    code='''"""Say in one sentence which channels this provider carries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import msgspec

from skipline.asking.address import BaseUrl
from skipline.asking.number_keys import number_key
from skipline.asking.origin import check_same, check_size, hmac_hex, needed_header, needed_secret
from skipline.asking.payload import Unreadable, fingerprint, id_in, items_in, key_of, moment_in, read_json, text_in
from skipline.asking.refusals import remedy_by_status, wait_of
from skipline.asking.wording import needed_within, numbered
from skipline.flow.fields import field
from skipline.model.lookup import HttpRequest, HttpResponse, Reach, Secrets
from skipline.model.message import Channel
from skipline.model.messaging import (
    Accepted,
    AnyChannelEvent,
    Attachment,
    CannotWrite,
    Delivery,
    Noted,
    Outbound,
    Pace,
    Received,
    Refused,
    Sender,
    SendResult,
    Uncertain,
    Welcome,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class <class>:
    """`key` names the secret that we send with, `seal` the one that the provider signs with."""

    group: ClassVar[str] = "messages"
    channels: ClassVar[Sequence[Channel]] = (Channel.SMS,)

    number: str = field(label="number")
    key: str = field(label="key", kind="secret")
    seal: str = field(label="seal", kind="secret")
    base_url: BaseUrl = field(label="base_url", kind="url", default="https://api.example.com")
    allow_private: bool = field(label="allow_private", kind="switch", default=False)

    def greet(self, delivery: Delivery, secrets: Secrets) -> Welcome | None:
        """Say how the handshake goes, if there is one."""
        return None

    def verify(self, delivery: Delivery, secrets: Secrets) -> None:
        """Right is an HMAC-SHA256 of the bytes as they came: say where the provider's page says so."""
        check_size(delivery)
        given = needed_header(delivery, "x-signature")
        check_same(given, hmac_hex(needed_secret(self.seal, secrets), delivery.body))

    def read(self, delivery: Delivery) -> Sequence[AnyChannelEvent]:
        """The messages; all else is noted."""
        try:
            told = read_json(delivery.body)
        except Unreadable as wrong:
            key = key_of("unreadable", fingerprint(delivery.body.hex()))
            return [Noted(key=key, at=delivery.received_at, kind="unreadable", text=str(wrong))]
        events = [_event(one, delivery.received_at) for one in items_in(told, "messages")]
        return events or [_note("empty", told, delivery.received_at)]

    def thank(self, delivery: Delivery) -> Welcome:
        """What the provider wants to hear."""
        return Welcome()

    def write(self, message: Outbound, secrets: Secrets) -> HttpRequest:
        """A text with the choices written out."""
        if message.body.media_url:
            raise CannotWrite("this channel carries no files: write their address into the text")
        text = numbered(message.body.text, message.body.buttons or message.body.rows)
        body = {
            "from": self.number,
            "to": message.phone or message.to,
            "text": needed_within(text, 1600, "the text"),
            "reference": message.reference,
        }
        return HttpRequest(
            url=f"{self.base_url}/messages",
            method="POST",
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {secrets(self.key)}"},
            body=msgspec.json.encode(body),
            reach=Reach(is_private_allowed=self.allow_private),
        )

    def understand(self, response: HttpResponse | None, message: Outbound) -> SendResult:
        """Taken with an id; refused with a reason; or nobody knows."""
        if response is None:
            return Uncertain(reason="the provider did not answer")
        taken_as = id_in(_told(response), "id")
        if 200 <= response.status < 300 and taken_as:
            return Accepted(id=taken_as)
        remedy = remedy_by_status(response.status)
        if remedy is None:
            return Uncertain(reason=f"the provider answered {response.status}")
        reason = f"the provider answered {response.status}"
        return Refused(remedy=remedy, code=str(response.status), reason=reason, after_seconds=wait_of(response))

    def fetch(self, attachment: Attachment, secrets: Secrets) -> HttpRequest | None:
        """There are no files."""
        return None

    def fetched(self, attachment: Attachment, response: HttpResponse, secrets: Secrets) -> HttpRequest | bytes:
        """There are no files."""
        raise CannotWrite("this channel carries no files")

    def pace(self) -> Pace:
        """Say where the provider's page says so."""
        return Pace(per_second=1.0)


def _event(told: Any, now: datetime) -> AnyChannelEvent:
    id_, sender, at = id_in(told, "id"), id_in(told, "from"), moment_in(told, now, "at")
    if not id_ or not sender or not text_in(told, "text"):
        return _note("unknown", told, at)
    return Received(
        key=key_of("message", id_),
        at=at,
        id=id_,
        channel=Channel.SMS,
        sender=Sender(id=sender, phone=number_key(sender)),
        text=text_in(told, "text"),
    )


def _note(kind: str, told: Any, at: datetime) -> Noted:
    return Noted(key=key_of("note", kind, fingerprint(told)), at=at, kind=kind)


def _told(response: HttpResponse) -> Any:
    try:
        return read_json(response.body)
    except Unreadable:
        return None
''',
    words={
        "title": "<title>",
        "about": "Say which channels it carries.",
        "number": "Number",
        "key": "Key",
        "seal": "Seal",
        "base_url": "Address",
        "allow_private": "Allow private addresses",
    },
    cases=[
        {
            "case": "a text is sent as the provider wants it",
            "message": {"channel": "sms", "to": "+31611111111", "body": {"text": "Hi"}},
            "expect": {"url": "https://api.example.com/as/its/page/says", "body": {"text": "Hi", "reference": "ref1"}},
        }
    ],
    page="""# <title>

Say which channels it carries, and where its pages are.

```yaml
channels:
  - name: sms
    type: <name>
    number: "+31201234567"
    key: <name>_key
    seal: <name>_seal
```

| key | meaning |
|---|---|
| `number` | our number |
| `key` | the name of the secret that we send with |
| `seal` | the name of the secret that the provider signs with |
| `base_url` | where the provider is |
| `allow_private` | true opens private addresses and this machine |
""",
)
