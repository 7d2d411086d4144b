"""Plays stories without a call: what a webhook, a schedule or somebody who writes begins.

Between two turns the run travels as JSON, as it does between its turns in the database.
"""

import heapq
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from skipline.base.sentence import Sentence, say
from skipline.centre.starts import begin_run, start_for_message
from skipline.flow.compiled import CompiledFlow
from skipline.flow.correspondence import take_event
from skipline.flow.outcome import Trigger
from skipline.flow.run import Turn, freeze_run, resume_run, start_run, thaw_run
from skipline.model.commands import EnterQueue, Issued, RequestCallBack
from skipline.model.events import MessageReceived, Reply, ScheduleDue, WebhookReceived
from skipline.model.ids import CallId, RunId
from skipline.model.run import Run, StartedBy
from skipline.stories.desk import Later, StoryDesk
from skipline.stories.letters import first_letter, message_triggers
from skipline.stories.performance import Deed, Performance
from skipline.stories.script import Delivered, Planned, Story, Writer
from skipline.stories.stage import Stage, StagedFlow
from skipline.stories.world import World
from skipline.triggers.schedule.trigger import Schedule
from skipline.triggers.webhook.trigger import Webhook

RUN = RunId("run1")
INCOMING_MESSAGE = "incoming_message"
MOST_EVENTS = 5_000
"""More than any run can take part in; one that goes on for ever stops here."""

_A_MOMENT = timedelta(microseconds=1)
_LONGEST_WAIT = timedelta(days=7)
"""A story in which somebody waits longer in a queue comes to no end."""


def play_run(stage: Stage, flow: str, story: Story) -> Performance:
    """Play a story that no call begins, with the flow that has this key. Opens nothing and waits for nothing."""
    staged = stage.flows[flow]
    run, trouble = _begin(stage, staged, story)
    if run is None:
        return Performance(troubles=[no_run(trouble)])
    player = _Player(stage, staged.live.flow, run, story)
    player.play()
    player.performance.troubles += player.world.gaps
    return player.performance


def no_run(why: str) -> Sentence:
    """What is said of a story that nothing began."""
    return say("no run started: {why}", why=why)


def no_end(run: Run) -> Sentence:
    """What is said of a story that stopped before its run did."""
    return say("the story comes to no end: the run waits in {step}", step=run.step)


def _begin(stage: Stage, staged: StagedFlow, story: Story) -> tuple[Run | None, str]:
    """The run that the story begins, or why there is none."""
    if story.webhook is not None:
        return _deliver(staged, story.webhook, story.at)
    if story.schedule is not None:
        return _come(staged, story.schedule)
    return _write(stage, staged, story.writer or Writer(), story.at)


def _deliver(staged: StagedFlow, delivered: Delivered, at: datetime) -> tuple[Run | None, str]:
    names = [one.name for one in _triggers(staged) if isinstance(one, Webhook)]
    name = delivered.name or next(iter(names), "")
    event = WebhookReceived(at=at, webhook=name, id="delivery1", payload=delivered.payload)
    run = begin_run(staged.live, event, RUN, at)
    if not name:
        return run, say("no webhook starts this flow")
    if not names:
        return run, say("no webhook `{name}` starts this flow; it has no webhook", name=name)
    there = ", ".join(names)
    return run, say("no webhook `{name}` starts this flow; its webhooks are {webhooks}", name=name, webhooks=there)


def _come(staged: StagedFlow, planned: Planned) -> tuple[Run | None, str]:
    schedules = [one for one in _triggers(staged) if isinstance(one, Schedule)]
    before = planned.at - _A_MOMENT
    due = next((one for one in schedules if one.next_after(before) == planned.at), None)
    if due is None:
        soonest = min((one.next_after(before) for one in schedules), default=None)
        after = (
            say("no schedule starts this flow")
            if soonest is None
            else say("the next moment is {moment}", moment=soonest.isoformat())
        )
        at = planned.at.isoformat()
        return None, say("no schedule of this flow is due at {moment}; {after}", moment=at, after=after)
    event = ScheduleDue(at=planned.at, cron=due.cron, zone=due.zone, planned_at=planned.at)
    return begin_run(staged.live, event, RUN, planned.at), ""


def _write(stage: Stage, staged: StagedFlow, writer: Writer, at: datetime) -> tuple[Run | None, str]:
    """The run that a message begins, of the flow that would get it among all. A flow without any trigger, which
    another one runs, is written to all the same."""
    received = first_letter(writer, _triggers(staged), at)
    if not message_triggers(_triggers(staged)):
        return _written(staged, received, at), ""
    run = start_for_message((one.live for one in stage.flows.values()), received, RUN, at)
    if run is None:
        return None, say(
            "no flow takes the message {text!r} to account `{account}` on {channel}",
            text=received.text,
            account=received.account,
            channel=received.channel.value,
        )
    if run.flow != staged.live.key:
        return None, say("the message {text!r} starts the flow `{flow}`", text=received.text, flow=run.flow)
    return run, ""


def _written(staged: StagedFlow, received: MessageReceived, at: datetime) -> Run:
    flow = staged.live.flow
    return Run(
        id=RUN,
        flow=staged.live.key,
        version=flow.version,
        started_at=at,
        contact=received.contact,
        started_by=StartedBy(type=INCOMING_MESSAGE),
        message=received,
        personal=flow.personal,
    )


def _triggers(staged: StagedFlow) -> Iterator[Trigger]:
    return iter(staged.live.flow.triggers)


class _Player:
    """One run being played. `None` in its queue is a moment at which something may be due."""

    def __init__(self, stage: Stage, flow: CompiledFlow, run: Run, story: Story) -> None:
        self.performance = Performance(run=run)
        self.world = World(story, stage.sources, CallId(""), run.message)
        self._flow, self._run, self._began = flow, run, run.started_at
        self._order = count()
        self._queue: list[tuple[datetime, int, Reply | MessageReceived | Later | None]] = []
        self._desk = StoryDesk(
            story,
            stage.configuration,
            self.world.agents,
            self.performance,
            answer=lambda reply: self._plan(reply.at, reply),
            plan=self._plan,
        )

    def play(self) -> None:
        """Bring every answer at its time, until the run is over."""
        now = self._began
        turn = self._take(None, now, is_first=True)
        for _ in range(MOST_EVENTS):
            if turn is None or turn.is_over or not self._queue or now - self._began > _most(self._run):
                break
            now, _, event = heapq.heappop(self._queue)
            turn = self._happen(event, now, turn)
        self._note_end(turn)

    def _happen(self, event: Reply | MessageReceived | Later | None, now: datetime, turn: Turn) -> Turn | None:
        self._desk.office.now = now
        if event is None:
            self._desk.pass_time(now)
        elif not isinstance(event, Reply | MessageReceived):
            event(now)
            return self._wake_later(turn)
        return self._wake_later(self._take(event, now))

    def _wake_later(self, turn: Turn | None) -> Turn | None:
        if (at := self._desk.office.next_wake_at()) is not None and (turn is None or not turn.is_over):
            self._plan(at, None)
        return turn

    def _take(self, event: Reply | MessageReceived | None, now: datetime, *, is_first: bool = False) -> Turn | None:
        """One turn; None when a step broke."""
        flow, run, queues = self._flow, self._run, self._desk.office.figures
        try:
            if is_first:
                turn = start_run(flow, run, now, queues)
            else:
                reply = None if event is None else take_event(run, event)
                turn = resume_run(flow, run, reply, now, queues)
        except Exception as bug:  # a story tells it, as the host's log would
            self.performance.troubles.append(say("the run broke at step {step}: {bug}", step=run.step, bug=str(bug)))
            return None
        for issued in turn.commands:
            self.performance.deeds.append(Deed(self._seconds(now), issued.body))
            self._dispatch(issued, now)
        self._run = self.performance.run = thaw_run(freeze_run(run))
        if self._run.wait_until is not None:
            self._plan(self._run.wait_until, None)
        return self._wake_later(turn) if is_first else turn

    def _dispatch(self, issued: Issued, now: datetime) -> None:
        match issued.body:
            case EnterQueue() as order:
                self._desk.enter(issued, order, self._run, now)
            case RequestCallBack() as order:
                self._desk.promise(issued, order, now)
            case _:
                for event in self.world.answer(issued, now):
                    if isinstance(event, Reply | MessageReceived):
                        self._plan(event.at, event)

    def _plan(self, at: datetime, event: Reply | MessageReceived | Later | None) -> None:
        heapq.heappush(self._queue, (at, next(self._order), event))

    def _note_end(self, turn: Turn | None) -> None:
        if self._run.ended_at is not None:
            self.performance.ended_after = self._seconds(self._run.ended_at)
        elif turn is not None:
            self.performance.troubles.append(no_end(self._run))

    def _seconds(self, now: datetime) -> float:
        return (now - self._began).total_seconds()


def _most(run: Run) -> timedelta:
    """How long a story of this run may take: a wait of its own is as long as it is, a queue has an end."""
    return timedelta.max if run.wait_until is not None else _LONGEST_WAIT
