"""What the database remembers of queues across a restart: promised call-backs, lost places, and breaks."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

import msgspec
import structlog

from skipline.base.clock import Clock
from skipline.centre.call_back import CallBack
from skipline.centre.call_backs import restore_call_back
from skipline.centre.lost_places import KEPT_SECONDS, LostPlace
from skipline.host.host import Host
from skipline.host.wait_memory import recall_waits
from skipline.model.configuration import Tier
from skipline.model.queue_events import AgentPaused, AgentReady
from skipline.model.queueing import EntryState, Queue, Visit
from skipline.model.record import EntryRecord
from skipline.queue.hall import Hall
from skipline.store import agent_pauses, agent_states, entries, visits
from skipline.store.database import Database
from skipline.store.errors import StorageError

log = structlog.get_logger(__name__)

_LONGEST_WRAP_UP = timedelta(hours=2)


class QueueMemory:
    """Gives the queues back what they knew; once, when the first voice worker has said which calls it carries."""

    def __init__(self, database: Database, host: Host, clock: Clock, tiers: Callable[[], Iterable[Tier]]) -> None:
        self._database, self._host, self._clock, self._tiers = database, host, clock, tiers
        self._is_recalled = False

    async def prepare(self) -> None:
        """Nobody has watched the agents since the last centre was there: what they did then is over."""
        if not self._is_recalled:
            await end_spells(self._database, self._clock)

    async def recall(self, *, joined_before: datetime) -> None:
        """Take everything up that no worker carries. A database in trouble is told, and nobody waits for it."""
        if self._is_recalled:
            return
        self._is_recalled = True
        try:
            await self._close_lost(joined_before)
            await self._write_visits(joined_before)
            await self._restore_call_backs()
            await self._restore_breaks()
        except StorageError as trouble:
            log.error("queues_not_recalled", why=str(trouble))
        await recall_waits(self._database, self._host.office.learn, self._clock())

    async def _close_lost(self, joined_before: datetime) -> None:
        """Entries of calls that died with their worker: who rings back soon is as far in line as they were."""
        now, centre = self._clock(), self._host.centre
        held = [*centre.entries, *centre.call_backs]
        lost = await self._database.write(entries.close_lost, held, now, joined_before=joined_before)
        if lost:
            log.error("entries_closed_as_lost", count=lost)
        recent = await self._database.read(entries.lost_since, now - timedelta(seconds=KEPT_SECONDS))
        for record in recent:
            centre.lost_places.keep(record.entry.contact_phone, place_of(record))

    async def _write_visits(self, left_before: datetime) -> None:
        """Contacts after whom agents wrapped up when everything stopped: no queue knows of them any more."""
        records = await self._database.read(entries.without_visit, left_before - _LONGEST_WRAP_UP, left_before)
        tiers = {tier.name: tier for tier in self._tiers()}
        if records:
            await self._database.write(visits.add_all, [visit_of(record, tiers) for record in records])
            log.info("visits_written_late", count=len(records))

    async def _restore_call_backs(self) -> None:
        for record in await self._database.read(entries.open_call_backs):
            if record.entry.id in self._host.centre.call_backs:
                continue
            try:
                call_back = msgspec.convert(record.call_back, CallBack)
            except msgspec.ValidationError:
                log.exception("call_back_not_restored", entry=record.entry.id)
                continue
            self._restore(call_back)

    def _restore(self, call_back: CallBack) -> None:
        self._host.decide(lambda: restore_call_back(self._host.centre, call_back, self._clock()))

    async def _restore_breaks(self) -> None:
        pauses = await self._database.read(agent_pauses.read)
        self._host.office.tell(AgentPaused(at=one.paused_at, agent=one.agent, reason=one.reason) for one in pauses)


async def end_spells(database: Database, clock: Clock) -> None:
    """Nobody watches the agents while a server that is alone is down: that time is nobody's."""
    try:
        await database.write(agent_states.close_all, clock())
    except StorageError as trouble:
        log.error("agents_times_not_closed", why=str(trouble))


def place_of(record: EntryRecord) -> LostPlace:
    """How far in line somebody was whose entry was lost."""
    left_at = record.left_at or record.entry.joined_at
    waited = record.waited_seconds or (left_at - record.entry.joined_at).total_seconds()
    return LostPlace(at=left_at, waited_seconds=waited + record.entry.place.credit_seconds)


def visit_of(record: EntryRecord, tiers: Mapping[str, Tier]) -> Visit:
    """The visit of an entry that an agent had, as far as it can be told from its record: hold counts as talk, and the
    wrap-up is left out."""
    entry, place = record.entry, record.entry.place
    answered_at = entry.joined_at + timedelta(seconds=record.waited_seconds)
    left_at = record.left_at or answered_at
    return Visit(
        entry=entry.id,
        queue=place.queue,
        tier=place.tier,
        medium=place.medium,
        target_seconds=Hall(Queue(name=place.queue), tiers).grade_of(place).target_seconds,
        joined_at=entry.joined_at,
        left_at=answered_at,
        ended=EntryState.CONNECTED,
        waited_seconds=record.waited_seconds,
        credit_seconds=place.credit_seconds,
        agent=record.agent,
        talk_seconds=max(0.0, (left_at - answered_at).total_seconds()),
        is_call_back=entry.is_call_back,
        call=entry.call,
        run=entry.run,
    )


async def pause_agent(database: Database, host: Host, agent: str, reason: str, now: datetime) -> None:
    """Give an agent a break that lasts until they are ready, restarts or not. Raises `StorageError`."""
    await database.write(agent_pauses.begin, agent_pauses.Pause(agent=agent, reason=reason, paused_at=now))
    host.office.tell([AgentPaused(at=now, agent=agent, reason=reason)])


async def ready_agent(database: Database, host: Host, agent: str, now: datetime) -> None:
    """End an agent's break, or their wrap-up. Raises `StorageError`."""
    await database.write(agent_pauses.end, agent)
    host.office.tell([AgentReady(at=now, agent=agent)])
