"""Writes down what became of messages, and tells the runs that wait and the people who watch."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec
import structlog

from skipline.base.clock import Clock
from skipline.base.fault_points import pass_point
from skipline.centre.sending import Unsendable, Why
from skipline.host.durable_outbox import REPLIES
from skipline.host.live import Live
from skipline.model.durable import Arrival, Verdict
from skipline.model.events import ContactAnswered, MessageSent
from skipline.model.live_events import ConversationChanged
from skipline.model.message import SendState
from skipline.model.sending import Sending, Settlement
from skipline.store import sending_ends
from skipline.store.database import Database

log = structlog.get_logger(__name__)


class Settling:
    """Writes down what became of messages, and tells runs and people who watch."""

    def __init__(
        self, *, database: Database, receive: Callable[[Arrival], Awaitable[Verdict]], live: Live, clock: Clock
    ) -> None:
        self.database, self.clock = database, clock
        self._receive, self._live = receive, live

    async def end(self, sending: Sending, settlement: Settlement) -> None:
        """Settle a message. The run first: a crash after it tells the run twice, which is told apart."""
        failed = settlement.state is SendState.FAILED
        answer = answer_to_run(sending, settlement.problem if failed else "", self.clock())
        if answer is not None:
            await self._receive(answer)
        pass_point("sending_told")
        outcome = await self.database.write(sending_ends.settle, sending, settlement)
        if outcome is None:
            log.warning("sending_settled_elsewhere", message=sending.message)
            return
        changed = ConversationChanged(
            at=self.clock(),
            conversation=sending.conversation,
            state=outcome.state,
            agent=outcome.agent,
            message=sending.message,
        )
        self._live.publish([changed])


def answer_to_run(sending: Sending, problem: str, now: datetime) -> Arrival | None:
    """The event that answers the command of a message which is out, or was given up because of `problem`. None: nobody
    waits, as a question that is out is answered by the contact."""
    command = sending.answering
    if command is None or (command.is_question and not problem):
        return None
    kind = ContactAnswered if command.is_question else MessageSent
    event = kind(at=now, call=command.call, command=command.command, problem=problem)
    payload = msgspec.json.encode(event).decode()
    return Arrival(channel=REPLIES, dedup=command.command, conversation=command.conversation, payload=payload)


def refusal(unsendable: Unsendable) -> Settlement:
    """How a message ends that must not leave."""
    return Settlement(
        state=SendState.FAILED,
        problem=unsendable.problem,
        code=unsendable.why.value,
        is_audited=unsendable.why is Why.OPTED_OUT,
    )
