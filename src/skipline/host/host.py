"""The centre process at work: takes events in, has the pure centre decide, and carries out what it says.

An event is handled whole before the next: decide, send commands, hand rows to the writer, tell listeners, tell the
queues. Look-ups run beside it and come back as events. What the queues decide comes back while they are told, or later
when they are kept on another node.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from datetime import datetime
from typing import Any

import structlog

from skipline.base.clock import Clock
from skipline.centre.call_back import CallBack
from skipline.centre.call_backs import new_call_back, refuse_call_back, take_call_back
from skipline.centre.calls import RunBroke, refuse_call
from skipline.centre.entry_facts import call_back_record
from skipline.centre.handle import handle
from skipline.centre.memo import memo_of
from skipline.centre.offers import take_decision
from skipline.centre.presence import know_phones
from skipline.centre.queueing import enter_queue
from skipline.centre.state import Centre, Changes, Serving
from skipline.centre.waking import wake, wake_at
from skipline.host.alarms import Alarms
from skipline.host.live import Live
from skipline.host.lookups.lookups import Lookups
from skipline.host.queue_office import LocalOffice, QueueOffice
from skipline.host.records import Records
from skipline.host.voice_worker import VoiceWorker
from skipline.model.call import EndedBy
from skipline.model.commands import CallCommand, EnterQueue, Issued, RequestCallBack, SendMessage, SourceCommand
from skipline.model.events import CallArrived, CallEnded, Event, MessageSent
from skipline.model.live_events import EntryChanged
from skipline.model.queue_events import QueueDecision
from skipline.model.voice_link import Do
from skipline.store.errors import StorageError

log = structlog.get_logger(__name__)


def refuse_message(issued: Issued, now: datetime) -> MessageSent:
    """What becomes of a message while no channel carries any. The checks keep such a step out of published flows."""
    return MessageSent(at=now, call=issued.call, command=issued.id, problem="no channel carries messages yet")


class Host:
    """Joins the centre with its voice worker, its look-ups, its records and the queues, on one event loop.

    `name` is this process among all that ever were, as far as queues tell them apart.
    """

    def __init__(
        self, *, clock: Clock, lookups: Lookups, records: Records, tasks: asyncio.TaskGroup, name: str = ""
    ) -> None:
        self.centre = Centre(node=name)
        self.live = Live()
        self.voice: VoiceWorker | None = None
        self.conversations: Callable[[QueueDecision], bool] = lambda _: False
        """Takes a decision about a conversation; False: it is about a call, or an agent."""
        self.office: QueueOffice = LocalOffice(clock=clock, decided=self.take_decision, prefix=f"{name}r")
        self.centre.lines = self.office.lines
        self._clock, self._lookups, self._records, self._tasks = clock, lookups, records, tasks
        self._alarms = Alarms(clock, self._ring_alarm)

    def take(self, event: Event) -> None:
        """Handle one event. Never raises: a bug of ours parks its run and the host serves on."""
        try:
            self.decide(lambda: handle(self.centre, event, self._clock()))
        except Exception:
            log.exception("event_not_handled", kind=type(event).__name__)
            if isinstance(event, CallArrived) and event.call.id not in self.centre.runs:
                self._carry_out(refuse_call(event))

    def take_decision(self, decision: QueueDecision) -> None:
        """Carry out what the queues decided. Never raises."""
        if self.conversations(decision):
            return
        try:
            self.decide(lambda: take_decision(self.centre, decision, self._clock()))
        except Exception:
            log.exception("decision_not_carried_out", kind=type(decision).__name__)

    def decide(self, decide: Callable[[], Changes]) -> None:
        """Carry out what the centre decides; a run that breaks meanwhile is parked."""
        try:
            changes = decide()
        except RunBroke as broke:
            log.exception("run_parked", why=str(broke))
            changes = broke.changes
        self._carry_out(changes)

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
        """Record every call in progress as lost by us; the worker that carried them is gone, and the phones with it."""
        for call in [*self.centre.runs, *self.centre.call_back_calls]:
            self.take(CallEnded(at=self._clock(), call=call, by=EndedBy.LOST, reason="the voice worker ended"))
        self.decide(lambda: know_phones(self.centre, (), self._clock()))

    def _carry_out(self, changes: Changes) -> None:
        for issued in changes.commands:
            self._dispatch(issued)
        self._records.keep(changes)
        self.live.publish(changes.facts)
        for key in {*(ended.call for ended in changes.ended_calls), *_moved(changes)}:
            self._set_alarm(key)
        for answer in changes.answers:
            asyncio.get_running_loop().call_soon(self.take, answer)
        self.office.tell(changes.queue_events)

    def _dispatch(self, issued: Issued) -> None:
        match issued.body:
            case EnterQueue() as order:
                self._carry_out(enter_queue(self.centre, issued, order, self._clock()))
            case RequestCallBack():
                self._begin(self._promise_call_back(issued))
            case SendMessage():
                asyncio.get_running_loop().call_soon(self.take, refuse_message(issued, self._clock()))
            case body if isinstance(body, SourceCommand):
                self._begin(self._ask_sources(issued))
            case body if isinstance(body, CallCommand) and self.voice is not None:
                memo = memo_of(self.centre, issued.call)
                self.voice.send(Do(call=issued.call, command=issued.id, body=body, memo=memo))
        self._set_alarm(issued.call)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.create_task(work)

    async def _ask_sources(self, issued: Issued) -> None:
        self.take(await self._lookups.carry_out(issued))

    async def _promise_call_back(self, issued: Issued) -> None:
        """Write a call-back down, then promise it: the contact hangs up on our word."""
        order = issued.body
        assert isinstance(order, RequestCallBack)  # noqa: S101 - as `_dispatch` has it
        call_back = new_call_back(self.centre, issued, order, self._clock())
        if call_back is None:
            return
        try:
            await self._records.keep_now(call_back_record(call_back))
        except StorageError as trouble:
            log.error("call_back_not_promised", why=str(trouble))
            self._carry_out(refuse_call_back(issued, "It could not be written down.", self._clock()))
            return
        self._carry_out(take_call_back(self.centre, call_back, issued, self._clock()))

    async def keep_call_back(self, call_back: CallBack, issued: Issued) -> None:
        """Have a call-back in line that was promised in writing, once it is written down. Raises `StorageError`."""
        await self._records.keep_now(call_back_record(call_back))
        changes = take_call_back(self.centre, call_back, issued, self._clock())
        changes.answers.clear()  # whoever carries the command answers it
        self._carry_out(changes)

    def _set_alarm(self, key: str) -> None:
        """Wake the call, or the call-back, when the time that it waits for has passed."""
        self._alarms.set(key, wake_at(self.centre, key))

    def _ring_alarm(self, key: str) -> None:
        try:
            self.decide(lambda: wake(self.centre, key, self._clock()))
        except Exception:
            log.exception("alarm_not_handled", key=key)
        self._set_alarm(key)


def _moved(changes: Changes) -> Iterator[str]:
    """The calls whose entry stands elsewhere now, and the call-backs, which have none."""
    return (fact.call or fact.entry for fact in changes.facts if isinstance(fact, EntryChanged))
