"""Plays a story: the real centre, a clock that only the story moves, and the invented world for everything outside.

Between two events a run travels as JSON, as it does when a call outlives its centre process.
"""

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from skipline.centre.calls import RunBroke, go_on_after_time
from skipline.centre.handle import handle
from skipline.centre.state import Centre, Changes
from skipline.flow.run import freeze_run, thaw_run
from skipline.model.call import Call
from skipline.model.commands import AnyCommand
from skipline.model.events import CallArrived, CallConnected, CallEnded, Event
from skipline.model.ids import CallId
from skipline.model.run import Run
from skipline.stories.script import Story
from skipline.stories.stage import Stage
from skipline.stories.world import World

CALL = CallId("call1")
MOST_EVENTS = 5_000
"""A story of a caller has a few dozen; one that goes on for ever stops here."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that the run had done, so many seconds after the call came in."""

    seconds: float
    command: AnyCommand


@dataclass(slots=True)
class Performance:
    """What happened in a story. Times are in seconds since the call came in; `troubles` kept it from being played."""

    run: Run | None = None
    deeds: list[Deed] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)
    connected_after: float | None = None
    ended_after: float | None = None
    troubles: list[str] = field(default_factory=list)

    @property
    def path(self) -> tuple[str, ...]:
        """Every step taken with its exit, `tier.vip`; a step that the run ended in stands alone."""
        trace = self.run.trace if self.run is not None else ()
        return tuple(f"{entry.step}.{entry.exit}" if entry.exit else str(entry.step) for entry in trace)


def play(stage: Stage, flow: str, story: Story) -> Performance:
    """Play `story` with the flow that has this key. Opens nothing, asks nobody, waits for nothing."""
    player = _Player(stage, flow, story)
    player.play()
    player.performance.troubles += player.world.gaps
    return player.performance


class _Player:
    """One story being played."""

    def __init__(self, stage: Stage, flow: str, story: Story) -> None:
        self.performance = Performance()
        self.world = World(story, stage.sources, CALL)
        self._story, self._began = story, story.at
        self._call = _call_of(story, stage.flows[flow].numbers)
        self._centre = Centre(stage.owners(), stage.trunks)
        self._order = count()
        self._queue: list[tuple[datetime, int, Event | None]] = []
        self._gives_up_at = (
            None if story.hangs_up_after is None else self._began + timedelta(seconds=story.hangs_up_after)
        )

    def play(self) -> None:
        """Bring every event at its time, until the call is over."""
        self._bring([CallArrived(at=self._began, call=self._call)])
        if self._gives_up_at is not None:
            self._wake_at(self._gives_up_at)
        for _ in range(MOST_EVENTS):
            if not self._queue or self.performance.ended_after is not None:
                break
            now, _, event = heapq.heappop(self._queue)
            self._happen(event, now)
        self._note_loose_end()

    def _happen(self, event: Event | None, now: datetime) -> None:
        if event is None and now == self._gives_up_at:
            for last in self.world.give_up(now):
                self._happen(last, now)
        elif event is None:
            self._decide(lambda: go_on_after_time(self._centre, CALL, now), now)
        else:
            self.world.note(event)
            self._note(event, now)
            self._decide(lambda: handle(self._centre, event, now), now)

    def _decide(self, decide: Callable[[], Changes], now: datetime) -> None:
        try:
            changes = decide()
        except RunBroke as broke:
            changes = broke.changes
            self.performance.troubles.append(f"{broke}: {broke.__cause__}")
        for issued in changes.commands:
            self.performance.deeds.append(Deed(self._seconds(now), issued.body))
            self._bring(self.world.answer(issued, now))
        self._freeze(changes)
        self._set_alarm()

    def _freeze(self, changes: Changes) -> None:
        serving = self._centre.runs.get(CALL)
        if serving is not None:
            serving.run = thaw_run(freeze_run(serving.run))
            self.performance.run = serving.run
        for run in changes.ended_runs:
            self.performance.run = run

    def _set_alarm(self) -> None:
        serving = self._centre.runs.get(CALL)
        if serving is not None and serving.run.wait_until is not None:
            self._wake_at(serving.run.wait_until)

    def _bring(self, events: Iterable[Event]) -> None:
        for event in events:
            heapq.heappush(self._queue, (event.at, next(self._order), event))

    def _wake_at(self, at: datetime) -> None:
        heapq.heappush(self._queue, (at, next(self._order), None))

    def _note(self, event: Event, now: datetime) -> None:
        if isinstance(event, CallConnected):
            self.performance.reached.append(event.target)
            if self.performance.connected_after is None:
                self.performance.connected_after = self._seconds(now)
        elif isinstance(event, CallEnded):
            self.performance.ended_after = self._seconds(now)

    def _note_loose_end(self) -> None:
        run = self.performance.run
        if run is None:
            trouble = f"no run started: no flow takes a call to {self._call.to or 'a number that is not given'}"
            self.performance.troubles.append(trouble)
        elif self.performance.ended_after is None:
            self.performance.troubles.append(f"the story comes to no end: the run waits in {run.step}")

    def _seconds(self, now: datetime) -> float:
        return (now - self._began).total_seconds()


def _call_of(story: Story, numbers: tuple[str, ...]) -> Call:
    caller = story.caller
    return Call(
        id=CALL,
        arrived_at=story.at,
        from_="" if caller.withheld else caller.phone,
        to=caller.to or next(iter(numbers), ""),
        trunk=caller.trunk,
        caller_name="" if caller.withheld else caller.name,
        is_withheld=caller.withheld,
        attestation=caller.attestation,
        diverted_from=caller.diverted_from,
        headers={name.lower(): value for name, value in caller.headers.items()},
    )
