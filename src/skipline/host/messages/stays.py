"""Has something happen to a conversation in a queue: written first, then told to queues, to people who watch, and to
the run that waits for the end."""

from collections.abc import Awaitable, Callable, Iterable

import msgspec
import structlog

from skipline.base.clock import Clock
from skipline.base.fault_points import pass_point
from skipline.centre.conversation_stays import ConversationStay, StayState
from skipline.centre.conversations import Step, tell
from skipline.host.durable_outbox import REPLIES
from skipline.host.host import Host
from skipline.model.durable import Arrival, Verdict
from skipline.model.events import Event
from skipline.model.ids import ConversationId, EntryId
from skipline.model.live_events import ConversationChanged
from skipline.store import conversation_stays as store
from skipline.store.conversation_stays import Move, state_shown
from skipline.store.database import Database
from skipline.store.errors import StorageError

log = structlog.get_logger(__name__)

Receive = Callable[[Arrival], Awaitable[Verdict]]


class Stays:
    """`own` are the stays that this node carries, as it last saw them; the database knows how each stands, because an
    agent's answer may have reached another node."""

    def __init__(self, database: Database, host: Host, receive: Receive, clock: Clock) -> None:
        self.own: dict[EntryId, ConversationStay] = {}
        self._database, self._host, self._receive, self._clock = database, host, receive, clock

    async def enter(self, step: Step, replace: Move) -> bool:
        """Have a conversation begin to wait; False when it did before. Raises what `replace` raises."""
        steps = await self._database.write(store.enter, step, replace)
        pass_point("stay_written")
        for one in steps:
            await self._done(one)
        return bool(steps)

    async def change(self, entry: EntryId, move: Move) -> Step | None:
        """Have something happen to an entry; None when that changes nothing. Raises what `move` raises."""
        return await self._told(await self._database.write(store.change, entry, move))

    async def change_present(self, conversation: ConversationId, move: Move) -> Step | None:
        """The same for the entry that a conversation has now."""
        return await self._told(await self._database.write(store.change_present, conversation, move))

    async def answer(self, stay: ConversationStay) -> None:
        """Have the run hear that its contact's stay is over. It is told again until the database says that it heard."""
        if stay.answer is None:
            return
        payload = msgspec.json.encode(stay.answer).decode()
        arrival = Arrival(channel=REPLIES, dedup=stay.asked, conversation=stay.key, payload=payload)
        try:
            await self._receive(arrival)
            pass_point("stay_answered")
            await self.change(stay.entry.id, lambda kept: Step(stay=msgspec.structs.replace(kept, answer=None)))
        except StorageError as trouble:
            log.error("run_not_told", entry=stay.entry.id, why=str(trouble))

    def tell_queues(self, stays: Iterable[ConversationStay]) -> None:
        """Have the queues know stays that they may not know."""
        now = self._clock()
        for stay in stays:
            self._remember(stay)
            self._host.office.tell(tell(stay, now))

    async def _told(self, step: Step | None) -> Step | None:
        if step is not None:
            pass_point("stay_written")
            await self._done(step)
        return step

    async def _done(self, step: Step) -> None:
        for stay in (step.stay, step.following):
            if stay is not None:
                self._remember(stay)
        self._host.live.publish(_facts(step))
        self._host.office.tell(step.queue_events)
        await self.answer(step.stay)

    def _remember(self, stay: ConversationStay) -> None:
        if stay.entry.node == self._host.centre.node and not stay.is_over:
            self.own[stay.entry.id] = stay
        else:
            self.own.pop(stay.entry.id, None)


def _facts(step: Step) -> Iterable[Event]:
    yield from step.facts
    if step.facts:
        shown = step.following or step.stay
        yield ConversationChanged(
            at=step.facts[0].at,
            conversation=shown.conversation,
            state=state_shown(shown),
            agent=shown.agent if shown.state is StayState.TALKING else "",
        )
