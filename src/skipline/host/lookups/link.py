"""Our side of one source: its settings, its gate and its breaker, and the patience with which it is asked.

Retries are a loop of our own and not a library's: whether to ask again depends on the answer as much as on an
exception, and no retry may begin that the caller's limit would cut off.
"""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

import msgspec

from skipline.asking.refusals import wait_of
from skipline.base.sentence import say
from skipline.host.lookups.breaker import Breaker
from skipline.host.lookups.drivers import Drivers
from skipline.host.lookups.gate import Gate, TooManyWaiting
from skipline.host.lookups.tokens import Tokens
from skipline.host.lookups.wire import Wire
from skipline.host.lookups.wording import describe_limit, words_of
from skipline.model.configuration import Source
from skipline.model.events import LookupStatus
from skipline.model.lookup import (
    Answer,
    HttpRequest,
    HttpResponse,
    NoResponse,
    Question,
    Secrets,
    SignIn,
    SourceSettings,
    SqlQuery,
)

_RETRIES_ALLOWED = 3
_FIRST_PAUSE_SECONDS = 0.1
_UNAUTHORIZED = 401
_TOO_MANY = 429
_LONGEST_QUIET_SECONDS = 60.0
"""However long a source asks to be left alone: an hour by mistake would cost an hour of callers their priority."""

IDEMPOTENT_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
"""RFC 9110 section 9.2.2: asking twice does no more than asking once."""

IDEMPOTENCY_KEY = "Idempotency-Key"
"""A request with this header may be repeated whatever its method: who sends it means that once and twice are one."""


class Stage(Enum):
    """How far a question has come, to say later where it was left hanging."""

    IN_LINE = auto()
    ASKED = auto()
    ANSWERING = auto()


@dataclass(slots=True)
class Patience:
    """How long and how often to try: `deadline` in the loop's time, `seconds` the limit as it was set, for words."""

    deadline: float
    seconds: float
    retries: int
    stage: Stage = Stage.IN_LINE


class SourceLink:
    """Asks one source. Every trouble is an `Answer`; it raises nothing of the source's making."""

    def __init__(
        self, source: Source, settings: SourceSettings, wire: Wire, secrets: Secrets, drivers: Drivers
    ) -> None:
        self.source = source
        self.breaker = Breaker(failures=source.breaker_failures, rest_seconds=source.breaker_seconds)
        self._settings = settings
        self._wire = wire
        self._secrets = secrets
        self._drivers = drivers
        self._gate = Gate(source.max_at_once)
        self._quiet_until = 0.0
        sign_in: SignIn | None = settings.sign_in() if hasattr(settings, "sign_in") else None
        self._tokens = None if sign_in is None else Tokens(sign_in, wire, secrets)

    def aside(self) -> "SourceLink":
        """The same source with a line and a breaker of its own, so that what is tried out holds up nobody."""
        return SourceLink(self.source, self._settings, self._wire, self._secrets, self._drivers)

    async def ask(self, question: Question, patience: Patience) -> Answer:
        """The source's answer, or why there is none, before `patience.deadline`."""
        if self.breaker.is_resting(_now()):
            return self._resting()
        if self._is_quiet_for(question):
            return self._quiet()
        try:
            async with asyncio.timeout_at(patience.deadline), self._gate.place():
                return await self._ask_in_turn(question, patience)
        except TimeoutError:
            if patience.stage is not Stage.IN_LINE:
                self.breaker.note(False, _now())
            return Answer(status=LookupStatus.TIMEOUT, reason=self._overdue(patience))
        except TooManyWaiting:
            return _unasked(say("too many others are waiting for it"))

    async def _ask_in_turn(self, question: Question, patience: Patience) -> Answer:
        try:
            request = self._settings.ask(question, self._secrets)
        except (ValueError, LookupError) as mistake:
            return Answer(status=LookupStatus.ERROR, reason=say("cannot be asked: {why}", why=words_of(mistake)))
        if self._is_quiet_for(question):
            return self._quiet()
        if not self.breaker.admits(_now()):
            return self._resting()
        return await self._ask_and_note(request, patience)

    async def _ask_and_note(self, request: HttpRequest | SqlQuery, patience: Patience) -> Answer:
        answer = await self._ask_repeatedly(request, patience)
        # An answer that is merely wrong (a 401, no JSON) costs no caller any time; a rest would win nothing.
        self.breaker.note(not answer.may_retry, _now())
        return answer

    async def _ask_repeatedly(self, request: HttpRequest | SqlQuery, patience: Patience) -> Answer:
        retries_left = min(patience.retries, _RETRIES_ALLOWED) if _is_repeatable(request) else 0
        pause_seconds = _FIRST_PAUSE_SECONDS
        while True:
            answer = await self._ask_once(request, patience)
            pause = max(pause_seconds, self._quiet_until - _now())
            if not answer.may_retry or retries_left <= 0 or _now() + pause >= patience.deadline:
                return answer
            await asyncio.sleep(pause)
            retries_left, pause_seconds = retries_left - 1, pause_seconds * 2

    async def _ask_once(self, request: HttpRequest | SqlQuery, patience: Patience) -> Answer:
        def note_answering() -> None:
            patience.stage = Stage.ANSWERING

        patience.stage = Stage.ASKED
        try:
            if isinstance(request, SqlQuery):
                response = await self._drivers.of(self._settings).carry(request, patience.deadline - _now())
            else:
                response = await self._exchange(request, note_answering)
                self._heed(response)
            return msgspec.structs.replace(self._settings.understand(response), code=response.status)
        except NoResponse as trouble:
            return Answer(status=LookupStatus.ERROR, reason=trouble.sentence, may_retry=trouble.may_retry)

    async def _exchange(self, request: HttpRequest, note_answering: Callable[[], None]) -> HttpResponse:
        """The response; a token that the source refuses is renewed once."""
        if self._tokens is None:
            return await self._wire.send(request, note_answering)
        signed = await self._tokens.sign(request)
        response = await self._wire.send(signed, note_answering)
        if response.status != _UNAUTHORIZED:
            return response
        self._tokens.forget(signed)
        return await self._wire.send(await self._tokens.sign(request), note_answering)

    def _heed(self, response: HttpResponse) -> None:
        """Leave a source that gets too many questions alone for as long as it asks (RFC 6585 section 4). One that is
        out of order (503) is the breaker's: it may be back long before the time it names, and callers cannot wait."""
        wait_seconds = wait_of(response) if response.status == _TOO_MANY else None
        if wait_seconds is not None:
            self._quiet_until = _now() + min(wait_seconds, _LONGEST_QUIET_SECONDS)

    def _is_quiet_for(self, question: Question) -> bool:
        """Whether a question is held back now. What changes something goes out: nothing could stand in for it."""
        return _now() < self._quiet_until and IDEMPOTENCY_KEY not in question.headers

    def _quiet(self) -> Answer:
        rest = describe_limit(math.ceil(self._quiet_until - _now()))
        return _unasked(say("it wants to be left alone for {rest} more", rest=rest))

    def _resting(self) -> Answer:
        times, rest = self.source.breaker_failures, describe_limit(self.source.breaker_seconds)
        return _unasked(say("it failed {times} times in a row and is left alone for {rest}", times=times, rest=rest))

    def _overdue(self, patience: Patience) -> str:
        limit = describe_limit(patience.seconds)
        if patience.stage is Stage.IN_LINE:
            most = self.source.max_at_once
            return say("had no free place within {limit}: {most} questions were open at once", limit=limit, most=most)
        if patience.stage is Stage.ANSWERING:
            return say("began to answer but did not finish within {limit}", limit=limit)
        return say("did not answer within {limit}", limit=limit)


def _unasked(why: str) -> Answer:
    return Answer(status=LookupStatus.ERROR, reason=say("was not asked: {why}", why=why))


def _is_repeatable(request: HttpRequest | SqlQuery) -> bool:
    if isinstance(request, SqlQuery):
        return True
    return request.is_repeatable or request.method.upper() in IDEMPOTENT_METHODS or IDEMPOTENCY_KEY in request.headers


def _now() -> float:
    return asyncio.get_running_loop().time()
