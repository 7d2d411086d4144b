"""What invented sources answer, and how soon, within the limits that real ones have."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from skipline.base.sentence import say
from skipline.model.commands import Issued, LookUp, LookUpAll, SendRequest
from skipline.model.configuration import Source
from skipline.model.events import LookupAnswered, LookupsAnswered, LookupStatus, RequestAnswered
from skipline.model.ids import CallId
from skipline.stories.script import SourceLine, Story
from skipline.stories.turns import Turns

LONGEST_LOOKUP_SECONDS = 8.0
_HTTP_CODES = {
    LookupStatus.OK: 200,
    LookupStatus.STALE: 200,
    LookupStatus.NOT_FOUND: 404,
    LookupStatus.ERROR: 503,
    LookupStatus.TIMEOUT: 0,
}
_WITH_ANSWER = frozenset({LookupStatus.OK, LookupStatus.STALE})


@dataclass
class InventedSources:
    """The sources around one caller. `gaps` tells what the story should have said and did not."""

    story: Story
    sources: Mapping[str, Source]
    call: CallId
    gaps: list[str] = field(default_factory=list)
    _turns: Turns = field(default_factory=Turns)

    def look_up(self, issued: Issued, question: LookUp, now: datetime) -> LookupAnswered:
        """The answer to one question."""
        return self._look_up_with(self._line_for(question), issued, question, now)

    def look_up_all(self, issued: Issued, questions: LookUpAll, now: datetime) -> LookupsAnswered:
        """The answers to several questions, once the slowest is there."""
        most = questions.time_limit_seconds
        asked = (
            msgspec.structs.replace(one, time_limit_seconds=min(most, self._limit(one))) for one in questions.lookups
        )
        answers = tuple(self.look_up(issued, one, now) for one in asked)
        at = max((answer.at for answer in answers), default=now)
        return LookupsAnswered(at=at, call=self.call, command=issued.id, answers=answers)

    def take_request(self, issued: Issued, request: SendRequest, now: datetime) -> RequestAnswered:
        """What becomes of a request that changes something."""
        line = self._line_for(request)
        answered = self._look_up_with(line, issued, request, now)
        code = 0 if answered.status is LookupStatus.TIMEOUT else line.code or _HTTP_CODES[answered.status]
        return RequestAnswered(
            at=answered.at,
            call=self.call,
            command=issued.id,
            status=answered.status,
            code=code,
            value=line.answer,
            took_ms=answered.took_ms,
            reason=answered.reason,
        )

    def _look_up_with(
        self, line: SourceLine, issued: Issued, question: LookUp | SendRequest, now: datetime
    ) -> LookupAnswered:
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

    def _line_for(self, question: LookUp | SendRequest) -> SourceLine:
        lines = self.story.sources.get(question.source, ())
        asked = f"{question.path} {question.body}"
        fitting = [line for line in lines if line.asked and line.asked in asked] or [
            line for line in lines if not line.asked
        ]
        if fitting:
            return self._turns.next(f"{question.source} {fitting[0].asked}", fitting)
        gap = say(
            "source {source} was asked {question}, and the story does not say what it answers: add it under `sources`",
            source=question.source,
            question=f"{question.method} {question.path}".rstrip(),
        )
        self.gaps.append(gap)
        return SourceLine(does="error", reason=f"{question.source} has no answer in this story")

    def _limit(self, question: LookUp | SendRequest) -> float:
        source = self.sources.get(question.source)
        own = source.time_limit_seconds if source is not None else LONGEST_LOOKUP_SECONDS
        return min(question.time_limit_seconds or own, LONGEST_LOOKUP_SECONDS)


def _reason(source: str, status: LookupStatus, limit: float) -> str:
    words = {
        LookupStatus.OK: "answered",
        LookupStatus.NOT_FOUND: "knows nobody like this",
        LookupStatus.STALE: "did not answer; its last known answer stands in",
        LookupStatus.TIMEOUT: f"did not answer within {limit:g} s",
        LookupStatus.ERROR: "refused the connection",
    }
    return f"{source} {words[status]}"
