"""Starts flows at their set times: each time once, however many nodes look and however often they start again.

A node looks every few seconds, and when the next time has come. What is in force and what time it is, the database
says, so nodes whose clocks or memories differ agree. A time that is due is handed to the inbox under a name of its own,
where a second one is told; then it is noted how far the schedule is. A crash between the two only hands it over again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from skipline.base.ids import Ids
from skipline.centre.starts import begin_run
from skipline.centre.state import LiveFlow
from skipline.model.durable import Arrival, Verdict, conversation_on
from skipline.model.events import ScheduleDue
from skipline.model.ids import RunId
from skipline.model.schedule import LiveVersion, ScheduleMark
from skipline.store import schedules
from skipline.store.clock import read_clock
from skipline.store.database import Database
from skipline.store.durable.arrivals import find_run
from skipline.store.errors import StorageError
from skipline.triggers.schedule.due import find_due
from skipline.triggers.schedule.trigger import Schedule

log = structlog.get_logger(__name__)

CHANNEL = "schedule"
LOOK_SECONDS = 10.0
FindLiveFlow = Callable[[str, int], Awaitable[LiveFlow]]
"""Gives a version of a flow ready to run."""


@dataclass(frozen=True, slots=True)
class _Timed:
    """A flow in force with its schedules; `live` is None when this release cannot read it."""

    version: LiveVersion
    live: LiveFlow | None
    schedules: tuple[Schedule, ...]

    def key(self, schedule: Schedule) -> tuple[str, str, str]:
        return self.version.flow, schedule.cron, schedule.zone


class Schedules:
    """The schedules of the flows in force. `now` gives the time; without it, it is the database's."""

    def __init__(
        self,
        *,
        database: Database,
        find_flow: FindLiveFlow,
        receive: Callable[[Arrival], Awaitable[Verdict]],
        ids: Ids,
        now: Callable[[], Awaitable[datetime]] | None = None,
    ) -> None:
        self._database, self._find_flow, self._receive, self._ids = database, find_flow, receive, ids
        self._now = now or (lambda: database.read(read_clock))
        self._known: dict[tuple[str, int], _Timed] = {}

    async def run(self) -> None:
        """Look again and again, until cancelled. A database in trouble is told, and looked at the next time."""
        while True:
            seconds = LOOK_SECONDS
            try:
                seconds = await self.look()
            except StorageError as trouble:
                log.error("schedules_not_looked_at", why=str(trouble))
            except Exception:  # a bug of ours stops no calls: looked at again after the usual pause
                log.exception("schedules_not_looked_at")
            await asyncio.sleep(seconds)

    async def look(self) -> float:
        """Start what is due; gives in how many seconds to look again."""
        versions, marks = await self._database.read(schedules.read)
        now = await self._now()
        left = {mark.key: mark for mark in marks}
        timed = await self._timed(versions)
        next_at = now + timedelta(seconds=LOOK_SECONDS)
        for one in timed:
            for schedule in one.schedules:
                await self._serve(one, schedule, left.pop(one.key(schedule), None), now)
                next_at = min(next_at, schedule.next_after(now))
        unreadable = {one.version.flow for one in timed if one.live is None}
        gone = [key for key in left if key[0] not in unreadable]
        if gone:
            await self._database.write(schedules.forget, gone)
        return (next_at - now).total_seconds()

    async def _timed(self, versions: Sequence[LiveVersion]) -> list[_Timed]:
        """The flows in force; each is looked into once."""
        self._known = {
            (one.flow, one.version): self._known.get((one.flow, one.version)) or await self._look_into(one)
            for one in versions
        }
        return list(self._known.values())

    async def _look_into(self, version: LiveVersion) -> _Timed:
        try:
            live = await self._find_flow(version.flow, version.version)
        except StorageError:
            raise
        except Exception:
            log.exception("flow_not_usable", flow=version.flow, version=version.version)
            return _Timed(version, None, ())
        return _Timed(version, live, tuple(one for one in live.flow.triggers if isinstance(one, Schedule)))

    async def _serve(self, timed: _Timed, schedule: Schedule, mark: ScheduleMark | None, now: datetime) -> None:
        """Start what is due of a schedule, then note how far it is."""
        key = timed.key(schedule)
        if mark is None:
            await self._database.write(schedules.begin, key, timed.version.since)
        due = find_due(schedule, mark.done_until if mark is not None else timed.version.since, now)
        done_until = due.planned_at or due.last_missed_at
        if done_until is None:
            return
        if due.planned_at is not None and timed.live is not None:
            run = await self._start(timed.live, schedule, due.planned_at, now)
            await self._database.write(schedules.note_run, key, due.planned_at, run or "")
        is_ours = await self._database.write(schedules.advance, key, done_until, due.missed, due.last_missed_at)
        if due.missed and is_ours:
            log.warning("schedule_missed", flow=key[0], cron=schedule.cron, zone=schedule.zone, times=due.missed)

    async def _start(self, live: LiveFlow, schedule: Schedule, planned_at: datetime, now: datetime) -> RunId | None:
        """Have a run started for a moment; gives that run, also when another node, or we before a crash, began it."""
        event = ScheduleDue(at=now, cron=schedule.cron, zone=schedule.zone, planned_at=planned_at)
        run = begin_run(live, event, RunId(self._ids()), now)
        if run is None:
            return None
        dedup = " ".join((live.key, schedule.cron, schedule.zone, planned_at.isoformat()))
        conversation = conversation_on(CHANNEL, run.id)
        verdict = await self._receive(Arrival(channel=CHANNEL, dedup=dedup, conversation=conversation, begins=run))
        log.info("schedule_due", flow=live.key, planned_at=planned_at.isoformat(), verdict=verdict.value)
        if verdict is Verdict.REPEATED:
            return await self._database.read(find_run, CHANNEL, dedup)
        return run.id
