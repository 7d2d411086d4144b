"""What the database remembers of queues that several nodes share.

A node that starts closes nothing, because others may carry it. Whoever leads looks after what a dead node left: its
entries, calls and runs are closed as lost, its call-backs are taken over, and its callers keep their places everywhere.
"""

from datetime import datetime, timedelta

import msgspec
import structlog

from skipline.base.clock import Clock
from skipline.centre.call_back import CallBack
from skipline.centre.call_backs import restore_call_back
from skipline.centre.entry_facts import call_back_record
from skipline.centre.lost_places import KEPT_SECONDS
from skipline.centre.restoring import tell_again
from skipline.centre.state import Centre, Changes
from skipline.host.host import Host
from skipline.host.queue_memory import place_of
from skipline.model.queue_events import AgentPaused
from skipline.store import agent_pauses, entries, lost_nodes
from skipline.store.database import Database
from skipline.store.errors import StorageError

log = structlog.get_logger(__name__)


class SharedMemory:
    """See `QueueMemory`, whose place it takes."""

    def __init__(self, database: Database, host: Host, clock: Clock) -> None:
        self._database, self._host, self._clock = database, host, clock
        self._seen_until: datetime | None = None

    async def prepare(self) -> None:
        """Nothing: other nodes watch the agents."""

    async def recall(self, *, joined_before: datetime) -> None:
        """Know lost places and breaks. A database in trouble is told, and nobody waits for it."""
        try:
            await self.see_lost_places()
            pauses = await self._database.read(agent_pauses.read)
        except StorageError as trouble:
            log.error("queues_not_recalled", why=str(trouble))
            return
        self._host.office.tell(AgentPaused(at=one.paused_at, agent=one.agent, reason=one.reason) for one in pauses)

    async def see_lost_places(self) -> None:
        """Callers who were lost, whichever node they were with, are as far in line when they ring back here. Raises
        `StorageError`."""
        now = self._clock()
        since = self._seen_until or now - timedelta(seconds=KEPT_SECONDS)
        for record in await self._database.read(entries.lost_since, since):
            self._host.centre.lost_places.keep(record.entry.contact_phone, place_of(record))
            self._seen_until = record.left_at

    async def inherit(self, node: str) -> None:
        """Look after what a dead node left, as the leader. Raises `StorageError`."""
        now = self._clock()
        closed = await self._database.write(lost_nodes.close_entries, node, now)
        calls = await self._database.write(lost_nodes.close_calls, node, now)
        for record in await self._database.read(lost_nodes.call_backs_of, node):
            if record.entry.id not in self._host.centre.call_backs:
                self._adopt(msgspec.convert(record.call_back, CallBack))
        log.error("node_closed_as_lost", node=node, entries=closed, calls=calls)

    def tell_again(self) -> None:
        """This node was taken for dead and is not: its callers are back in line."""
        self._host.decide(lambda: tell_again(self._host.centre, self._clock()))

    def _adopt(self, call_back: CallBack) -> None:
        self._host.decide(lambda: _adopted(self._host.centre, call_back, self._clock()))


def _adopted(centre: Centre, call_back: CallBack, now: datetime) -> Changes:
    changes = restore_call_back(centre, call_back, now)
    changes.entries.append(call_back_record(call_back))
    return changes
