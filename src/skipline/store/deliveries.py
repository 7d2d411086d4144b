"""The newest deliveries of each webhook: one that was accepted and one that was refused."""

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from skipline.model.delivery_report import DeliveryReport
from skipline.store.schema import webhook_deliveries
from skipline.store.statements import load_statements

_STATEMENTS = load_statements("webhook_deliveries", webhook_deliveries)


def keep(transaction: sa.Connection, deliveries: Sequence[DeliveryReport]) -> None:
    """Keep deliveries in place of older ones of their kind."""
    rows = [
        {"webhook": one.webhook, "is_accepted": one.is_accepted, "received_at": one.received_at, "body": one}
        for one in deliveries
    ]
    _STATEMENTS["keep"].write(transaction, rows)


def read(transaction: sa.Connection, webhook: str) -> tuple[DeliveryReport | None, DeliveryReport | None]:
    """A webhook's newest delivery that was accepted, and its newest one that was refused."""
    of_webhook = sa.select(webhook_deliveries.c.body).where(webhook_deliveries.c.webhook == webhook)
    found = [msgspec.convert(body, DeliveryReport) for body in transaction.scalars(of_webhook)]
    by_kind = {one.is_accepted: one for one in found}
    return by_kind.get(True), by_kind.get(False)
