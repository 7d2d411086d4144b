"""Takes over the calls that a voice worker carries when a centre connects to it."""

import asyncio
from collections.abc import Collection
from typing import TYPE_CHECKING

import msgspec
import structlog

from skipline.base.clock import Clock
from skipline.centre.call_backs import take_up_call_back
from skipline.centre.memo import thaw_memo
from skipline.centre.presence import know_phones
from skipline.centre.restoring import settle, take_up_stay
from skipline.centre.state import Serving
from skipline.host.host import Host
from skipline.host.queue_memory import QueueMemory
from skipline.host.workspace import LiveWorkspace
from skipline.model.ids import CallId, RunId
from skipline.model.voice_link import HeldCall, Hello
from skipline.store import calls, runs
from skipline.store.database import Database
from skipline.store.errors import StorageError

if TYPE_CHECKING:
    from skipline.host.shared_memory import SharedMemory

log = structlog.get_logger(__name__)

SETTLE_SECONDS = 0.25
"""After a `Hello` with calls: what the worker kept for us comes right behind it, and goes before all else."""


class Takeover:
    """Brings the centre and its records in line with a worker: its calls go on, all others are over. Where nodes share
    their queues (`shared`), the others may carry those: then whoever leads closes what a dead node left."""

    def __init__(
        self,
        *,
        database: Database,
        host: Host,
        workspace: LiveWorkspace,
        clock: Clock,
        shared: "SharedMemory | None" = None,
    ) -> None:
        self._database, self._host, self._workspace, self._clock = database, host, workspace, clock
        self._memory = shared or QueueMemory(database, host, clock, lambda: workspace.configuration.tiers)
        self._is_alone = shared is None
        self._started_at = clock()

    async def welcome(self, hello: Hello) -> None:
        """Hear a worker's `Hello`: take its calls up, close what it does not carry, configure it. Agents are there a
        moment later, when every fact that the worker had kept is in."""
        self._workspace.configure_voice()
        await self._memory.prepare()
        for held in hello.held:
            await self._take_up(held)
        serving = self._host.centre.runs
        carried = [*serving, *(held.arrived.call.id for held in hello.held)]
        if self._is_alone:
            await self._close_lost([one.run.id for one in serving.values()], carried)
        await self._memory.recall(joined_before=self._started_at)
        delay = SETTLE_SECONDS if hello.held else 0.0
        asyncio.get_running_loop().call_later(delay, self._settle, hello.phones)
        log.info("voice_worker_ready", pid=hello.pid, sip=list(hello.sip), calls_taken_over=len(hello.held))

    async def _take_up(self, held: HeldCall) -> None:
        """A call with a memo goes on where its run stood; one that got no command yet starts anew; one that the
        fall-back target took is only written down."""
        call = held.arrived.call
        if call.id in self._host.centre.runs or call.id in self._host.centre.call_back_calls:
            return
        if held.has_fallen_back:
            self._host.note_call(held.arrived)
            return
        if not held.memo:
            self._host.take(held.arrived)
            return
        try:
            await self._take_up_memo(held)
        except Exception:
            log.exception("call_not_taken_over", call=call.id)

    async def _take_up_memo(self, held: HeldCall) -> None:
        call, memo, centre = held.arrived.call, thaw_memo(held.memo), self._host.centre
        if memo.call_back is not None:
            call_back = memo.call_back
            call_back.entry = msgspec.structs.replace(call_back.entry, node=centre.node)
            self._host.decide(lambda: take_up_call_back(centre, call_back, call.id, held.agent))
        elif memo.run is not None:
            live = await self._workspace.compiled(memo.run.flow, memo.run.version)
            serving = Serving(call, memo.run, live.flow, memo.stay)
            self._host.take_over(serving)
            self._host.decide(lambda: take_up_stay(centre, serving, held.agent))

    def _settle(self, phones: Collection[str]) -> None:
        self._host.decide(lambda: settle(self._host.centre, self._clock()))
        self._host.decide(lambda: know_phones(self._host.centre, phones, self._clock()))

    async def _close_lost(self, run_ids: Collection[RunId], call_ids: Collection[CallId]) -> None:
        now = self._clock()
        try:
            lost = await self._database.write(runs.close_lost, run_ids, now, started_before=self._started_at)
            await self._database.write(calls.close_lost, call_ids, now, arrived_before=self._started_at)
        except StorageError as trouble:
            log.error("lost_calls_not_closed", why=str(trouble))
            return
        if lost:
            log.error("runs_closed_as_lost", count=len(lost))
