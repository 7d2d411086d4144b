"""Where conversations wait for people: flows send them here, queues offer them, agents take them, write and close.

What a conversation's stay may come to is `centre.conversations`; here it is looked up, carried out and told.
"""

from collections.abc import Mapping

import msgspec

from skipline.base.clock import Clock
from skipline.base.ids import Ids
from skipline.centre import conversations as steps
from skipline.centre.conversation_stays import ConversationStay
from skipline.centre.conversations import NotPossible, Step
from skipline.centre.transfers import place_in, preferring, queue_of
from skipline.host.carriers import Carrier, NotCarried
from skipline.host.host import Host
from skipline.host.messages.stays import Stays
from skipline.model.commands import Command, EnterQueue, Issued
from skipline.model.events import QueueEnd, QueueEnded
from skipline.model.ids import ConversationId, EntryId
from skipline.model.queueing import Entry, Medium, Place
from skipline.store import conversation_entering as entering
from skipline.store import conversation_stays as store
from skipline.store.database import Database
from skipline.store.posting import NoConversation


class Desk:
    """The conversations that people have or wait for, on this node and, where several share a database, on all.

    `is_open`: the queues know who is signed in. Before that, a start would find them deserted."""

    def __init__(self, *, database: Database, host: Host, stays: Stays, clock: Clock, ids: Ids) -> None:
        self.stays, self.is_open = stays, False
        self._database, self._host, self._clock, self._ids = database, host, clock, ids

    async def enter(self, issued: Issued) -> QueueEnded | None:
        """Have a run's contact wait; gives the answer when nobody can wait there. Raises `NoConversation`."""
        order = issued.body
        assert isinstance(order, EnterQueue)  # noqa: S101 - its carrier is asked for nothing else
        if order.place.queue not in self._host.centre.queues:
            return self._refusal(issued, f"There is no queue {order.place.queue} any more.")
        stay = await self._stay_for(issued, order)
        try:
            if not await self.stays.enter(steps.begin(stay, stay.entry.joined_at), self._replace):
                known = await self._database.read(store.find, stay.entry.id)
                self.stays.tell_queues([] if known is None else [known])
        except NotPossible as busy:
            return self._refusal(issued, str(busy))
        return None

    async def accept(self, conversation: ConversationId, agent: str) -> None:
        """An agent takes a conversation that is offered to them; harmless when they have it. Raises `NotPossible`."""
        stay = await self._present(conversation)
        now, explained = self._clock(), self._host.centre.lines.explain(stay.entry.id)
        await self.stays.change_present(conversation, lambda one: steps.accept(one, agent, now, explained))

    async def decline(self, conversation: ConversationId, agent: str, reason: str = "") -> None:
        """An agent does not want what they are offered. Raises `NotPossible`."""
        await self._present(conversation)
        now = self._clock()
        await self.stays.change_present(conversation, lambda one: steps.decline(one, agent, reason, now))

    async def close(self, conversation: ConversationId, by: str) -> bool:
        """A conversation is over, and its flow goes on; False when nobody had it and it waited for nobody."""
        stay = await self._database.read(store.present, conversation)
        if stay is None:
            return False
        now, explained = self._clock(), self._host.centre.lines.explain(stay.entry.id)
        step = await self.stays.change_present(conversation, lambda one: steps.close(one, by, now, explained))
        return step is not None

    async def hand_on(self, conversation: ConversationId, *, queue: str = "", agent: str = "") -> None:
        """Give a conversation to a queue, or to an agent in theirs; the time that it has waited counts. Raises
        `NotPossible`."""
        now, entry, node = self._clock(), EntryId(self._ids()), self._host.centre.node
        await self._present(conversation)

        def move(stay: ConversationStay) -> Step:
            return steps.hand_on(stay, self._place_for(stay, queue, agent), entry, node, now)

        await self.stays.change_present(conversation, move)

    async def note_answer(self, conversation: ConversationId) -> None:
        """Somebody wrote to the contact: nobody left them unanswered."""
        now = self._clock()

        def move(stay: ConversationStay) -> Step | None:
            return Step(stay=msgspec.structs.replace(stay, answered_at=now)) if stay.connected_at is not None else None

        await self.stays.change_present(conversation, move)

    async def _present(self, conversation: ConversationId) -> ConversationStay:
        stay = await self._database.read(store.present, conversation)
        if stay is None:
            raise NotPossible("in_no_queue", "This conversation is in no queue, and no agent has it.")
        return stay

    async def _stay_for(self, issued: Issued, order: EnterQueue) -> ConversationStay:
        thread = await self._database.read(entering.thread_of, issued.run)
        queue = self._host.centre.queues[order.place.queue]
        entry = Entry(
            id=EntryId(issued.id),
            joined_at=self._clock(),
            place=msgspec.structs.replace(order.place, medium=Medium.MESSAGE),
            run=issued.run,
            node=self._host.centre.node,
            contact_name=thread.contact_name,
            contact_phone=thread.contact_phone,
            reasons=order.reasons,
            conversation=thread.conversation,
        )
        is_told = not (queue.says_position or queue.says_wait)
        return ConversationStay(
            entry=entry,
            conversation=thread.conversation,
            key=thread.key,
            asked=issued.id,
            language=order.language,
            told_tier=entry.place.tier if is_told else None,
            why=order.reasons,
        )

    def _replace(self, before: ConversationStay) -> Step | None:
        """The run of an earlier stay is gone. Who talks with an agent goes on with them."""
        if before.connected_at is not None:
            raise NotPossible("taken", f"{before.agent} has this conversation.")
        return steps.close(before, "Another run", self._clock())

    def _place_for(self, stay: ConversationStay, queue: str, agent: str) -> Place:
        centre = self._host.centre
        waited, before = stay.waited(self._clock()), stay.entry.place
        if not agent:
            if queue not in centre.queues:
                raise NotPossible("unknown_queue", f"There is no queue {queue}.")
            return place_in(before, waited, queue)
        if agent not in centre.agents:
            raise NotPossible("unknown_agent", f"There is no agent {agent}.")
        served = queue or queue_of(centre.agents[agent], before.queue)
        if served not in centre.queues:
            raise NotPossible(
                "unknown_queue", f"{agent} serves no queue: name one." if not served else f"There is no queue {served}."
            )
        return preferring(place_in(before, waited, served), agent)

    def _refusal(self, issued: Issued, reason: str) -> QueueEnded:
        order = issued.body
        queue = order.place.queue if isinstance(order, EnterQueue) else ""
        return QueueEnded(
            at=self._clock(), call=issued.call, command=issued.id, end=QueueEnd.FAILED, queue=queue, reason=reason
        )


class QueueCarrier:
    """Carries out what runs want of queues for conversations. It may repeat: an entry is written once, by its id."""

    may_repeat = True

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def carry(self, issued: Issued) -> QueueEnded | None:
        """Have the contact wait. Raises `NotCarried` when there is no conversation, or the desk is not open yet."""
        if not self._desk.is_open:
            raise NotCarried("the queues do not know yet who is signed in")
        try:
            return await self._desk.enter(issued)
        except NoConversation as hopeless:
            raise NotCarried(str(hopeless), may_retry=False) from hopeless


def queue_carriers(desk: Desk) -> Mapping[type[Command], Carrier]:
    """The carriers of what runs want of queues, for every channel of messages."""
    return {EnterQueue: QueueCarrier(desk)}
