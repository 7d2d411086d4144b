"""Whether those who listen may still: asked for every second by every socket, answered by one read for all of them."""

import asyncio
from datetime import datetime, timedelta

from skipline.model.access import Actor
from skipline.store import actors
from skipline.store.database import Database

READ_EVERY = timedelta(seconds=0.9)


class Presence:
    """Who is let in, as it was a moment ago."""

    def __init__(self) -> None:
        self._present: frozenset[Actor] = frozenset()
        self._read_at: datetime | None = None
        self._reading = asyncio.Lock()

    async def has(self, database: Database, actor: Actor, now: datetime) -> bool:
        """Whether somebody is still who they were when they came: not disabled, not revoked, of the same role."""
        async with self._reading:
            if self._read_at is None or now - self._read_at >= READ_EVERY:
                self._present, self._read_at = await database.read(actors.present), now
        return actor in self._present
