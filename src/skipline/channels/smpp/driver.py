"""Keeps the connection of an SMPP account open. The only file of this piece that opens anything.

A delivery is acknowledged once it is kept, and refused for now when it could not be. A message whose answer never came
is uncertain: the connection may have broken after the carrier took it.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

import structlog

from skipline.base.clock import Clock, system_clock
from skipline.base.ids import Ids, time_ordered_ids
from skipline.channels.smpp.channel import Smpp
from skipline.channels.smpp.codec import encode_submit
from skipline.channels.smpp.errors import OK, QUEUE_FULL, TEMPORARILY_NOT, refusal
from skipline.channels.smpp.ledger import Ledger
from skipline.channels.smpp.session import Answered, Bound, Closed, Delivered, Happening, Session, State
from skipline.channels.smpp.waits import Waits
from skipline.channels.smpp.writing import Short, write_shorts
from skipline.model.lookup import Secrets
from skipline.model.messaging import (
    Accepted,
    AnyChannelEvent,
    CannotWrite,
    Outbound,
    Refused,
    Remedy,
    SendResult,
    Uncertain,
)

log = structlog.get_logger(__name__)

Receive = Callable[[Sequence[AnyChannelEvent]], Awaitable[None]]
MOST_DELIVERIES_AT_ONCE = 200
PART_TRIES = 5
_LOOKS_FOR_ANSWER, _SECONDS_BETWEEN_LOOKS = 20, 0.05
NOT_CONNECTED, CANNOT_WRITE, NO_ROOM = "not_connected", "cannot_write", "no_room"
_NO_ROOM = Refused(
    remedy=Remedy.RETRY, code=NO_ROOM, reason="the carrier has not answered enough of the others yet", after_seconds=1.0
)


class LineLost(Exception):
    """The connection is gone; `status` is the carrier's reason when it did not take us in."""

    def __init__(self, why: str, status: int | None = None) -> None:
        super().__init__(why)
        self.status = status


class NeverLeft(LineLost):
    """The connection was gone before the request was written."""


class Line:
    """One connection to the carrier."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, window: int) -> None:
        self._reader, self._writer = reader, writer
        self.session = Session()
        self.window = asyncio.Semaphore(window)
        self.is_bound = asyncio.Event()
        self.is_closed = asyncio.Event()
        self._why = ""
        self._answers: dict[int, asyncio.Future[Answered]] = {}

    async def happenings(self) -> Sequence[Happening]:
        """What happens next; a `Closed` is the last. Answers go to those who wait for them."""
        try:
            data = await self._reader.read(65_536)
        except OSError as trouble:
            return [Closed(f"the connection broke: {trouble}")]
        found = self.session.feed(data) if data else [Closed(self._why or "the carrier closed the connection")]
        self.write(self.session.replies())
        for one in found:
            self._hand_on(one)
        return found

    @property
    def is_waiting(self) -> bool:
        """Whether a request has no answer yet."""
        return bool(self._answers)

    def write(self, data: bytes) -> None:
        """Send bytes, if anybody is there."""
        if data and not self._writer.is_closing():
            self._writer.write(data)

    async def ask(self, sequence: int, request: bytes, seconds: float) -> Answered:
        """The answer to a request. Raises `NeverLeft`, `LineLost`, and `TimeoutError` when none came."""
        if self._writer.is_closing() or self.session.state is not State.BOUND:
            raise NeverLeft("the connection is gone")
        answer: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
        self._answers[sequence] = answer
        self.write(request)
        try:
            async with asyncio.timeout(seconds):
                return await answer
        finally:
            self._answers.pop(sequence, None)

    def abort(self, why: str) -> None:
        """Give it up at once: nobody is there who would read what is still to be written."""
        self._why = why
        self._writer.transport.abort()

    async def close(self) -> None:
        """Close it; whoever waits for an answer hears that none comes."""
        self.is_closed.set()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(LineLost("the connection broke before the carrier answered"))
        self._writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(1.0):
                await self._writer.wait_closed()
        self._writer.transport.abort()

    def _hand_on(self, happening: Happening) -> None:
        match happening:
            case Bound():
                self.is_bound.set()
            case Answered():
                answer = self._answers.get(happening.sequence)
                if answer is not None and not answer.done():
                    answer.set_result(happening)


class Driver:
    """One account's connection, and what has to be known from one connection to the next."""

    def __init__(self, clock: Clock = system_clock, ids: Ids = time_ordered_ids, waits: Waits | None = None) -> None:
        self._clock, self._waits = clock, waits or Waits()
        self._ids, self._ledger = ids, Ledger(ids, "auto", is_gsm=True)
        self._settings: Smpp | None = None
        self._receive: Receive | None = None
        self._line: Line | None = None
        self._trouble = Refused(remedy=Remedy.RETRY, code=NOT_CONNECTED, reason="the carrier is not connected yet")
        self._deliveries: set[asyncio.Task[None]] = set()
        self._texts = 0
        self._is_stopping = False

    @property
    def is_connected(self) -> bool:
        """Whether the carrier took us in."""
        return self._line is not None

    @property
    def trouble(self) -> str | None:
        """Why the carrier has not taken us in; None: it has."""
        return None if self.is_connected else self._trouble.reason

    async def run(self, settings: object, secrets: Secrets, receive: Receive) -> None:
        """Keep the connection up until cancelled; then deliveries on their way are kept, and we sign out."""
        if not isinstance(settings, Smpp):
            raise TypeError(f"these are no settings of SMPP: {type(settings).__name__}")
        self._settings, self._receive = settings, receive
        self._ledger = Ledger(self._ids, settings.receipt_ids, settings.is_gsm)
        serving = asyncio.create_task(self._serve(settings, secrets), name=f"smpp-{settings.system_id}")
        try:
            await asyncio.shield(serving)
        finally:
            await self._sign_out()
            left = [serving, *self._deliveries]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def send(self, message: Outbound) -> SendResult:
        """Send one message, in as many parts as it needs, and wait for what the carrier says."""
        line, settings = self._line, self._settings
        if line is None or settings is None:
            return self._trouble
        self._texts += 1
        try:
            shorts = write_shorts(message, settings.address(), settings.is_gsm, settings.long_texts, self._texts & 0xFF)
        except CannotWrite as unwritable:
            return Refused(remedy=Remedy.NEVER, code=CANNOT_WRITE, reason=str(unwritable))
        return await self._send_all(line, shorts, message)

    async def _send_all(self, line: Line, shorts: Sequence[Short], message: Outbound) -> SendResult:
        ids: list[str] = []
        for short in shorts:
            result = await self._send_part(line, short, message, is_first=not ids)
            if isinstance(result, Refused) and ids:
                reason = f"the contact has {len(ids)} of {len(shorts)} parts: {result.reason}"
                return Refused(remedy=Remedy.NEVER, code=result.code, reason=reason)
            if not isinstance(result, Accepted):
                return result
            ids.append(result.id)
            self._ledger.taken(ids, message, is_whole=short.is_last)
        return Accepted(id=ids[-1])

    async def _send_part(self, line: Line, short: Short, message: Outbound, *, is_first: bool) -> SendResult:
        """A part after the first is tried again when the carrier has no room: a text without its end helps nobody."""
        for attempt in range(1, PART_TRIES + 1):
            result = await self._submit(line, short, message)
            is_short_of_room = isinstance(result, Refused) and result.remedy in (Remedy.SLOW_DOWN, Remedy.RETRY)
            if is_first or not is_short_of_room or line.is_closed.is_set():
                break
            await asyncio.sleep(self._waits.between_parts * attempt)
        return result

    async def _submit(self, line: Line, short: Short, message: Outbound) -> SendResult:
        try:
            async with asyncio.timeout(self._waits.room):
                await line.window.acquire()
        except TimeoutError:
            return _NO_ROOM
        try:
            sequence = line.session.next_sequence()
            return await self._answer(line, sequence, encode_submit(short, sequence), short, message)
        except ValueError as unwritable:
            return Refused(remedy=Remedy.NEVER, code=CANNOT_WRITE, reason=f"it cannot be written: {unwritable}")
        finally:
            line.window.release()

    async def _answer(self, line: Line, sequence: int, request: bytes, short: Short, message: Outbound) -> SendResult:
        is_settled = False
        try:
            answer = await line.ask(sequence, request, self._waits.answer)
            is_settled = True
        except NeverLeft:
            is_settled = True
            return self._trouble
        except LineLost as lost:
            return Uncertain(reason=str(lost))
        except TimeoutError:
            return Uncertain(reason=f"the carrier did not answer within {self._waits.answer:g} seconds")
        finally:
            if not is_settled:
                self._ledger.uncertain(sequence, short, message)
        if answer.status != OK:
            return refusal(answer.status)
        if not answer.id:
            return Uncertain(reason="the carrier took the message and did not say under which id")
        return Accepted(id=answer.id)

    async def _serve(self, settings: Smpp, secrets: Secrets) -> None:
        pause, loop = self._waits.first_pause, asyncio.get_running_loop()
        while True:
            began = loop.time()
            why = await self._one_session(settings, secrets)
            if self._is_stopping:
                return
            self._note(settings, why)
            if loop.time() - began >= self._waits.steady:
                pause = self._waits.first_pause
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._waits.longest_pause)

    async def _one_session(self, settings: Smpp, secrets: Secrets) -> LineLost:
        """Connect, sign in, and serve until it is over; gives why it is."""
        try:
            password = secrets(settings.secret)
            line = await self._connect(settings)
        except LookupError as missing:
            return LineLost(str(missing))
        except (OSError, TimeoutError, ssl.SSLError) as trouble:
            return LineLost(f"the carrier cannot be reached: {trouble or 'it did not answer in time'}")
        keeping: asyncio.Task[None] | None = None
        try:
            line.write(line.session.bind(settings.system_id, password, settings.system_type))
            keeping = asyncio.create_task(self._keep_alive(line, settings))
            return await self._read(line, settings.system_id)
        except ValueError as unwritable:
            return LineLost(str(unwritable))
        finally:
            self._line = None
            if keeping is not None:
                keeping.cancel()
                await asyncio.gather(keeping, return_exceptions=True)
            await line.close()
            self._ledger.connection_lost(asyncio.get_running_loop().time())

    async def _connect(self, settings: Smpp) -> Line:
        context = _tls(settings) if settings.tls else None
        async with asyncio.timeout(self._waits.connect):
            reader, writer = await asyncio.open_connection(settings.host, settings.port, ssl=context)
        return Line(reader, writer, settings.window)

    async def _read(self, line: Line, system_id: str) -> LineLost:
        while True:
            for one in await line.happenings():
                match one:
                    case Bound():
                        self._line = line
                        log.info("smpp_connected", system_id=system_id)
                    case Delivered():
                        self._take(line, one)
                    case Answered():
                        self._ledger.arrivals.heard(one.sequence)
                        self._settle(one)
                    case Closed():
                        return LineLost(one.why, one.status)

    async def _keep_alive(self, line: Line, settings: Smpp) -> None:
        """Ask now and then whether anybody is there; a carrier that does not say so is gone."""
        try:
            async with asyncio.timeout(self._waits.connect):
                await line.is_bound.wait()
            while True:
                await asyncio.sleep(settings.enquire_every)
                request = line.session.enquire()
                await line.ask(line.session.requests, request, self._waits.answer)
        except (TimeoutError, LineLost):
            line.abort("the carrier does not answer any more")

    def _take(self, line: Line, delivered: Delivered) -> None:
        if len(self._deliveries) >= MOST_DELIVERIES_AT_ONCE or self._line is not line:
            line.write(line.session.acknowledge(delivered.sequence, QUEUE_FULL))
            return
        self._begin(self._deliver(line, delivered))

    def _begin(self, keeping: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(keeping)
        self._deliveries.add(task)
        task.add_done_callback(self._deliveries.discard)

    async def _deliver(self, line: Line, delivered: Delivered) -> None:
        """Keep a delivery, then acknowledge it."""
        now = asyncio.get_running_loop().time
        key = self._ledger.arrivals.key_of(delivered.fingerprint, now())
        try:
            async with asyncio.timeout(self._waits.keep):
                await self._keep([await self._event(line, delivered, key)])
        except Exception as trouble:
            log.warning("smpp_delivery_not_kept", why=str(trouble) or type(trouble).__name__)
            self._ledger.arrivals.refused(delivered.fingerprint, key, now())
            line.write(line.session.acknowledge(delivered.sequence, TEMPORARILY_NOT))
            return
        if line.is_closed.is_set():
            self._ledger.arrivals.unheard(delivered.fingerprint, key, now())
            return
        line.write(line.session.acknowledge(delivered.sequence))
        self._ledger.arrivals.acknowledged(delivered.fingerprint, key, line.session.requests)

    async def _keep(self, events: Sequence[AnyChannelEvent]) -> None:
        if self._receive is None:
            raise LookupError("nobody keeps what comes")
        await self._receive(events)

    async def _event(self, line: Line, delivered: Delivered, key: str) -> AnyChannelEvent:
        """What a delivery tells. A receipt may overtake the answer that tells the id in it."""
        at, looks = self._clock(), _LOOKS_FOR_ANSWER
        while looks and line.is_waiting and self._ledger.is_early(delivered):
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
            looks -= 1
        return self._ledger.event(delivered, key, at)

    def _settle(self, answer: Answered) -> None:
        """An answer that came after nobody waited for it any more tells what became of an uncertain message."""
        if (told := self._ledger.settled_by(answer, self._clock())) is not None:
            self._begin(self._keep_settled(told))

    async def _keep_settled(self, told: AnyChannelEvent) -> None:
        try:
            async with asyncio.timeout(self._waits.keep):
                await self._keep([told])
        except Exception as trouble:  # a receipt may settle it later
            log.warning("smpp_answer_not_kept", why=str(trouble) or type(trouble).__name__)

    def _note(self, settings: Smpp, lost: LineLost) -> None:
        self._trouble = Refused(remedy=Remedy.RETRY, code=NOT_CONNECTED, reason=str(lost))
        if lost.status is not None:
            refused = refusal(lost.status)
            self._trouble = Refused(remedy=refused.remedy, code=refused.code, reason=f"{lost}: {refused.reason}")
        log.error("smpp_disconnected", host=settings.host, system_id=settings.system_id, why=self._trouble.reason)

    async def _sign_out(self) -> None:
        line, self._line, self._is_stopping = self._line, None, True
        if self._deliveries:
            await asyncio.wait(self._deliveries, timeout=self._waits.sign_out)
        if line is not None and not line.is_closed.is_set():
            line.write(line.session.unbind())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._waits.sign_out):
                    await line.is_closed.wait()


def _tls(settings: Smpp) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not settings.check_certificate:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
