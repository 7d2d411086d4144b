"""What invented agents do when they are rung for the caller, and what the caller does while waiting."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from skipline.base.sentence import say
from skipline.model.call import EndedBy, TryEnd
from skipline.model.commands import EnterQueue, Issued, LeaveQueue, RecordVoicemail, RingAgent, StopRinging, WaitInQueue
from skipline.model.events import (
    AgentJoined,
    AgentLeft,
    AgentRang,
    AgentRefused,
    CallEnded,
    Event,
    VoicemailRecorded,
    WaitEnded,
)
from skipline.model.ids import CallId, CommandId, ReservationId
from skipline.stories.invented_targets import ANSWER_SECONDS, REFUSAL_SECONDS
from skipline.stories.script import OTHERS, AgentLine, Story
from skipline.stories.turns import Turns

_CODES = {TryEnd.BUSY: 486, TryEnd.NO_ANSWER: 408, TryEnd.FAILED: 503}


@dataclass
class InventedAgents:
    """The agents around one caller who waits: who is rung, and who talks. An event that was on its way when something
    else happened first does not come any more (`still_happens`)."""

    story: Story
    call: CallId
    queue: str = ""
    gaps: list[str] = field(default_factory=list)
    _wait: CommandId | None = None
    _rung: tuple[ReservationId, AgentLine] | None = None
    _talk: ReservationId | None = None
    _turns: Turns = field(default_factory=Turns)

    def enter(self, order: EnterQueue) -> None:
        """The caller is led to a queue."""
        self.queue = order.place.queue

    def wait(self, issued: Issued, order: WaitInQueue, now: datetime) -> Iterator[Event]:
        """The wait begins: the caller presses the key of this wait, if there is one."""
        self._wait, self._rung, self._talk = issued.id, None, None
        line = self.story.queues.get(self.queue)
        if line is not None and line.does == "failed":
            yield self._wait_ended(now, problem="the story says so")
        turn = self._turns.count("waits")
        press = self.story.presses[turn - 1] if turn <= len(self.story.presses) else None
        if press is None or not press.key:
            return
        if press.key in order.keys:
            yield self._wait_ended(now + timedelta(seconds=press.after), key=press.key)
        else:
            gap = say(
                "the caller presses {key} in queue {queue}, and the step has no such key: take it out of `presses`, or "
                "add it to `keys`",
                key=press.key,
                queue=self.queue,
            )
            self.gaps.append(gap)

    def ring(self, issued: Issued, order: RingAgent, now: datetime) -> Iterator[Event]:
        """An agent is rung."""
        line = self.line_of(order.agent)
        self._rung = order.reservation, line
        end, after = _answer(line, order.ring_seconds)
        if end is not TryEnd.FAILED:
            yield AgentRang(at=now + timedelta(seconds=min(0.2, after)), call=self.call, reservation=order.reservation)
        at = now + timedelta(seconds=after)
        if end is TryEnd.ANSWERED:
            yield AgentJoined(at=at, call=self.call, reservation=order.reservation)
        else:
            yield AgentRefused(at=at, call=self.call, reservation=order.reservation, end=end, code=_CODES[end])

    def stop_ringing(self, issued: Issued, order: StopRinging, now: datetime) -> Iterator[Event]:
        """The queue takes an offer back."""
        if self._rung is not None and self._rung[0] == order.reservation:
            self._rung = None
        yield from ()

    def leave(self, issued: Issued, order: LeaveQueue, now: datetime) -> Iterator[Event]:
        """The caller is taken off the queue."""
        if self._wait is not None:
            yield self._wait_ended(now)

    def record(self, issued: Issued, order: RecordVoicemail, now: datetime) -> Iterator[Event]:
        """The caller speaks after the beep."""
        seconds = min(self.story.voicemail, order.most_seconds)
        at = now + timedelta(seconds=seconds or order.silence_seconds)
        file = f"{self.call}.wav" if seconds else ""
        yield VoicemailRecorded(at=at, call=self.call, command=issued.id, file=file, seconds=seconds)

    def still_happens(self, event: Event) -> bool:
        """Whether an event that was on its way is not overtaken by another one."""
        match event:
            case AgentRang() | AgentRefused() | AgentJoined():
                return self._rung is not None and event.reservation == self._rung[0]
            case AgentLeft():
                return event.reservation == self._talk
            case WaitEnded():
                return event.command == self._wait and not (event.key and self._talk is not None)
        return True

    def follow(self, event: Event) -> Iterator[Event]:
        """What comes of an event that has happened: a talk that ends, in its time."""
        match event:
            case AgentRefused():
                self._rung = None
            case WaitEnded():
                self._wait = self._rung = self._talk = None
            case AgentJoined() if self._rung is not None:
                (self._talk, line), self._rung = self._rung, None
                yield from self._end_of_talk(event, line)

    def line_of(self, agent: str) -> AgentLine:
        """What an agent does this time."""
        lines = self.story.agents.get(agent) or self.story.agents.get(OTHERS) or (AgentLine(),)
        return self._turns.next(f"rings {agent}", lines)

    def first_line_of(self, agent: str) -> AgentLine:
        """What is said of an agent before they are rung."""
        return (self.story.agents.get(agent) or self.story.agents.get(OTHERS) or (AgentLine(),))[0]

    def _end_of_talk(self, joined: AgentJoined, line: AgentLine) -> Iterator[Event]:
        at = joined.at + timedelta(seconds=line.talks)
        if line.hangs_up == "caller":
            yield CallEnded(at=at, call=self.call, by=EndedBy.CALLER)
            return
        yield AgentLeft(at=at, call=self.call, reservation=joined.reservation, talk_seconds=line.talks)
        yield self._wait_ended(at, has_talked=True)

    def _wait_ended(self, at: datetime, *, key: str = "", problem: str = "", has_talked: bool = False) -> WaitEnded:
        wait = self._wait or CommandId("")
        return WaitEnded(at=at, call=self.call, command=wait, key=key, problem=problem, has_talked=has_talked)


def _answer(line: AgentLine, ring_seconds: float) -> tuple[TryEnd, float]:
    """How ringing this agent ends, and after how long."""
    end = TryEnd.NO_ANSWER if line.does == "away" else TryEnd(line.does)
    usual = {TryEnd.ANSWERED: ANSWER_SECONDS, TryEnd.NO_ANSWER: ring_seconds}.get(end, REFUSAL_SECONDS)
    after = usual if line.after is None else line.after
    return (TryEnd.NO_ANSWER, ring_seconds) if after >= ring_seconds else (end, after)
