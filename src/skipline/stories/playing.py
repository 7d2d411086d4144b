"""Plays a story: the real centre and the real queues, a clock that only the story moves, and the invented world for
everything outside.

Between two events a call travels as JSON, as it does when it outlives its centre process.
"""

import heapq
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import count

from skipline.base.sentence import say
from skipline.centre.call_backs import new_call_back, take_call_back
from skipline.centre.calls import RunBroke
from skipline.centre.handle import handle
from skipline.centre.memo import memo_of, thaw_memo
from skipline.centre.offers import take_decision
from skipline.centre.presence import configure_queues
from skipline.centre.queueing import enter_queue
from skipline.centre.state import Centre, Changes
from skipline.centre.waking import wake, wake_at
from skipline.model.commands import EnterQueue, Issued, RequestCallBack
from skipline.model.configuration import Configuration
from skipline.model.events import AgentJoined, CallArrived, CallConnected, CallEnded, Event, PhoneRegistered
from skipline.stories.caller import CALL, call_of
from skipline.stories.office import StoryOffice
from skipline.stories.performance import Deed, Performance
from skipline.stories.playing_runs import no_end, no_run, play_run
from skipline.stories.script import BEGINNINGS, Story
from skipline.stories.stage import Stage
from skipline.stories.world import World

MOST_EVENTS = 5_000
"""A story of a caller has a few dozen; one that goes on for ever stops here."""

_LONGEST_WAIT = timedelta(hours=1)
"""A story in which somebody waits longer, and longer than any queue lets them, comes to no end."""


def play(stage: Stage, flow: str, story: Story) -> Performance:
    """Play `story` with the flow that has this key. Opens nothing, asks nobody, waits for nothing."""
    if any(getattr(story, name) is not None for name in BEGINNINGS):
        return play_run(stage, flow, story)
    player = _Player(stage, flow, story)
    player.play()
    player.performance.troubles += player.world.gaps
    return player.performance


class _Player:
    """One story being played."""

    def __init__(self, stage: Stage, flow: str, story: Story) -> None:
        self.performance = Performance()
        self.world = World(story, stage.sources, CALL)
        self._story, self._began, self._configuration = story, story.at, stage.configuration
        self._call = call_of(story, stage.flows[flow].numbers)
        self._office = StoryOffice(story)
        self._centre = Centre(stage.owners(), stage.trunks, node="story", lines=self._office)
        self._order = count()
        self._queue: list[tuple[datetime, int, Event | None]] = []
        self._alarms: set[datetime] = set()
        self._longest_wait = _longest_wait(stage.configuration)
        self._gives_up_at = (
            None if story.hangs_up_after is None else self._began + timedelta(seconds=story.hangs_up_after)
        )

    def play(self) -> None:
        """Bring every event at its time, until the call is over."""
        self._decide(lambda: configure_queues(self._centre, self._configuration, self._began), self._began)
        self._decide(self._agents_come, self._began)
        self._bring([CallArrived(at=self._began, call=self._call)])
        if self._gives_up_at is not None:
            self._wake_at(self._gives_up_at)
        for _ in range(MOST_EVENTS):
            if not self._queue or self.performance.ended_after is not None or self._waits_in_vain():
                break
            now, _, event = heapq.heappop(self._queue)
            self._office.now = now
            self._happen(event, now)
        self._note_loose_end()

    def _agents_come(self) -> Changes:
        """The agents with a phone who are there, some of them busy with somebody else at first."""
        changes = Changes()
        for agent in self._configuration.agents:
            line = self.world.agents.first_line_of(agent.name)
            if agent.phone is None or line.does == "away":
                continue
            if line.ready_after:
                free_at = self._began + timedelta(seconds=line.ready_after)
                changes.queue_events += self._office.keep_busy(agent.name, free_at)
            came = handle(self._centre, PhoneRegistered(at=self._began, user=agent.phone.user), self._began)
            changes.queue_events += came.queue_events
        return changes

    def _happen(self, event: Event | None, now: datetime) -> None:
        if event is None:
            self._alarms.discard(now)
        if event is None and now == self._gives_up_at:
            for last in self.world.give_up(now):
                self._happen(last, now)
        elif event is None:
            self._decide(lambda: wake(self._centre, CALL, now), now)
            self._decide(lambda: Changes(queue_events=self._office.pass_time()), now)
        elif self.world.still_happens(event):
            self._bring(self.world.follow(event))
            self._decide(lambda: handle(self._centre, event, now), now)
            self._note(event, now)

    def _decide(self, decide: Callable[[], Changes], now: datetime) -> None:
        try:
            changes = decide()
        except RunBroke as broke:
            changes = broke.changes
            self.performance.troubles.append(f"{broke}: {broke.__cause__}")
        self._carry_out(changes, now)
        self._freeze(changes)
        self._set_alarms()

    def _carry_out(self, changes: Changes, now: datetime) -> None:
        for issued in changes.commands:
            self.performance.deeds.append(Deed(self._seconds(now), issued.body))
            self._dispatch(issued, now)
        self._bring(changes.answers)
        self._office.tell(changes.queue_events, lambda one: self._carry_out(take_decision(self._centre, one, now), now))

    def _dispatch(self, issued: Issued, now: datetime) -> None:
        match issued.body:
            case EnterQueue() as order:
                self.world.enter(order)
                self._carry_out(enter_queue(self._centre, issued, order, now), now)
            case RequestCallBack() as order:
                call_back = new_call_back(self._centre, issued, order, now)
                if call_back is not None:
                    self.performance.place = order.place
                    self._carry_out(take_call_back(self._centre, call_back, issued, now), now)
            case _:
                self._bring(self.world.answer(issued, now))

    def _freeze(self, changes: Changes) -> None:
        serving = self._centre.runs.get(CALL)
        if serving is not None:
            memo = thaw_memo(memo_of(self._centre, CALL))
            assert memo.run is not None  # noqa: S101 - a call that is served has its run in the memo
            serving.run, serving.stay = memo.run, memo.stay
            self.performance.run = serving.run
            if serving.stay is not None:
                self.performance.place = serving.stay.entry.place
        for run in changes.ended_runs:
            self.performance.run = run

    def _set_alarms(self) -> None:
        for at in (wake_at(self._centre, CALL), self._office.next_wake_at()):
            if at is not None:
                self._wake_at(at)

    def _bring(self, events: Iterable[Event]) -> None:
        for event in events:
            heapq.heappush(self._queue, (event.at, next(self._order), event))

    def _wake_at(self, at: datetime) -> None:
        if at not in self._alarms:
            self._alarms.add(at)
            heapq.heappush(self._queue, (at, next(self._order), None))

    def _waits_in_vain(self) -> bool:
        """Whether the caller waits in a queue and nothing but words of comfort will ever come, or not for very long."""
        serving = self._centre.runs.get(CALL)
        if serving is None or serving.stay is None or self._gives_up_at is not None:
            return False
        if serving.stay.waited(self._office.now) > self._longest_wait.total_seconds():
            return True
        will_happen = any(event is not None for _, _, event in self._queue)
        return not will_happen and self._office.next_wake_at() is None and serving.run.wait_until is None

    def _note(self, event: Event, now: datetime) -> None:
        if isinstance(event, CallConnected):
            self._note_answer(event.target, now)
        elif isinstance(event, AgentJoined):
            serving = self._centre.runs.get(CALL)
            self._note_answer(serving.stay.agent if serving is not None and serving.stay is not None else "", now)
        elif isinstance(event, CallEnded):
            self.performance.ended_after = self._seconds(now)

    def _note_answer(self, who: str, now: datetime) -> None:
        self.performance.note_answer(who, self._seconds(now))

    def _note_loose_end(self) -> None:
        run = self.performance.run
        if run is None:
            self.performance.troubles.append(_no_run(self._call.to))
        elif self.performance.ended_after is None:
            self.performance.troubles.append(no_end(run))

    def _seconds(self, now: datetime) -> float:
        return (now - self._began).total_seconds()


def _no_run(number: str) -> str:
    if number:
        return no_run(say("no flow takes a call to {number}", number=number))
    return no_run(say("no call starts this flow; begin the story with `webhook`, `schedule` or `writer`"))


def _longest_wait(configuration: Configuration) -> timedelta:
    limits = (queue.overflow.after_seconds or 0.0 for queue in configuration.queues)
    return _LONGEST_WAIT + timedelta(seconds=max(limits, default=0.0))
