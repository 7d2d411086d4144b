"""The invented world around a flow: it answers every command with the events that the real one would send.

Nothing here waits; an event carries the time at which it happens, and the player brings it at that time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from skipline.model.call import EndedBy, TargetTry, TryEnd
from skipline.model.commands import ForwardCall, HangUp, Issued, LookUp, PlayAudio, SayText
from skipline.model.configuration import Source
from skipline.model.events import (
    CallConnected,
    CallEnded,
    Event,
    ForwardEnded,
    LookupAnswered,
    LookupStatus,
    PromptEnded,
    TargetRang,
    TargetTried,
)
from skipline.model.ids import CallId
from skipline.stories.script import SourceLine, Story, TargetLine

SECONDS_PER_CHARACTER = 0.06
"""How fast words are spoken."""

AUDIO_SECONDS = 3.0
ANSWER_SECONDS, REFUSAL_SECONDS = 3.0, 0.5
LONGEST_LOOKUP_SECONDS = 8.0
_CODES = {TryEnd.BUSY: 486, TryEnd.NO_ANSWER: 408, TryEnd.FAILED: 503, TryEnd.ANSWERED: 200}
_WITH_ANSWER = frozenset({LookupStatus.OK, LookupStatus.STALE})
Line = TypeVar("Line")


@dataclass
class World:
    """What is around one caller. `gaps` tells what the story should have said and did not."""

    story: Story
    sources: Mapping[str, Source]
    call: CallId
    gaps: list[str] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)
    _talk: tuple[ForwardEnded, datetime] | None = None
    _is_after_talk: bool = False

    def answer(self, issued: Issued, now: datetime) -> list[Event]:
        """What follows from a command, each event with its time."""
        match issued.body:
            case LookUp() as question:
                return [self._look_up(issued, question, now)]
            case ForwardCall() as order:
                return list(self._forward(issued, order, now))
            case SayText(text=text):
                return [self._heard(issued, now, SECONDS_PER_CHARACTER * len(text))]
            case PlayAudio():
                return [self._heard(issued, now, AUDIO_SECONDS)]
            case HangUp(code=code, reason=reason):
                by = EndedBy.TARGET if self._is_after_talk else EndedBy.FLOW
                return [CallEnded(at=now, call=self.call, by=by, code=code, reason=reason)]
        self.gaps.append(f"a story cannot answer {type(issued.body).__name__} yet")
        return []

    def give_up(self, now: datetime) -> list[Event]:
        """The caller hangs up now."""
        ended = CallEnded(at=now, call=self.call, by=EndedBy.CALLER)
        return [*self._broken_off(now), ended]

    def note(self, event: Event) -> None:
        """Take note of what has happened."""
        if isinstance(event, ForwardEnded):
            self._talk, self._is_after_talk = None, event.end is TryEnd.ANSWERED

    def _broken_off(self, now: datetime) -> list[Event]:
        if self._talk is None or self._talk[1] > now:
            return []
        whole, began = self._talk
        return [_shortened(whole, now, (now - began).total_seconds())]

    def _heard(self, issued: Issued, now: datetime, seconds: float) -> Event:
        self._is_after_talk = False
        return PromptEnded(at=now + timedelta(seconds=seconds), call=self.call, command=issued.id)

    def _look_up(self, issued: Issued, question: LookUp, now: datetime) -> Event:
        line = self._line_for(question)
        limit = self._limit(question)
        is_late = line.does == "timeout" or line.takes > limit
        took = limit if is_late else line.takes
        status = LookupStatus.TIMEOUT if is_late else LookupStatus(line.does)
        reason = line.reason or _reason(question.source, status, limit)
        return LookupAnswered(
            at=now + timedelta(seconds=took),
            call=self.call,
            command=issued.id,
            status=status,
            value=line.answer if status in _WITH_ANSWER else None,
            is_cached=status is LookupStatus.STALE,
            age_seconds=line.age if status is LookupStatus.STALE else 0.0,
            took_ms=took * 1000,
            reason=reason,
        )

    def _line_for(self, question: LookUp) -> SourceLine:
        lines = self.story.sources.get(question.source, ())
        asked = f"{question.path} {question.body}"
        fitting = [line for line in lines if line.asked and line.asked in asked] or [
            line for line in lines if not line.asked
        ]
        if fitting:
            return self._next(f"{question.source} {fitting[0].asked}", fitting)
        what = f"source {question.source} was asked {question.method} {question.path}".rstrip()
        self.gaps.append(f"{what}, and the story does not say what it answers: add it under `sources`")
        return SourceLine(does="error", reason=f"{question.source} has no answer in this story")

    def _limit(self, question: LookUp) -> float:
        source = self.sources.get(question.source)
        own = source.time_limit_seconds if source is not None else LONGEST_LOOKUP_SECONDS
        return min(question.time_limit_seconds or own, LONGEST_LOOKUP_SECONDS)

    def _next(self, name: str, lines: Sequence[Line]) -> Line:
        """The line for this time; the last one holds for all times after it."""
        count = self._counts[name] = self._counts.get(name, 0) + 1
        return lines[min(count, len(lines)) - 1]

    def _forward(self, issued: Issued, order: ForwardCall, now: datetime) -> Iterator[Event]:
        self._is_after_talk = False
        known: dict[str, Any] = {"call": self.call, "command": issued.id}
        tries: list[TargetTry] = []
        for target in order.targets:
            line = self._behaviour(target)
            attempt = attempt_of(target, line, order.ring_seconds)
            tries.append(attempt)
            if attempt.rang_after is not None:
                yield TargetRang(at=now + timedelta(seconds=attempt.rang_after), target=target, **known)
            now += timedelta(seconds=attempt.ended_after)
            if attempt.end is TryEnd.ANSWERED:
                yield CallConnected(at=now, target=target, attempt=attempt, **known)
                yield from self._talk_with(line, ended(now, tries, **known), now)
                return
            yield TargetTried(at=now, attempt=attempt, **known)
        yield ended(now, tries, **known)

    def _behaviour(self, target: str) -> TargetLine:
        names = self.story.targets
        name = target if target in names else next((one for one in names if one in target), "")
        return self._next(f"to {name}", names[name]) if name else TargetLine()

    def _talk_with(self, line: TargetLine, over: ForwardEnded, began: datetime) -> Iterator[Event]:
        self._talk = over, began
        end = began + timedelta(seconds=line.talks)
        yield _shortened(over, end, line.talks)
        if line.hangs_up == "caller":
            yield CallEnded(at=end, call=self.call, by=EndedBy.CALLER)


def attempt_of(target: str, line: TargetLine, ring_seconds: float) -> TargetTry:
    """What an attempt at `target` comes to when it behaves like this."""
    end = TryEnd(line.does)
    usual = ANSWER_SECONDS if end is TryEnd.ANSWERED else ring_seconds if end is TryEnd.NO_ANSWER else REFUSAL_SECONDS
    after = usual if line.after is None else line.after
    if after >= ring_seconds and end is not TryEnd.NO_ANSWER:
        end, after = TryEnd.NO_ANSWER, ring_seconds
    code = line.code or _CODES[end]
    rang = min(0.2, after) if end in (TryEnd.ANSWERED, TryEnd.NO_ANSWER) else None
    return TargetTry(target=target, end=end, code=code, rang_after=rang, ended_after=after)


def ended(at: datetime, tries: Sequence[TargetTry], **known: Any) -> ForwardEnded:
    """The end of a forward after these attempts."""
    last = tries[-1]
    return ForwardEnded(at=at, end=last.end, target=last.target, code=last.code, tries=tuple(tries), **known)


def _shortened(over: ForwardEnded, at: datetime, talk_seconds: float) -> ForwardEnded:
    return ForwardEnded(
        at=at,
        call=over.call,
        command=over.command,
        end=over.end,
        target=over.target,
        code=over.code,
        tries=over.tries,
        talk_seconds=talk_seconds,
    )


def _reason(source: str, status: LookupStatus, limit: float) -> str:
    words = {
        LookupStatus.OK: "answered",
        LookupStatus.NOT_FOUND: "knows nobody like this",
        LookupStatus.STALE: "did not answer; its last known answer stands in",
        LookupStatus.TIMEOUT: f"did not answer within {limit:g} s",
        LookupStatus.ERROR: "refused the connection",
    }
    return f"{source} {words[status]}"
