"""What invented targets do when a caller is forwarded to them, and how a talk ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from skipline.model.call import EndedBy, TargetTry, TryEnd
from skipline.model.commands import ForwardCall, Issued
from skipline.model.events import CallConnected, CallEnded, Event, ForwardEnded, TargetRang, TargetTried
from skipline.model.ids import CallId
from skipline.stories.script import Story, TargetLine
from skipline.stories.turns import Turns

ANSWER_SECONDS, REFUSAL_SECONDS = 3.0, 0.5
_CODES = {TryEnd.BUSY: 486, TryEnd.NO_ANSWER: 408, TryEnd.FAILED: 503, TryEnd.ANSWERED: 200}


@dataclass
class InventedTargets:
    """The targets around one caller, and the talk that is going on."""

    story: Story
    call: CallId
    is_after_talk: bool = False
    _talk: tuple[ForwardEnded, datetime] | None = None
    _turns: Turns = field(default_factory=Turns)

    def note(self, event: Event) -> None:
        """Take note of what has happened."""
        if isinstance(event, ForwardEnded):
            self._talk, self.is_after_talk = None, event.end is TryEnd.ANSWERED

    def broken_off(self, now: datetime) -> list[Event]:
        """The end of the forward when the caller hangs up now, in the middle of a talk."""
        if self._talk is None or self._talk[1] > now:
            return []
        whole, began = self._talk
        return [_shortened(whole, now, (now - began).total_seconds())]

    def forward(self, issued: Issued, order: ForwardCall, now: datetime) -> Iterator[Event]:
        """Everything that follows from a forward, each event with its time."""
        self.is_after_talk = False
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
        return self._turns.next(f"to {name}", names[name]) if name else TargetLine()

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
    return msgspec.structs.replace(over, at=at, talk_seconds=talk_seconds)
