"""The newest deliveries of each webhook, so that who draws a flow sees what comes in and what is wrong with it.

A help, not a record: it is written down a moment later and once a second at most, so that neither a busy sender nor a
stranger can keep the database busy with it.
"""

import asyncio
from typing import Any, Final

import msgspec
import structlog

from skipline.model.delivery_report import DeliveryReport
from skipline.store import deliveries
from skipline.store.database import Database
from skipline.store.errors import StorageError
from skipline.triggers.webhook.outline import outline

log = structlog.get_logger(__name__)

PAUSE_SECONDS = 1.0
_NOTHING: Final = object()


class Deliveries:
    """Keeps the newest delivery of each webhook that was accepted, and the newest that was refused."""

    def __init__(self, database: Database, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._database, self._pause_seconds = database, pause_seconds
        self._waiting: dict[tuple[str, bool], tuple[DeliveryReport, Any]] = {}
        self._has_news = asyncio.Event()

    def note(self, delivery: DeliveryReport, payload: Any = _NOTHING) -> None:
        """Take note of a delivery; `payload` is its body, for those whose signature was right."""
        self._waiting[delivery.webhook, delivery.is_accepted] = delivery, payload
        self._has_news.set()

    async def newest(self, webhook: str) -> tuple[DeliveryReport | None, DeliveryReport | None]:
        """The newest delivery that was accepted, and the newest that was refused. Raises `StorageError`."""
        await self._write()
        return await self._database.read(deliveries.read, webhook)

    async def run(self) -> None:
        """Write down what was noted, until cancelled."""
        while True:
            await self._has_news.wait()
            await asyncio.sleep(self._pause_seconds)
            await self.settle()

    async def settle(self) -> None:
        """Write down what was noted so far; what cannot be written is let go."""
        try:
            await self._write()
        except StorageError as trouble:
            log.warning("deliveries_not_kept", why=str(trouble))
        except Exception:  # a bug of ours stops no calls
            log.exception("deliveries_not_kept")

    async def _write(self) -> None:
        waiting, self._waiting = self._waiting, {}
        self._has_news.clear()
        if waiting:
            await self._database.write(deliveries.keep, [_outlined(*one) for one in waiting.values()])


def _outlined(delivery: DeliveryReport, payload: Any) -> DeliveryReport:
    if payload is _NOTHING:
        return delivery
    values, is_cut = outline(payload)
    return msgspec.structs.replace(delivery, values=values, is_cut=is_cut)
