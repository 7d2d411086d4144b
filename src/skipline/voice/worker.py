"""The voice worker: SIP and audio in a process of its own, events up to the centre, commands down from it.

It outlives the centre. While none is connected, talks go on, facts wait, callers who need a decision are kept for a
moment, and then the trunk's fall-back takes them. It leaves by itself when it is drained, or when no centre came for a
while and no call is up.
"""

import asyncio
import os
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from skipline import __version__
from skipline.base.clock import Clock
from skipline.base.collector import Collector
from skipline.base.ids import Ids
from skipline.model.call import EndedBy
from skipline.model.commands import PlaceCallBack
from skipline.model.configuration import VoiceConfiguration
from skipline.model.events import CallEnded
from skipline.model.voice_link import Configure, Do, Examine, Examined, FromCentre, FromWorker, Hello
from skipline.voice.call import IncomingCall
from skipline.voice.call_back import CallBackCall
from skipline.voice.exchange import Exchange
from skipline.voice.link import CentreLink
from skipline.voice.live_call import LiveCall
from skipline.voice.media import Relay
from skipline.voice.outside import Outside, addresses_of
from skipline.voice.patience import Patience
from skipline.voice.prompts import PromptFailed, Prompts
from skipline.voice.reception import Reception
from skipline.voice.registrar import Registrar
from skipline.voice.registrar.memory import FILE_NAME as PHONES_FILE
from skipline.voice.roll import Roll
from skipline.voice.sip.leg import Leg
from skipline.voice.sip.stack import SipStack, join_host_port
from skipline.voice.sip.tls import Certificate, TlsSettings
from skipline.voice.speech import Speech
from skipline.voice.targets import Dialable, NotDialable, Suspects, parse_target
from skipline.voice.trunk_examiner import TrunkExaminer

LONELY_SECONDS = 60.0
"""A worker without centre and calls for this long is of no use to anybody."""

_LEAVE_SECONDS = 2.0
"""How long the calls that are left may take to say goodbye when the worker ends."""

_CERTIFICATE_SECONDS = 60.0
"""How often the certificate's files are looked at."""

_LOOK_SECONDS = 0.1
"""How often the worker looks whether it may leave."""

_log = structlog.get_logger("voice.worker")


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What a worker is started with; ports 0 are picked free. The certificate is that of `tls`."""

    socket: Path
    sip: Sequence[tuple[str, int]]
    cache: Path
    media_addresses: Sequence[str]
    media_ports: tuple[int, int] = (20000, 29998)
    patience: Patience = field(default_factory=Patience)
    tls: Sequence[tuple[str, int]] = ()
    certificate: Certificate | None = None


class Worker:
    """One worker, from `run` to its end."""

    def __init__(self, settings: WorkerSettings, *, speech: Speech, clock: Clock, ids: Ids) -> None:
        self._roll = Roll()
        self._registrar = Registrar(
            tell=lambda event: self._link.tell(event),
            clock=clock,
            ask=lambda *question: self._stack.ask_phone(*question),
            moved=lambda old, new: self._stack.move(old, new),
            file=settings.cache / PHONES_FILE,
        )
        self._reception = desk = Reception(clock, ids, has_phones=self._registrar.knows)
        self._stack = SipStack(
            settings.sip,
            on_invite=self._welcome,
            admit=desk.admit,
            answers=desk.answers,
            registrar=self._registrar,
            tls=TlsSettings(settings.tls, server=settings.certificate.context) if settings.certificate else None,
        )
        self._certificate = settings.certificate
        self._relay = Relay(settings.media_addresses, port_range=settings.media_ports)
        self._prompts = Prompts(settings.cache, speech=speech)
        self._link = CentreLink(
            settings.socket, greet=self._greet, on_frame=self._on_frame, on_change=self._on_centre_change
        )
        self._outside = Outside(self._stack, tell=self._link.tell, clock=clock, on_names=self._reception.learn_names)
        self._examiner = TrunkExaminer(
            self._stack,
            door=self._reception.door,
            addresses=addresses_of,
            registration=self._outside.registration,
            clock=clock,
        )
        self._exchange = Exchange(
            dial=self._outside.dial,
            relay=self._relay,
            prompts=self._prompts,
            tell=self._link.tell,
            clock=clock,
            spawn=self._spawn,
            is_centre_there=lambda: self._link.is_connected,
            is_down=self._outside.is_down,
            suspects=Suspects(time.monotonic),
            find_phone=self._find_phone,
            find_line=self._roll.find_line,
            patience=settings.patience,
        )
        self._collector = Collector(is_idle=lambda: not self._roll)
        self._sip: tuple[str, ...] = ()
        self._tls: tuple[str, ...] = ()
        self._tasks: asyncio.TaskGroup | None = None
        self._leave_at: float | None = None

    async def run(self) -> None:
        """Serve until drained or lonely. Raises `OSError` when an address is taken."""
        try:
            await self._start()
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                self._reception.is_open = True
                endless = [tasks.create_task(self._collect()), tasks.create_task(self._renew_certificate())]
                await self._wait(self._is_over)
                await self._close_calls()
                for work in endless:
                    work.cancel()
                await self._outside.stop()
                await self._registrar.stop()
        finally:
            await self._stack.stop()
            await self._prompts.close()
            await self._relay.stop()
            await self._link.close()

    def drain(self, seconds: float) -> None:
        """Refuse new calls, and leave when the last is over or `seconds` have passed."""
        _log.info("worker_drains", calls=len(self._roll), seconds=seconds)
        self._reception.is_open = False
        leave_at = time.monotonic() + seconds
        self._leave_at = leave_at if self._leave_at is None else min(self._leave_at, leave_at)

    async def _start(self) -> None:
        bound = await self._stack.start()
        self._sip = tuple(join_host_port(*address) for address in bound)
        self._tls = tuple(join_host_port(*address) for address in self._stack.tls_addresses)
        self._outside.start()
        self._registrar.start(self._stack.transports)
        await self._link.open()
        _log.info("worker_ready", sip=self._sip, tls=self._tls, pid=os.getpid())

    async def _collect(self) -> None:
        self._collector.start()
        while True:
            self._collector.tick()
            await asyncio.sleep(self._collector.seconds)

    async def _renew_certificate(self) -> None:
        """Authorities give certificates for some weeks; a worker lives longer than that."""
        while self._certificate is not None:
            await asyncio.sleep(_CERTIFICATE_SECONDS)
            try:
                if self._certificate.refresh():
                    _log.info("certificate_renewed")
            except OSError as problem:
                _log.error("certificate_not_renewed", why=str(problem))

    async def _wait(self, until: Callable[[], bool]) -> None:
        while not until():  # noqa: ASYNC110 - looks at clocks and counts; a tenth of a second late hurts nobody
            await asyncio.sleep(_LOOK_SECONDS)

    def _is_over(self) -> bool:
        if self._leave_at is not None:
            return not self._roll or time.monotonic() >= self._leave_at
        return not self._roll and self._link.away_seconds > LONELY_SECONDS

    async def _close_calls(self) -> None:
        """End what is still up, and give the goodbyes time to leave."""
        self._reception.is_open = False
        for call in self._roll:
            call.close()
        until = time.monotonic() + _LEAVE_SECONDS
        await self._wait(lambda: not self._roll or time.monotonic() >= until)

    def _welcome(self, leg: Leg) -> None:
        """Take a caller whom the reception let in."""
        arrival = self._reception.arrival(leg)
        call = IncomingCall(leg, arrival.call, arrival.trunk, self._exchange)
        self._roll.add(call)
        self._spawn(self._serve(call))
        call.ring()

    async def _serve(self, call: LiveCall) -> None:
        try:
            await call.live()
        finally:
            self._roll.remove(call, is_seen=self._link.is_connected)

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        if self._tasks is None:
            raise RuntimeError("the worker has not been started")
        return self._tasks.create_task(_guarded(work))

    def _find_phone(self, phone: str) -> Dialable:
        """The way to an agent's phone, by the SIP user that registered with us, or to any SIP URI."""
        found = self._registrar.dialable(phone)
        if found is not None:
            return found
        if "@" in phone or phone.lower().startswith("sip:"):
            return parse_target(phone, self._exchange.trunks)
        raise NotDialable(f"the phone {phone!r} is not registered, or does not answer")

    def _greet(self) -> Iterator[FromWorker]:
        yield Hello(
            version=__version__,
            pid=os.getpid(),
            sip=self._sip,
            tls=self._tls,
            held=self._roll.held(),
            phones=self._registrar.users,
        )
        yield from self._roll.answers()

    def _on_centre_change(self, is_there: bool) -> None:
        for call in self._roll:
            call.centre_changed()

    def _on_frame(self, message: FromCentre) -> None:
        if isinstance(message, Do):
            self._obey(message)
        elif isinstance(message, Configure):
            self._configure(message.configuration)
        elif isinstance(message, Examine):
            self._spawn(self._examine(message))
        else:
            self.drain(message.seconds)

    async def _examine(self, asked: Examine) -> None:
        trunk = next((one for one in self._exchange.trunks if one.name == asked.trunk), None)
        found = None if trunk is None else await self._examiner.examine(trunk)
        self._link.answer(Examined(question=asked.question, found=found))

    def _obey(self, do: Do) -> None:
        if self._roll.take(do):
            return
        if isinstance(do.body, PlaceCallBack) and not self._roll.is_over(do.call) and self._reception.is_open:
            call = CallBackCall(do, do.body, self._exchange)
            self._roll.add(call)
            self._spawn(self._serve(call))
        elif isinstance(do.body, PlaceCallBack) and not self._roll.is_over(do.call):
            self._link.tell(CallEnded(at=self._exchange.clock(), call=do.call, by=EndedBy.LOST, code=503))
        else:
            _log.debug("command_too_late", call=do.call, command=do.command)

    async def _make_music(self) -> None:
        """Have the music ready before the first caller waits for an agent."""
        with suppress(PromptFailed):
            await self._prompts.tune()

    def _configure(self, configuration: VoiceConfiguration) -> None:
        self._exchange.configuration = configuration
        self._prompts.audio_folder = Path(configuration.audio_folder) if configuration.audio_folder else None
        self._reception.configure(configuration)
        self._outside.configure(configuration)
        self._registrar.configure(configuration)
        if configuration.phones:
            self._spawn(self._make_music())
        _log.info("worker_configured", trunks=len(configuration.trunks), numbers=len(configuration.live_numbers))


async def _guarded(work: Coroutine[None, None, None]) -> None:
    """One call's fault ends that call; the others go on."""
    try:
        await work
    except Exception:
        _log.exception("call_task_failed")
