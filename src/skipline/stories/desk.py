"""Agents who answer in writing: the real queues and the real steps of a conversation in them, and invented agents."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

import msgspec

from skipline.centre import conversations as steps
from skipline.centre.conversation_stays import ConversationStay
from skipline.centre.conversations import NotPossible, Step
from skipline.model.commands import EnterQueue, Issued, RequestCallBack
from skipline.model.configuration import Configuration
from skipline.model.events import CallBackTaken, QueueEnd, QueueEnded, Reply
from skipline.model.ids import CallId, ConversationId, EntryId
from skipline.model.queue_events import (
    AgentCame,
    AnyQueueEvent,
    EntryOverflowed,
    OfferMade,
    OfferWithdrawn,
    QueueDecision,
    QueuesConfigured,
)
from skipline.model.queueing import Entry, Medium, Queue, Reservation
from skipline.model.run import Run
from skipline.stories.invented_agents import InventedAgents
from skipline.stories.invented_targets import ANSWER_SECONDS, REFUSAL_SECONDS
from skipline.stories.office import StoryOffice
from skipline.stories.performance import Performance
from skipline.stories.script import AgentLine, Story

Later = Callable[[datetime], None]
"""Something that an agent does, at the time that it is given."""


class StoryDesk:
    """The queues and agents around one contact who writes. `answer` brings a reply to the run, `plan` has something
    done at a time."""

    def __init__(
        self,
        story: Story,
        configuration: Configuration,
        agents: InventedAgents,
        performance: Performance,
        *,
        answer: Callable[[Reply], None],
        plan: Callable[[datetime, Later], None],
    ) -> None:
        self.office = StoryOffice(story)
        self._story, self._agents, self._performance = story, agents, performance
        self._answer, self._plan = answer, plan
        self._queues: Mapping[str, Queue] = {queue.name: queue for queue in configuration.queues}
        self._stay: ConversationStay | None = None
        self._tell(
            QueuesConfigured(
                at=story.at, queues=configuration.queues, tiers=configuration.tiers, agents=configuration.agents
            )
        )
        for agent in configuration.agents if story.writer is not None else ():
            self._sign_in(agent.name, story.at)

    def enter(self, issued: Issued, order: EnterQueue, run: Run, now: datetime) -> None:
        """The contact begins to wait."""
        self._performance.place = order.place
        if problem := self._problem(order.place.queue):
            queue = order.place.queue
            ended = QueueEnded(
                at=now, call=CallId(""), command=issued.id, end=QueueEnd.FAILED, queue=queue, reason=problem
            )
            self._answer(ended)
            return
        entry = Entry(
            id=EntryId(issued.id),
            joined_at=now,
            place=msgspec.structs.replace(order.place, medium=Medium.MESSAGE),
            run=run.id,
            contact_name=run.contact.name,
            contact_phone=run.contact.phone,
            reasons=order.reasons,
        )
        conversation = run.message.conversation if run.message is not None else ConversationId("")
        stay = ConversationStay(entry=entry, conversation=conversation, key="", asked=issued.id, why=order.reasons)
        self._keep(steps.begin(stay, now))

    def promise(self, issued: Issued, order: RequestCallBack, now: datetime) -> None:
        """A call-back is asked for; a story ends before anybody is called."""
        self._performance.place = order.place
        problem, entry = self._problem(order.place.queue), EntryId(issued.id)
        self._answer(CallBackTaken(at=now, call=CallId(""), command=issued.id, entry=entry, problem=problem))

    def pass_time(self, now: datetime) -> None:
        """See what the queues do because it is late enough."""
        self._tell(*self.office.pass_time())

    def _problem(self, queue: str) -> str:
        if queue not in self._queues:
            return f"There is no queue {queue} any more."
        line = self._story.queues.get(queue)
        return "the story says so" if line is not None and line.does == "failed" else ""

    def _sign_in(self, agent: str, now: datetime) -> None:
        line = self._agents.first_line_of(agent)
        if line.does == "away":
            return
        self._tell(AgentCame(at=now, agent=agent, medium=Medium.MESSAGE))
        if line.ready_after:
            self._tell(*self.office.keep_busy(agent, now + timedelta(seconds=line.ready_after)))

    def _tell(self, *events: AnyQueueEvent) -> None:
        self.office.tell(events, self._decided)

    def _decided(self, decision: QueueDecision) -> None:
        now, stay = self.office.now, self._stay
        if stay is None:
            return
        match decision:
            case OfferMade():
                self._keep(steps.offer(stay, decision, now))
                self._have_answered(decision.reservation, now)
            case OfferWithdrawn():
                self._keep(steps.withdraw(stay, decision, now))
            case EntryOverflowed():
                self._keep(steps.overflow(stay, decision, now))

    def _have_answered(self, reservation: Reservation, now: datetime) -> None:
        """What the agent does about an offer; who does nothing lets its time pass."""
        line = self._agents.line_of(reservation.agent)
        usual = {"answered": ANSWER_SECONDS, "busy": REFUSAL_SECONDS}.get(line.does)
        if usual is not None:
            after = usual if line.after is None else line.after
            do = self._accept if line.does == "answered" else self._decline
            self._plan(now + timedelta(seconds=after), partial(do, reservation, line))

    def _accept(self, reservation: Reservation, line: AgentLine, now: datetime) -> None:
        stay = self._stay
        if stay is None or stay.reservation != reservation.id:
            return
        try:
            self._keep(steps.accept(stay, reservation.agent, now, self.office.explain(stay.entry.id)))
        except NotPossible:  # the offer's time was up a moment ago
            return
        self._performance.note_answer(reservation.agent, (now - self._story.at).total_seconds())
        self._plan(now + timedelta(seconds=line.talks), partial(self._close, reservation.agent))

    def _decline(self, reservation: Reservation, line: AgentLine, now: datetime) -> None:
        if self._stay is not None and self._stay.reservation == reservation.id:
            self._keep(steps.decline(self._stay, reservation.agent, "", now))

    def _close(self, agent: str, now: datetime) -> None:
        if self._stay is not None and self._stay.agent == agent:
            self._keep(steps.close(self._stay, agent, now))

    def _keep(self, step: Step | None) -> None:
        """What came of something; the run hears of the end once."""
        if step is None:
            return
        answer = step.stay.answer
        self._stay = None if answer is not None else step.stay
        self._performance.place = step.stay.entry.place
        self._tell(*step.queue_events)
        if answer is not None:
            self._answer(answer)
