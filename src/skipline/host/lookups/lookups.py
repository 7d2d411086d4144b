"""Answers look-ups in time, whatever the source does.

In this order: an answer that is still fresh; the source itself, within the limit; the last known answer, from memory or
from disk. What comes back is always an event with a sentence that says which of these it was and why.
"""

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from types import TracebackType
from typing import Self

import msgspec
import structlog

from skipline.base.clock import Clock
from skipline.base.sentence import say
from skipline.host.lookups.breaker import State
from skipline.host.lookups.drivers import Drivers
from skipline.host.lookups.enquiry import Enquiry
from skipline.host.lookups.finding import CEILING_SECONDS, Finding, Terms, finding_of, fresh_from_cache, stand_in
from skipline.host.lookups.flights import Flights
from skipline.host.lookups.kept import is_reading
from skipline.host.lookups.last_known import LastKnown
from skipline.host.lookups.link import IDEMPOTENCY_KEY, IDEMPOTENT_METHODS, SourceLink
from skipline.host.lookups.memory import Memory
from skipline.host.lookups.wire import Wire
from skipline.model.commands import Issued, LookUp, LookUpAll, SendRequest
from skipline.model.configuration import Source
from skipline.model.events import HostReply, LookupAnswered, LookupsAnswered, LookupStatus, RequestAnswered
from skipline.model.ids import CommandId
from skipline.model.lookup import Answer, Secrets, SourceSettings

_log = structlog.get_logger()


class Lookups:
    """The look-ups of one centre process; an async context manager.

    `build` makes a source's settings from its configuration, `secrets` gives a secret's value by name (`LookupError`
    when there is none), `wire` carries the requests and is opened and closed here.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        build: Callable[[Source], SourceSettings],
        secrets: Secrets,
        last_known: LastKnown,
        wire: Wire,
    ) -> None:
        self._clock = clock
        self._build = build
        self._secrets = secrets
        self._wire = wire
        self._links: dict[str, SourceLink] = {}
        self._drivers = Drivers()
        self._tasks = asyncio.TaskGroup()
        self._flights = Flights(self._tasks)
        self._memory = Memory(clock, last_known, self._tasks)
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._open.enter_async_context(self._wire)
        self._open.push_async_callback(self._drivers.close)
        await self._open.enter_async_context(self._tasks)
        self._open.callback(self._flights.abandon)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    def configure(self, sources: Iterable[Source]) -> None:
        """Know exactly these sources from now on. A source that stays as it was keeps its breaker and its line."""
        before = self._links
        self._links = {source.name: self._link(source, before.get(source.name)) for source in sources}

    def states(self) -> Mapping[str, State]:
        """Each source's breaker, for those who watch."""
        return {name: link.breaker.state for name, link in self._links.items()}

    async def carry_out(self, issued: Issued) -> HostReply:
        """The reply to any command that asks sources."""
        if isinstance(issued.body, LookUpAll):
            return await self.answer_all(issued, issued.body)
        if isinstance(issued.body, SendRequest):
            return await self.send(issued, issued.body)
        return await self.answer(issued)

    async def answer(self, issued: Issued, most_seconds: float = CEILING_SECONDS) -> LookupAnswered:
        """The answer to a `LookUp`, before its limit is over; whatever a source does, it raises nothing."""
        question = issued.body
        if not isinstance(question, LookUp):
            raise TypeError(f"{type(question).__name__} is not a look-up")
        began = asyncio.get_running_loop().time()
        found = await self._or_mistake(self._find(issued.id, question, began, most_seconds), issued, question.source)
        return self._told(issued, question.source, found, _ms_since(began))

    async def answer_all(self, issued: Issued, asked: LookUpAll) -> LookupsAnswered:
        """Every answer to a `LookUpAll`, asked for at the same time and within the one limit."""
        each = [
            msgspec.structs.replace(issued, id=CommandId(f"{issued.id}.{number}"), body=one)
            for number, one in enumerate(asked.lookups)
        ]
        answers = await asyncio.gather(*(self.answer(one, asked.time_limit_seconds) for one in each))
        return LookupsAnswered(at=self._clock(), call=issued.call, command=issued.id, answers=tuple(answers))

    async def try_out(self, issued: Issued, question: LookUp, unsaved: Source | None = None) -> LookupAnswered:
        """The source's own answer, for somebody who sets a step up: nothing kept stands in for it, nothing of it is
        kept, and a failure does not count against the source. `unsaved` is asked in place of the one of that name. Its
        `reason` can be told in other languages, which those that runs keep cannot."""
        began = asyncio.get_running_loop().time()
        found = await self._or_mistake(self._put_aside(question, unsaved, began), issued, question.source)
        told = self._told(issued, question.source, found, _ms_since(began))
        return msgspec.structs.replace(told, reason=found.reason)

    async def _put_aside(self, question: LookUp, unsaved: Source | None, began: float) -> Finding:
        link = self._links.get(question.source) if unsaved is None else self._link(unsaved, None)
        if link is None:
            return _no_source(question.source)
        terms = Terms.agreed(question, link.source)
        return finding_of(question.source, await Enquiry(link.aside(), question, terms, began).put())

    async def send(self, issued: Issued, request: SendRequest) -> RequestAnswered:
        """What became of a request that changes something; it raises nothing either."""
        began = asyncio.get_running_loop().time()
        found = await self._or_mistake(self._put(issued, request, began), issued, request.source)
        _log.info("request_answered", source=request.source, status=found.status.value, call=issued.call)
        return RequestAnswered(
            at=self._clock(),
            call=issued.call,
            command=issued.id,
            status=found.status,
            code=found.code,
            value=found.value,
            took_ms=_ms_since(began),
            reason=str(found.reason),
        )

    async def _put(self, issued: Issued, request: SendRequest, began: float) -> Finding:
        link = self._links.get(request.source)
        if link is None:
            return _no_source(request.source)
        question = LookUp(
            source=request.source,
            method=request.method,
            path=request.path,
            headers={**request.headers, IDEMPOTENCY_KEY: issued.id},
            body=request.body,
            time_limit_seconds=request.time_limit_seconds,
            retries=request.retries,
        )
        return finding_of(
            request.source, await Enquiry(link, question, Terms.agreed(question, link.source), began).put()
        )

    async def _or_mistake(self, finding: Awaitable[Finding], issued: Issued, source: str) -> Finding:
        try:
            return await finding
        except Exception as mistake:  # ours; it is told, and the call goes on
            _log.error("lookup_broke", error=type(mistake).__name__, where=_place_of(mistake), command=issued.id)
            return Finding(
                status=LookupStatus.ERROR, reason=say("{source} was not asked, by our own mistake", source=source)
            )

    def _link(self, source: Source, before: SourceLink | None) -> SourceLink:
        if before is not None and before.source == source:
            return before
        return SourceLink(source, self._build(source), self._wire, self._secrets, self._drivers)

    async def _find(self, command: CommandId, question: LookUp, began: float, most_seconds: float) -> Finding:
        link = self._links.get(question.source)
        if link is None:
            return _no_source(question.source)
        enquiry = Enquiry(link, question, Terms.agreed(question, link.source, most_seconds), began)
        if not is_reading(question, enquiry.terms.cache_seconds):
            return finding_of(question.source, await replace(enquiry, question=_once(question, command)).put())
        known = self._memory.fresh(enquiry.key, enquiry.terms.cache_seconds)
        if known is not None:
            return fresh_from_cache(question.source, known, self._clock())
        return await self._ask_or_stand_in(enquiry)

    async def _ask_or_stand_in(self, enquiry: Enquiry) -> Finding:
        found = finding_of(enquiry.source, await self._ask_together(enquiry))
        if found.status in (LookupStatus.OK, LookupStatus.NOT_FOUND):
            return found
        known = await self._memory.recall(enquiry.source, enquiry.key, enquiry.terms.stale_seconds, enquiry.over_at)
        return found if known is None else stand_in(found, known, self._clock())

    async def _ask_together(self, enquiry: Enquiry) -> Answer:
        async def ask_and_learn() -> Answer:
            answer = await enquiry.put()
            self._memory.learn(enquiry.source, enquiry.key, answer)
            return answer

        try:
            async with asyncio.timeout_at(enquiry.waiting_until):
                return await self._flights.join(enquiry.key, ask_and_learn)
        except TimeoutError:
            return enquiry.overdue()

    def _told(self, issued: Issued, source: str, found: Finding, took_ms: float) -> LookupAnswered:
        level = (
            _log.info if found.status in (LookupStatus.STALE, LookupStatus.TIMEOUT, LookupStatus.ERROR) else _log.debug
        )
        level("lookup_answered", source=source, status=found.status.value, took_ms=round(took_ms, 1), call=issued.call)
        return LookupAnswered(
            at=self._clock(),
            call=issued.call,
            command=issued.id,
            status=found.status,
            value=found.value,
            is_cached=found.is_cached,
            age_seconds=found.age_seconds,
            took_ms=took_ms,
            reason=str(found.reason),
        )


def _once(question: LookUp, command: CommandId) -> LookUp:
    """A question that may change something: it carries its command's id for when a crash makes us ask again, and is
    repeated by us only where the method itself allows it."""
    retries = question.retries if question.method.upper() in IDEMPOTENT_METHODS else 0
    return msgspec.structs.replace(question, headers={**question.headers, IDEMPOTENCY_KEY: command}, retries=retries)


def _no_source(name: str) -> Finding:
    return Finding(status=LookupStatus.ERROR, reason=say("there is no source named {name}", name=name))


def _ms_since(began: float) -> float:
    return (asyncio.get_running_loop().time() - began) * 1000


def _place_of(mistake: Exception) -> str:
    """File and line only: the message of an exception may hold what a caller said."""
    frames = traceback.extract_tb(mistake.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
