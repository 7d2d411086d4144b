"""Carries out what the queues decide about conversations, one decision after the other."""

import asyncio
from collections import deque

import msgspec
import sqlalchemy as sa
import structlog

from skipline.base.clock import Clock
from skipline.centre import conversations as steps
from skipline.centre.conversation_stays import ConversationStay, StayState
from skipline.centre.conversations import Step
from skipline.host.host import Host
from skipline.host.messages.stays import Stays
from skipline.model.queue_events import (
    EntryClosed,
    EntryLeft,
    EntryOverflowed,
    OfferMade,
    OfferWithdrawn,
    QueueDecision,
)
from skipline.model.queueing import Medium, Visit
from skipline.store import conversation_stays as store
from skipline.store import visits
from skipline.store.database import Database
from skipline.store.errors import StorageError

log = structlog.get_logger(__name__)

AGAIN_SECONDS = 1.0


class Decisions:
    """Takes decisions at once and carries them out in their order. While the database is in trouble they wait."""

    def __init__(self, *, database: Database, host: Host, stays: Stays, clock: Clock) -> None:
        self._database, self._host, self._stays, self._clock = database, host, stays, clock
        self._waiting: deque[QueueDecision] = deque()
        self._is_due = asyncio.Event()

    def take(self, decision: QueueDecision) -> bool:
        """Take a decision about a conversation; False: it is about something else."""
        if not self._is_ours(decision):
            return False
        self._waiting.append(decision)
        self._is_due.set()
        return True

    async def run(self) -> None:
        """Carry decisions out until cancelled."""
        while True:
            await self._is_due.wait()
            self._is_due.clear()
            while self._waiting:
                await self._try(self._waiting[0])
                self._waiting.popleft()

    async def _try(self, decision: QueueDecision) -> None:
        while True:
            try:
                await self._carry_out(decision)
                return
            except StorageError as trouble:
                log.error("decision_put_off", kind=type(decision).__name__, why=str(trouble))
                await asyncio.sleep(AGAIN_SECONDS)
            except Exception:  # a bug of ours stops no other conversation
                log.exception("decision_not_carried_out", kind=type(decision).__name__)
                return

    def _is_ours(self, decision: QueueDecision) -> bool:
        match decision:
            case OfferMade() | EntryOverflowed():
                return decision.entry.place.medium is Medium.MESSAGE
            case OfferWithdrawn():
                return decision.reservation.entry in self._stays.own
            case EntryClosed():
                return decision.visit.medium is Medium.MESSAGE
            case _:
                return False

    async def _carry_out(self, decision: QueueDecision) -> None:
        now = self._clock()
        match decision:
            case OfferMade():
                await self._offer(decision)
            case OfferWithdrawn():
                await self._stays.change(decision.reservation.entry, lambda one: steps.withdraw(one, decision, now))
            case EntryOverflowed():
                await self._stays.change(decision.entry.id, lambda one: steps.overflow(one, decision, now))
            case EntryClosed():
                await self._record(decision.visit)

    async def _offer(self, made: OfferMade) -> None:
        now, entry = self._clock(), made.entry.id
        if await self._database.read(store.find, entry) is None:
            # So that no line holds what nobody has.
            self._host.office.tell([EntryLeft(at=now, entry=entry, reason="Its conversation is over.")])
            return
        await self._stays.change(entry, lambda one: steps.offer(one, made, now))

    async def _record(self, visit: Visit) -> None:
        """An entry's visit is over, wrap-up and all. One that goes on in another queue has only its record."""
        await self._database.write(_add_visit, visit)
        await self._stays.change(visit.entry, _recorded)


def _recorded(stay: ConversationStay) -> Step | None:
    if stay.state is not StayState.ENDED:
        return None
    return Step(stay=msgspec.structs.replace(stay, is_recorded=True))


def _add_visit(transaction: sa.Connection, visit: Visit) -> None:
    visits.add(transaction, visit)
