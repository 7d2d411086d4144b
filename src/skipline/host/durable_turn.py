"""One turn of a durable run: from what woke it to its next wait outside, or to its end.

Questions to sources are answered within the turn, while the lease is held: a crash asks them again, which is harmless.
A request that changes something, or a question that may, is saved before it is sent; after a crash it is sent again
under the same id, so a system that honours `Idempotency-Key` does it once. Everything else goes to the outbox with the
saved turn.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from skipline.base.fault_points import pass_point
from skipline.flow.compiled import CompiledFlow
from skipline.flow.correspondence import take_event
from skipline.flow.masks import masked_detail
from skipline.flow.names import QueueView
from skipline.flow.run import Turn, resume_run, start_run
from skipline.model.commands import Issued, LookUp, LookUpAll, SourceCommand
from skipline.model.durable import Claim, RunStatus, TurnEnd
from skipline.model.events import HostReply, MessageReceived, Reply
from skipline.store.durable import RunStore
from skipline.store.durable.writing import read_run

FindFlow = Callable[[str, int], Awaitable[CompiledFlow]]
"""Gives a version of a flow ready to run, live or not."""
_Waking = Reply | MessageReceived
"""What may wake a run."""

Queues = Callable[[], QueueView]
"""Says how busy the queues are now."""


class Sources(Protocol):
    """Carries out commands that ask sources; always answers, within its limit (`Lookups` does)."""

    async def carry_out(self, issued: Issued) -> HostReply: ...


class DurableTurn:
    """A turn in the making. `held` changes when it is saved in the middle."""

    def __init__(self, held: Claim, *, store: RunStore, sources: Sources, queues: Queues) -> None:
        self.held = held
        self._store, self._sources, self._queues = store, sources, queues
        self._kept = read_run(held.state)
        self._event_id = held.event_id
        self._issued: list[Issued] = []
        self._began = asyncio.get_running_loop().time()

    async def take(self, find_flow: FindFlow) -> bool:
        """Walk as far as it goes and save that; False when the lease was lost, and then nothing was saved."""
        flow = await find_flow(self.held.flow, self.held.version)
        turn = await self._wake(flow)
        while (asked := self._sort(turn)) is not None:
            if _may_change(asked) and not await self._save_before(asked):
                return False
            turn = resume_run(flow, self._kept.run, await self._sources.carry_out(asked), self._now(), self._queues())
            self._kept.asked = None
        pass_point("turn_taken")
        return await self._store.commit(self.held, self._end())

    def told(self, mistake: Exception) -> str:
        """What a person is told of a turn that broke: at which step, and how."""
        run = self._kept.run
        place = f"at step {run.step} ({run.step_type}): " if run.step is not None else ""
        return str(masked_detail(run, {"why": f"{place}{type(mistake).__name__}: {mistake}"})["why"])

    async def _wake(self, flow: CompiledFlow) -> Turn:
        run, asked = self._kept.run, self._kept.asked
        if asked is not None:
            # A process died between saving this request and saving its answer. An event that came since waits.
            self._event_id, self._kept.asked = None, None
            return resume_run(flow, run, await self._sources.carry_out(asked), self._now(), self._queues())
        if self.held.rev == 0:
            return start_run(flow, run, self._now(), self._queues())
        return resume_run(flow, run, self._reply(), self._now(), self._queues())

    def _reply(self) -> Reply | None:
        if self.held.event is None:
            return None
        return take_event(self._kept.run, msgspec.json.decode(self.held.event, type=_Waking))

    def _sort(self, turn: Turn) -> Issued | None:
        """Put commands aside for the outbox; gives the question that the run waits for, if it is one to a source."""
        waiting_for = self._kept.run.waiting_for
        asked: Issued | None = None
        for issued in turn.commands:
            if issued.id == waiting_for and isinstance(issued.body, SourceCommand):
                asked = issued
            else:
                self._issued.append(issued)
        return asked

    async def _save_before(self, asked: Issued) -> bool:
        self._kept.asked = asked
        saved = await self._store.checkpoint(self.held, self._end(RunStatus.RUNNING))
        if saved is None:
            return False
        self.held, self._event_id, self._issued = saved, None, []
        pass_point("request_saved")
        return True

    def _end(self, status: RunStatus | None = None) -> TurnEnd:
        run = self._kept.run
        return TurnEnd(
            kept=self._kept,
            status=status or (RunStatus.WAITING if run.ended_at is None else RunStatus.DONE),
            due_at=run.wait_until,
            commands=tuple(self._issued),
            event_id=self._event_id,
        )

    def _now(self) -> datetime:
        """The database's time: what it was at the claim, and what passed since."""
        return self.held.at + timedelta(seconds=asyncio.get_running_loop().time() - self._began)


def _may_change(asked: Issued) -> bool:
    """Whether asking twice may be more than asking once."""
    match asked.body:
        case LookUp() as question:
            return question.may_change
        case LookUpAll(lookups=questions):
            return any(one.may_change for one in questions)
        case _:
            return True
