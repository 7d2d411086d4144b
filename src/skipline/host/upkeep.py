"""Housekeeping while the server runs: what may not be kept any longer is let go."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog

from skipline.base.clock import Clock
from skipline.model.configuration import Configuration
from skipline.store import last_known
from skipline.store.database import Database
from skipline.store.durable import care
from skipline.store.errors import StorageError

log = structlog.get_logger(__name__)

_EVERY_SECONDS = 3600.0
_SHORTEST_KEEPING = timedelta(days=1)
_KEEPING_OF_EVENTS = timedelta(days=30)
"""Longer than any sender delivers an event again: one that was forgotten would be taken for new."""


async def keep_house(
    database: Database,
    clock: Clock,
    configuration: Callable[[], Configuration],
    *,
    every_seconds: float = _EVERY_SECONDS,
) -> None:
    """Do the rounds now and every hour, until cancelled. A database in trouble is told, and tried the next time."""
    while True:
        try:
            await forget_answers(database, clock, configuration())
            await forget_finished_runs(database, clock)
        except StorageError as trouble:
            log.error("upkeep_failed", why=str(trouble))
        await asyncio.sleep(every_seconds)


async def forget_answers(database: Database, clock: Clock, configuration: Configuration) -> int:
    """Delete what sources said of people longer ago than any of them may be quoted; gives how many answers."""
    wanted = [timedelta(seconds=source.stale_if_error_seconds) for source in configuration.sources]
    known_before = clock() - max([_SHORTEST_KEEPING, *wanted])
    gone = await database.write(last_known.forget_older, known_before)
    if gone:
        log.info("old_answers_forgotten", count=gone)
    return gone


async def forget_finished_runs(database: Database, clock: Clock) -> int:
    """Delete what durable runs needed to go on, once they are long over; their records stay. Gives how many rows."""
    gone = await database.write(care.forget_older, clock() - _KEEPING_OF_EVENTS)
    if gone:
        log.info("finished_runs_forgotten", rows=gone)
    return gone
