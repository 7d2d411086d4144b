"""The invented world around a flow: it answers every command with the events that the real one would send.

Nothing here waits; an event carries the time at which it happens, and the player brings it at that time.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from skipline.model.call import EndedBy
from skipline.model.commands import (
    AskContact,
    Command,
    EnterQueue,
    ForwardCall,
    HangUp,
    Issued,
    KeepMemo,
    LeaveQueue,
    LookUp,
    LookUpAll,
    PlaceCallBack,
    PlayAudio,
    RecordVoicemail,
    RingAgent,
    SayText,
    SendMessage,
    SendRequest,
    StopRinging,
    TagContact,
    TellWaiting,
    WaitInQueue,
)
from skipline.model.configuration import Source
from skipline.model.events import (
    AgentLeft,
    CallEnded,
    ContactAnswered,
    Event,
    MessageReceived,
    MessageSent,
    PromptEnded,
)
from skipline.model.ids import CallId
from skipline.stories.invented_agents import InventedAgents
from skipline.stories.invented_sources import InventedSources
from skipline.stories.invented_targets import ANSWER_SECONDS, InventedTargets
from skipline.stories.letters import Letters
from skipline.stories.script import AnswerLine, Story
from skipline.stories.turns import Turns

SECONDS_PER_CHARACTER = 0.06
"""How fast words are spoken."""

AUDIO_SECONDS = 3.0


class World:
    """What is around one caller. `gaps` tells what the story should have said and did not."""

    def __init__(
        self,
        story: Story,
        sources: Mapping[str, Source],
        call: CallId,
        message: MessageReceived | None = None,
    ) -> None:
        self._story, self._call = story, call
        self._sources, self._targets = InventedSources(story, sources, call), InventedTargets(story, call)
        self.agents = InventedAgents(story, call)
        self._letters = Letters(story, message) if message is not None else None
        self._last_received_at = message.at if message is not None else story.at
        self._turns, self._gaps = Turns(), list[str]()
        self._answers: dict[type[Command], Callable[[Issued, Any, datetime], Iterable[Event]]] = {
            LookUp: lambda issued, body, now: [self._sources.look_up(issued, body, now)],
            LookUpAll: lambda issued, body, now: [self._sources.look_up_all(issued, body, now)],
            SendRequest: lambda issued, body, now: [self._sources.take_request(issued, body, now)],
            ForwardCall: self._targets.forward,
            SayText: lambda issued, body, now: self._heard(issued, now, SECONDS_PER_CHARACTER * len(body.text)),
            PlayAudio: lambda issued, _, now: self._heard(issued, now, AUDIO_SECONDS),
            AskContact: self._reply,
            SendMessage: lambda issued, body, now: [self._sent(issued, body, now)],
            HangUp: self._hang_up,
            WaitInQueue: self._wait,
            RingAgent: self.agents.ring,
            StopRinging: self.agents.stop_ringing,
            LeaveQueue: self.agents.leave,
            RecordVoicemail: self.agents.record,
            # Not answered in earnest either; and a story ends with its call, before anybody is called back.
            TagContact: lambda issued, _, now: [],
            TellWaiting: lambda issued, _, now: [],
            KeepMemo: lambda issued, _, now: [],
            PlaceCallBack: lambda issued, _, now: [],
        }

    @property
    def gaps(self) -> list[str]:
        """What the story should have said and did not, a sentence each."""
        return [*self._sources.gaps, *self.agents.gaps, *self._gaps, *(self._letters.gaps if self._letters else ())]

    def enter(self, order: EnterQueue) -> None:
        """The caller is led to a queue."""
        self.agents.enter(order)

    def answer(self, issued: Issued, now: datetime) -> list[Event]:
        """What follows from a command, each event with its time."""
        answer = self._answers.get(type(issued.body))
        if answer is None:
            self._gaps.append(f"a story cannot answer {type(issued.body).__name__} yet")
            return []
        return list(answer(issued, issued.body, now))

    def give_up(self, now: datetime) -> list[Event]:
        """The caller hangs up now."""
        return [*self._targets.broken_off(now), CallEnded(at=now, call=self._call, by=EndedBy.CALLER)]

    def still_happens(self, event: Event) -> bool:
        """Whether an event that was on its way is not overtaken by another one."""
        return self.agents.still_happens(event)

    def follow(self, event: Event) -> list[Event]:
        """Take note of what has happened; gives what comes of it later."""
        self._targets.note(event)
        if isinstance(event, AgentLeft):
            self._targets.is_after_talk = True
        return list(self.agents.follow(event))

    def _wait(self, issued: Issued, order: WaitInQueue, now: datetime) -> Iterable[Event]:
        self._targets.is_after_talk = False
        return self.agents.wait(issued, order, now)

    def _heard(self, issued: Issued, now: datetime, seconds: float) -> list[Event]:
        self._targets.is_after_talk = False
        return [PromptEnded(at=now + timedelta(seconds=seconds), call=self._call, command=issued.id)]

    def _sent(self, issued: Issued, body: SendMessage, now: datetime) -> Event:
        return MessageSent(at=now, call=self._call, command=issued.id, problem=self._undelivered(body, now))

    def _undelivered(self, body: SendMessage | AskContact, now: datetime) -> str:
        return "" if self._letters is None else self._letters.problem_of(body, self._last_received_at, now)

    def _reply(self, issued: Issued, asked: AskContact, now: datetime) -> list[Event]:
        """The contact's next answer; when there is none left, silence until the patience is over."""
        self._targets.is_after_talk = False
        turn, answers = self._turns.count("questions"), self._story.answers
        line = answers[turn - 1] if turn <= len(answers) else AnswerLine()
        usual = ANSWER_SECONDS if line.after is None else line.after
        if self._letters is not None:
            return self._write_back(self._letters, issued, asked, line, now + timedelta(seconds=usual))
        text = line.text or line.tap
        spoken = SECONDS_PER_CHARACTER * len(asked.question)
        at = now + timedelta(seconds=spoken + (usual if text else asked.patience_seconds))
        return [ContactAnswered(at=at, call=self._call, command=issued.id, text=text)]

    def _write_back(
        self, letters: Letters, issued: Issued, asked: AskContact, line: AnswerLine, at: datetime
    ) -> list[Event]:
        """A question in writing is there at once, and who does not answer it writes nothing."""
        now = at - timedelta(seconds=ANSWER_SECONDS if line.after is None else line.after)
        if problem := self._undelivered(asked, now):
            return [ContactAnswered(at=now, call=self._call, command=issued.id, problem=problem)]
        if line == AnswerLine():
            return []
        self._last_received_at = at
        return [letters.answer(asked, line, at)]

    def _hang_up(self, issued: Issued, order: HangUp, now: datetime) -> list[Event]:
        by = EndedBy.TARGET if self._targets.is_after_talk else EndedBy.FLOW
        return [CallEnded(at=now, call=self._call, by=by, code=order.code, reason=order.reason)]
