"""Has estimates of waits begin with what the last hours were like, instead of knowing nothing after a restart."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import structlog

from skipline.model.queueing import Visit
from skipline.store import visits
from skipline.store.database import Database
from skipline.store.errors import StorageError

log = structlog.get_logger(__name__)

_REMEMBERED = timedelta(hours=12)
_MOST = 2000
"""Enough to know how long contacts take and how far estimates are off; read at once, while a worker waits for us."""


async def recall_waits(database: Database, learn: Callable[[Iterable[Visit]], None], now: datetime) -> None:
    """Hand the newest visits to `learn`. A database in trouble is told, nothing else."""
    try:
        learn(await database.read(visits.read_newest, now - _REMEMBERED, _MOST))
    except StorageError as trouble:
        log.error("waits_not_recalled", why=str(trouble))
