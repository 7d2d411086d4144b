"""The centre process at work: takes events in, has the pure centre decide, and carries out what it says.

An event is handled whole before the next: decide, send commands, hand rows to the writer, tell listeners. Look-ups run
beside it and come back as events.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from skipline.base.clock import Clock
from skipline.centre.calls import RunBroke, go_on_after_time, refuse_call
from skipline.centre.handle import handle
from skipline.centre.state import Centre, Changes, Serving
from skipline.flow.run import freeze_run
from skipline.host.live import Live
from skipline.host.lookups.lookups import Lookups
from skipline.host.records import Records
from skipline.host.voice_worker import VoiceWorker
from skipline.model.call import EndedBy
from skipline.model.commands import CallCommand, Issued, SendMessage, SourceCommand
from skipline.model.events import CallArrived, CallEnded, Event, MessageSent
from skipline.model.ids import CallId
from skipline.model.voice_link import Do

log = structlog.get_logger(__name__)

_SHORTEST_ALARM_SECONDS = 0.01


def refuse_message(issued: Issued, now: datetime) -> MessageSent:
    """What becomes of a message while no channel carries any. The checks keep such a step out of published flows."""
    return MessageSent(at=now, call=issued.call, command=issued.id, problem="no channel carries messages yet")


class Host:
    """Joins the centre with its voice worker, its look-ups and its records, on one event loop."""

    def __init__(self, *, clock: Clock, lookups: Lookups, records: Records, tasks: asyncio.TaskGroup) -> None:
        self.centre = Centre()
        self.live = Live()
        self.voice: VoiceWorker | None = None
        self._clock, self._lookups, self._records, self._tasks = clock, lookups, records, tasks
        self._alarms: dict[CallId, asyncio.TimerHandle] = {}

    def take(self, event: Event) -> None:
        """Handle one event. Never raises: a bug of ours parks its run and the host serves on."""
        try:
            self._decide(lambda: handle(self.centre, event, self._clock()))
        except Exception:
            log.exception("event_not_handled", kind=type(event).__name__)
            if isinstance(event, CallArrived) and event.call.id not in self.centre.runs:
                self._carry_out(refuse_call(event))

    def take_over(self, serving: Serving) -> None:
        """Go on with a call that a worker carried while no centre was there. Its rows are written again, because the
        centre before may have died with them in hand."""
        call, run = serving.call, serving.run
        self.centre.runs[call.id] = serving
        arrived = CallArrived(at=call.arrived_at, call=call)
        self._records.keep(Changes(facts=[arrived], started=[run], ended_runs=[run] if run.ended_at else []))
        self._set_alarm(call.id)

    def note_call(self, arrived: CallArrived) -> None:
        """Write a call down that no run decides about."""
        self._carry_out(Changes(facts=[arrived]))

    def lose_calls(self) -> None:
        """Record every call in progress as lost by us; the worker that carried them is gone."""
        for call in list(self.centre.runs):
            self.take(CallEnded(at=self._clock(), call=call, by=EndedBy.LOST, reason="the voice worker ended"))

    def _decide(self, decide: Callable[[], Changes]) -> None:
        try:
            changes = decide()
        except RunBroke as broke:
            log.exception("run_parked", why=str(broke))
            changes = broke.changes
        self._carry_out(changes)

    def _carry_out(self, changes: Changes) -> None:
        for issued in changes.commands:
            self._dispatch(issued)
        self._records.keep(changes)
        self.live.publish(changes.facts)
        for ended in changes.ended_calls:
            self._set_alarm(ended.call)

    def _dispatch(self, issued: Issued) -> None:
        if isinstance(issued.body, SourceCommand):
            self._tasks.create_task(self._ask_sources(issued))
        elif isinstance(issued.body, SendMessage):
            asyncio.get_running_loop().call_soon(self.take, refuse_message(issued, self._clock()))
        elif self.voice is not None and isinstance(issued.body, CallCommand):
            serving = self.centre.runs.get(issued.call)
            memo = freeze_run(serving.run) if serving is not None else b""
            self.voice.send(Do(call=issued.call, command=issued.id, body=issued.body, memo=memo))
        self._set_alarm(issued.call)

    async def _ask_sources(self, issued: Issued) -> None:
        self.take(await self._lookups.carry_out(issued))

    def _set_alarm(self, call: CallId) -> None:
        """Wake the run when the time it waits for has passed."""
        alarm = self._alarms.pop(call, None)
        if alarm is not None:
            alarm.cancel()
        serving = self.centre.runs.get(call)
        if serving is None or serving.run.wait_until is None:
            return
        seconds = (serving.run.wait_until - self._clock()).total_seconds()
        delay = max(_SHORTEST_ALARM_SECONDS, seconds)
        self._alarms[call] = asyncio.get_running_loop().call_later(delay, self._ring_alarm, call)

    def _ring_alarm(self, call: CallId) -> None:
        self._alarms.pop(call, None)
        try:
            self._decide(lambda: go_on_after_time(self.centre, call, self._clock()))
        except Exception:
            log.exception("alarm_not_handled", call=call)
        # The loop's clock and the calendar's differ a little, so an alarm may ring before its time has come.
        self._set_alarm(call)
