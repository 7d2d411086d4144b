"""Promises call-backs to people who write: their place is kept in the queue of calls, and their phone rung in turn."""

from collections.abc import Mapping

import msgspec

from skipline.base.clock import Clock
from skipline.centre.call_back import CallBack
from skipline.centre.call_backs import call_back_in_writing, restore_call_back
from skipline.host.carriers import Carrier, NotCarried
from skipline.host.host import Host
from skipline.model.commands import Command, Issued, RequestCallBack
from skipline.model.events import CallBackTaken
from skipline.model.ids import EntryId
from skipline.model.record import EntryRecord
from skipline.store import conversation_entering as entering
from skipline.store import entries
from skipline.store.database import Database
from skipline.store.posting import NoConversation


class CallBackCarrier:
    """Carries out what runs want of call-backs. It may repeat: a call-back is written once, by its id, before it is
    promised."""

    may_repeat = True

    def __init__(self, *, database: Database, host: Host, clock: Clock) -> None:
        self._database, self._host, self._clock = database, host, clock

    async def carry(self, issued: Issued) -> CallBackTaken:
        """Keep the contact's place. Raises `NotCarried` when there is no conversation."""
        order, entry = issued.body, EntryId(issued.id)
        assert isinstance(order, RequestCallBack)  # noqa: S101 - its carrier is asked for nothing else
        kept = await self._database.read(entries.read, entry)
        if kept is not None:
            self._take_up(kept)
        elif order.place.queue not in self._host.centre.queues:
            return self._answer(issued, f"There is no queue {order.place.queue} any more.")
        else:
            await self._keep(issued, order)
        return self._answer(issued)

    def _take_up(self, kept: EntryRecord) -> None:
        """Have a call-back in line that an earlier try wrote down without hearing that it had."""
        centre = self._host.centre
        is_known = kept.left_at is not None or kept.call_back is None or kept.entry.id in centre.call_backs
        if not is_known and kept.entry.node == centre.node:
            call_back = msgspec.convert(kept.call_back, CallBack)
            self._host.decide(lambda: restore_call_back(centre, call_back, self._clock()))

    async def _keep(self, issued: Issued, order: RequestCallBack) -> None:
        try:
            thread = await self._database.read(entering.thread_of, issued.run)
        except NoConversation as hopeless:
            raise NotCarried(str(hopeless), may_retry=False) from hopeless
        centre, now = self._host.centre, self._clock()
        call_back = call_back_in_writing(centre, issued, order, thread.contact_name, now)
        await self._host.keep_call_back(call_back, issued)

    def _answer(self, issued: Issued, problem: str = "") -> CallBackTaken:
        entry = EntryId("" if problem else issued.id)
        return CallBackTaken(at=self._clock(), call=issued.call, command=issued.id, entry=entry, problem=problem)


def call_back_carriers(database: Database, host: Host, clock: Clock) -> Mapping[type[Command], Carrier]:
    """The carriers of call-backs, for every channel of messages."""
    return {RequestCallBack: CallBackCarrier(database=database, host=host, clock=clock)}
