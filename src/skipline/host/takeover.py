"""Takes over the calls that a voice worker carries when a centre connects to it."""

from collections.abc import Collection

import structlog

from skipline.base.clock import Clock
from skipline.centre.state import Serving
from skipline.flow.run import thaw_run
from skipline.host.host import Host
from skipline.host.workspace import LiveWorkspace
from skipline.model.ids import CallId, RunId
from skipline.model.voice_link import HeldCall, Hello
from skipline.store import calls, runs
from skipline.store.database import Database
from skipline.store.errors import StorageError

log = structlog.get_logger(__name__)


class Takeover:
    """Brings the centre and its records in line with a worker: its calls go on, all others are over."""

    def __init__(self, *, database: Database, host: Host, workspace: LiveWorkspace, clock: Clock) -> None:
        self._database, self._host, self._workspace, self._clock = database, host, workspace, clock
        self._started_at = clock()

    async def welcome(self, hello: Hello) -> None:
        """Hear a worker's `Hello`: take its calls up, close what it does not carry, configure it."""
        self._workspace.configure_voice()
        for held in hello.held:
            await self._take_up(held)
        serving = self._host.centre.runs
        carried = [*serving, *(held.arrived.call.id for held in hello.held)]
        await self._close_lost([one.run.id for one in serving.values()], carried)
        log.info("voice_worker_ready", pid=hello.pid, sip=list(hello.sip), calls_taken_over=len(hello.held))

    async def _take_up(self, held: HeldCall) -> None:
        """A call with a memo goes on where its run stood; one that got no command yet starts anew; one that the
        fall-back target took is only written down."""
        call = held.arrived.call
        if call.id in self._host.centre.runs:
            return
        if held.has_fallen_back:
            self._host.note_call(held.arrived)
            return
        if not held.memo:
            self._host.take(held.arrived)
            return
        try:
            run = thaw_run(held.memo)
            live = await self._workspace.compiled(run.flow, run.version)
        except Exception:
            log.exception("call_not_taken_over", call=call.id)
            return
        self._host.take_over(Serving(call, run, live.flow))

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
