"""Plays stories without a call: what a webhook, a schedule or somebody who writes begins.

Between two turns the run travels as JSON, as it does between its turns in the database.
"""

import heapq
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from skipline.centre.presence import configure_queues
from skipline.centre.starts import begin_run
from skipline.centre.state import Centre
from skipline.flow.compiled import CompiledFlow
from skipline.flow.names import QueueView
from skipline.flow.outcome import Trigger
from skipline.flow.run import Turn, freeze_run, resume_run, start_run, thaw_run
from skipline.model.contact import Contact
from skipline.model.events import Reply, ScheduleDue, WebhookReceived
from skipline.model.ids import CallId, RunId
from skipline.model.run import Run, StartedBy
from skipline.stories.office import StoryOffice
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


def play_run(stage: Stage, flow: str, story: Story) -> Performance:
    """Play a story that no call begins, with the flow that has this key. Opens nothing and waits for nothing."""
    staged = stage.flows[flow]
    run, trouble = _begin(staged, story)
    if run is None:
        return Performance(troubles=[f"no run started: {trouble}"])
    player = _Player(staged.live.flow, run, World(story, stage.sources, CallId("")), _queues(stage, story))
    player.play()
    player.performance.troubles += player.world.gaps
    return player.performance


def _begin(staged: StagedFlow, story: Story) -> tuple[Run | None, str]:
    """The run that the story begins, or why there is none."""
    if story.webhook is not None:
        return _deliver(staged, story.webhook, story.at)
    if story.schedule is not None:
        return _come(staged, story.schedule)
    return _write(staged, story.writer or Writer(), story.at), ""


def _deliver(staged: StagedFlow, delivered: Delivered, at: datetime) -> tuple[Run | None, str]:
    names = [one.name for one in _triggers(staged) if isinstance(one, Webhook)]
    name = delivered.name or next(iter(names), "")
    event = WebhookReceived(at=at, webhook=name, id="delivery1", payload=delivered.payload)
    run = begin_run(staged.live, event, RUN, at)
    have = f"its webhooks are {', '.join(names)}" if names else "it has no webhook"
    return run, f"no webhook `{name}` starts this flow; {have}" if name else "no webhook starts this flow"


def _come(staged: StagedFlow, planned: Planned) -> tuple[Run | None, str]:
    schedules = [one for one in _triggers(staged) if isinstance(one, Schedule)]
    before = planned.at - _A_MOMENT
    due = next((one for one in schedules if one.next_after(before) == planned.at), None)
    if due is None:
        soonest = min((one.next_after(before) for one in schedules), default=None)
        after = "no schedule starts this flow" if soonest is None else f"the next moment is {soonest.isoformat()}"
        return None, f"no schedule of this flow is due at {planned.at.isoformat()}; {after}"
    event = ScheduleDue(at=planned.at, cron=due.cron, zone=due.zone, planned_at=planned.at)
    return begin_run(staged.live, event, RUN, planned.at), ""


def _write(staged: StagedFlow, writer: Writer, at: datetime) -> Run:
    flow = staged.live.flow
    return Run(
        id=RUN,
        flow=staged.live.key,
        version=flow.version,
        started_at=at,
        contact=Contact(phone=writer.phone, address=writer.phone, name=writer.name),
        started_by=StartedBy(type=INCOMING_MESSAGE),
        personal=flow.personal,
    )


def _queues(stage: Stage, story: Story) -> QueueView:
    """How busy the queues are, as far as the story says; else nobody waits and nobody is there."""
    office = StoryOffice(story)
    centre = Centre({}, {}, node="story", lines=office)
    office.tell(configure_queues(centre, stage.configuration, story.at).queue_events, lambda _: None)
    return office.figures


def _triggers(staged: StagedFlow) -> Iterator[Trigger]:
    return iter(staged.live.flow.triggers)


class _Player:
    """One run being played."""

    def __init__(self, flow: CompiledFlow, run: Run, world: World, queues: QueueView) -> None:
        self.performance, self.world = Performance(run=run), world
        self._flow, self._run, self._began, self._queues = flow, run, run.started_at, queues
        self._order = count()
        self._queue: list[tuple[datetime, int, Reply | None]] = []

    def play(self) -> None:
        """Bring every answer at its time, until the run is over."""
        now = self._began
        turn = self._take(None, now, is_first=True)
        for _ in range(MOST_EVENTS):
            if turn is None or turn.is_over or not self._queue:
                break
            now, _, reply = heapq.heappop(self._queue)
            turn = self._take(reply, now)
        self._note_end(turn)

    def _take(self, reply: Reply | None, now: datetime, *, is_first: bool = False) -> Turn | None:
        """One turn; None when a step broke."""
        flow, run, queues = self._flow, self._run, self._queues
        try:
            turn = start_run(flow, run, now, queues) if is_first else resume_run(flow, run, reply, now, queues)
        except Exception as bug:  # a story tells it, as the host's log would
            self.performance.troubles.append(f"the run broke at step {run.step}: {bug}")
            return None
        for issued in turn.commands:
            self.performance.deeds.append(Deed(self._seconds(now), issued.body))
            for event in self.world.answer(issued, now):
                if isinstance(event, Reply):
                    heapq.heappush(self._queue, (event.at, next(self._order), event))
        self._run = self.performance.run = thaw_run(freeze_run(run))
        if self._run.wait_until is not None:
            heapq.heappush(self._queue, (self._run.wait_until, next(self._order), None))
        return turn

    def _note_end(self, turn: Turn | None) -> None:
        if self._run.ended_at is not None:
            self.performance.ended_after = self._seconds(self._run.ended_at)
        elif turn is not None:
            self.performance.troubles.append(f"the story comes to no end: the run waits in {self._run.step}")

    def _seconds(self, now: datetime) -> float:
        return (now - self._began).total_seconds()
