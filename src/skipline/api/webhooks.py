"""Webhooks: their addresses, and the newest delivery of each, value by value, for choosing what to keep."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from skipline.api.access import allows
from skipline.api.errors import Refused
from skipline.api.hooks import PATH
from skipline.api.services import Running
from skipline.base.sentence import sentence_of
from skipline.base.value_types import write_plain
from skipline.flow.masks import MASK
from skipline.host.webhooks import UnknownWebhook
from skipline.model.access import Permission
from skipline.model.delivery_report import DeliveryReport, PayloadValue
from skipline.triggers.webhook.trigger import Webhook

router = APIRouter(prefix="/webhooks", tags=["webhooks"])


class WebhookView(BaseModel):
    """A webhook of a published flow. `secret` names the secret that senders sign with; until `has_secret`, nothing
    counts."""

    name: str
    flow: str
    address: str
    secret: str
    has_secret: bool


class PayloadValueView(BaseModel):
    """One value of a body: the JSON pointer that leads to it and the type that fits it. `kept_as` is the variable under
    which the flow keeps it; a personal one shows a mask."""

    pointer: str
    type: str
    value: Any
    kept_as: str | None
    is_masked: bool


class DeliveryView(BaseModel):
    """A delivery. `id` is the sender's, `run` what it started; `code` and `reason` say why it was refused. The values
    are those of a body that was accepted, at most 300 of them (`is_cut`: there are more)."""

    received_at: datetime
    content_type: str
    bytes: int
    id: str
    run: str
    code: str
    reason: str
    values: list[PayloadValueView]
    is_cut: bool


class LastDeliveryView(BaseModel):
    """The newest delivery that was accepted and the newest that was refused; null: there was none in the last 30
    days."""

    webhook: str
    flow: str
    accepted: DeliveryView | None
    refused: DeliveryView | None


@router.get("")
@allows(Permission.RUNS_READ)
async def list_webhooks(services: Running) -> list[WebhookView]:
    """Every webhook of the published flows."""
    return [
        WebhookView(
            name=webhook.name,
            flow=live.key,
            address=PATH.format(name=webhook.name),
            secret=webhook.secret,
            has_secret=_has_secret(services, webhook.secret),
        )
        for live, webhook in services.webhooks.all()
    ]


@router.get("/{name}/last-delivery")
@allows(Permission.RUNS_READ)
async def read_last_delivery(services: Running, name: str) -> LastDeliveryView:
    """The newest deliveries to a webhook. Nothing is shown of a body whose signature was not right."""
    try:
        live, webhook = services.webhooks.find(name)
    except UnknownWebhook as unknown:
        raise Refused(404, "not_found", sentence_of(unknown)) from None
    accepted, refused = await services.webhooks.deliveries.newest(name)
    return LastDeliveryView(
        webhook=name, flow=live.key, accepted=_view(accepted, webhook), refused=_view(refused, webhook)
    )


def _has_secret(services: Running, name: str) -> bool:
    try:
        return bool(services.secrets.value(name))
    except LookupError:
        return False


def _view(delivery: DeliveryReport | None, webhook: Webhook) -> DeliveryView | None:
    if delivery is None:
        return None
    return DeliveryView(
        received_at=delivery.received_at,
        content_type=delivery.content_type,
        bytes=delivery.bytes,
        id=delivery.id,
        run=delivery.run,
        code=delivery.code,
        reason=delivery.reason,
        values=_values(delivery.values, webhook),
        is_cut=delivery.is_cut,
    )


def _values(values: tuple[PayloadValue, ...], webhook: Webhook) -> list[PayloadValueView]:
    """The values, with a mask for those that are personal, wherever in the body they stand."""
    kept_as = {keep.from_: str(keep.as_) for keep in webhook.keep}
    places = tuple(keep.from_ for keep in webhook.keep if keep.personal)
    texts = {write_plain(one.value) for one in values if _is_within(one.pointer, places) and one.value is not None}
    return [
        _value(one, kept_as.get(one.pointer), is_masked=one.value is not None and write_plain(one.value) in texts)
        for one in values
    ]


def _value(one: PayloadValue, kept_as: str | None, *, is_masked: bool) -> PayloadValueView:
    value = MASK if is_masked else one.value
    return PayloadValueView(pointer=one.pointer, type=one.type, value=value, kept_as=kept_as, is_masked=is_masked)


def _is_within(pointer: str, places: tuple[str, ...]) -> bool:
    return any(pointer == place or pointer.startswith(f"{place}/") for place in places)
