"""Takes what other systems deliver: checks who sent it, and starts the flow whose webhook it is.

A delivery counts once, by the sender's own id of it. It is on the disk before the sender hears that it was taken; what
could not be kept is the sender's to deliver again. Without a secret that can be checked, nothing counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog

from skipline.base.clock import Clock
from skipline.base.ids import Ids
from skipline.base.sentence import say
from skipline.centre.starts import begin_run
from skipline.centre.state import LiveFlow
from skipline.host.deliveries import Deliveries
from skipline.host.durable import DurableRuns
from skipline.host.workspace import LiveWorkspace
from skipline.model.delivery_report import DeliveryReport
from skipline.model.durable import Arrival, Verdict, conversation_on
from skipline.model.events import WebhookReceived
from skipline.model.ids import RunId
from skipline.store.database import Database
from skipline.store.durable.arrivals import find_run
from skipline.triggers.webhook.signature import BadSignature, UnusableSecret, check_signature
from skipline.triggers.webhook.trigger import Webhook

log = structlog.get_logger(__name__)

CHANNEL = "webhook"
CONTENT_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery that is kept, and the run that it started; a repeated one started it before (None: longer ago than
    anybody remembers)."""

    run: RunId | None
    is_repeated: bool


class WebhookRefused(Exception):
    """A delivery that starts nothing: `code` is stable, `str()` says why in words that a stranger may read."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


class UnknownWebhook(WebhookRefused):
    """No published flow has a webhook of this name."""

    def __init__(self, name: str) -> None:
        super().__init__("unknown_webhook", say("No published flow has a webhook {name}.", name=name))


class Webhooks:
    """The webhooks of the flows in force."""

    def __init__(
        self,
        *,
        database: Database,
        workspace: LiveWorkspace,
        durable: DurableRuns,
        secret: Callable[[str], str],
        deliveries: Deliveries,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._database, self._workspace, self._durable = database, workspace, durable
        self._secret, self.deliveries, self._clock, self._ids = secret, deliveries, clock, ids

    def all(self) -> list[tuple[LiveFlow, Webhook]]:
        """Every webhook with the flow that it starts."""
        flows = self._workspace.live_flows()
        return [(live, one) for live in flows for one in live.flow.triggers if isinstance(one, Webhook)]

    def find(self, name: str) -> tuple[LiveFlow, Webhook]:
        """A webhook with the flow that it starts. Raises `UnknownWebhook`."""
        found = next(((live, webhook) for live, webhook in self.all() if webhook.name == name), None)
        if found is None:
            raise UnknownWebhook(name)
        return found

    def refuse(self, name: str, code: str, why: str, size_bytes: int = 0) -> WebhookRefused:
        """The refusal of a delivery that cannot even be read, noted as others are. Raises `UnknownWebhook`."""
        self.find(name)
        return self._refusal(name, WebhookRefused(code, why), {}, size_bytes)

    async def take(self, name: str, headers: Mapping[str, str], body: bytes) -> Taken:
        """Keep a delivery and start its run; `headers` have lower-case names.

        Raises `WebhookRefused`, and `StorageError` when it could not be kept: the sender should deliver it again.
        """
        live, webhook = self.find(name)
        try:
            delivery = self._checked(webhook, headers, body)
            payload = _read(headers, body)
        except WebhookRefused as refused:
            raise self._refusal(name, refused, headers, len(body)) from None
        taken = await self._start(live, webhook, delivery, payload)
        kept = self._delivery(name, headers, len(body))
        self.deliveries.note(msgspec.structs.replace(kept, is_accepted=True, id=delivery, run=taken.run or ""), payload)
        return taken

    def _checked(self, webhook: Webhook, headers: Mapping[str, str], body: bytes) -> str:
        """The delivery's id, once it is sure who sent it."""
        try:
            return check_signature(headers, body, self._secret(webhook.secret), self._clock())
        except (UnusableSecret, LookupError) as missing:
            log.error("webhook_secret_missing", webhook=webhook.name, secret=webhook.secret, why=str(missing))
            why = "This webhook has no secret yet that a signature could be checked with, so nothing is taken."
            raise WebhookRefused("no_secret", why) from None
        except BadSignature as bad:
            raise WebhookRefused("bad_signature", f"This does not count: {bad}.") from None

    async def _start(self, live: LiveFlow, webhook: Webhook, delivery: str, payload: Any) -> Taken:
        now = self._clock()
        event = WebhookReceived(at=now, webhook=webhook.name, id=delivery, payload=payload)
        run = begin_run(live, event, RunId(self._ids()), now)
        if run is None:
            raise UnknownWebhook(webhook.name)
        channel = conversation_on(CHANNEL, webhook.name)
        conversation = conversation_on(CHANNEL, run.id)
        arrival = Arrival(channel=channel, dedup=delivery, conversation=conversation, begins=run)
        if await self._durable.receive(arrival) is Verdict.REPEATED:
            return Taken(await self._database.read(find_run, channel, delivery), is_repeated=True)
        log.info("webhook_taken", webhook=webhook.name, run=run.id)
        return Taken(run.id, is_repeated=False)

    def _refusal(
        self, name: str, refused: WebhookRefused, headers: Mapping[str, str], size_bytes: int
    ) -> WebhookRefused:
        log.warning("webhook_refused", webhook=name, code=refused.code, why=str(refused))
        noted = msgspec.structs.replace(
            self._delivery(name, headers, size_bytes), is_accepted=False, code=refused.code, reason=str(refused)
        )
        self.deliveries.note(noted)
        return refused

    def _delivery(self, name: str, headers: Mapping[str, str], size_bytes: int) -> DeliveryReport:
        content_type = headers.get("content-type", "")[:100]
        return DeliveryReport(
            webhook=name, received_at=self._clock(), is_accepted=False, content_type=content_type, bytes=size_bytes
        )


def _read(headers: Mapping[str, str], body: bytes) -> Any:
    given = headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != CONTENT_TYPE:
        raise WebhookRefused("wrong_content_type", f"Send the body as {CONTENT_TYPE}.")
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError) as wrong:
        raise WebhookRefused("not_json", f"The body is no JSON: {wrong}.") from None
