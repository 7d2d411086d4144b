"""Everything that is remembered of good answers: in memory for speed, behind `LastKnown` for after a restart."""

import asyncio

import structlog

from skipline.base.clock import Clock
from skipline.host.lookups.finding import age_of
from skipline.host.lookups.kept import KeptAnswers
from skipline.host.lookups.last_known import Keeper, LastKnown
from skipline.model.events import LookupStatus
from skipline.model.lookup import Answer, KnownAnswer

_log = structlog.get_logger()


class Memory:
    """Answers by source and key; see `kept.key_of`."""

    def __init__(self, clock: Clock, last_known: LastKnown, tasks: asyncio.TaskGroup) -> None:
        self._clock = clock
        self._last_known = last_known
        self._kept = KeptAnswers()
        self._keeper = Keeper(last_known, tasks)

    def fresh(self, key: str, cache_seconds: float) -> KnownAnswer | None:
        """The answer under `key` if it is younger than `cache_seconds`."""
        return self._young(self._kept.find(key), cache_seconds)

    def learn(self, source: str, key: str, answer: Answer) -> None:
        """Keep a good answer; drop what was kept when the source says that it knows nothing."""
        if answer.status is LookupStatus.OK:
            known = KnownAnswer(value=answer.value, answered_at=self._clock())
            self._kept.keep(key, known)
            self._keeper.remember(source, key, known)
        elif answer.status is LookupStatus.NOT_FOUND:
            self._kept.forget(key)
            self._keeper.forget(source, key)

    async def recall(self, source: str, key: str, stale_seconds: float, deadline: float) -> KnownAnswer | None:
        """The last known answer if it is younger than `stale_seconds`; None when the disk is not in time either."""
        if stale_seconds <= 0:
            return None
        known = self._kept.find(key) or await self._recall_from_disk(source, key, deadline)
        return self._young(known, stale_seconds)

    async def _recall_from_disk(self, source: str, key: str, deadline: float) -> KnownAnswer | None:
        try:
            async with asyncio.timeout_at(deadline):
                known = await self._last_known.recall(source, key)
        except Exception as failure:  # one stand-in less; tables and defaults come next
            _log.warning("last_known_not_read", source=source, error=type(failure).__name__)
            return None
        if known is not None:
            self._kept.keep(key, known)
        return known

    def _young(self, known: KnownAnswer | None, seconds: float) -> KnownAnswer | None:
        return known if known is not None and age_of(known, self._clock()) < seconds else None
