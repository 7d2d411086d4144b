"""The voice worker as the host sees it: one that is always there, or about to be again.

absent -> connected        a worker was found or started and said Hello
connected -> absent        its socket closed: the worker died and its calls with it; a new one is started
"""

import asyncio
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import structlog

from skipline import __version__
from skipline.base.frames import FrameTooLarge, frame, frame_length
from skipline.base.sentence import say
from skipline.host.voice_process import (
    BegunVoice,
    Connection,
    VoiceSettings,
    begin_voice,
    reach_voice_process,
    with_found_ports,
)
from skipline.model.events import VoiceEvent
from skipline.model.trunk_examination import TrunkExamination
from skipline.model.voice_link import Drain, Examine, Examined, FromCentre, FromWorker, Happened, Hello

log = structlog.get_logger(__name__)

_START_SECONDS = 10.0
_PAUSE_SECONDS = 0.2
"""Between a worker's death and the next start, so that one that cannot start does not spin."""


_RETRY_SECONDS = 1.0
_EXAMINATION_SECONDS = 20.0
"""Names, an OPTIONS, and a turn behind other examinations."""


class VoiceUnavailable(Exception):
    """The worker did not come up; the message says where its own words are."""


class VoiceWorker:
    """Keeps a voice worker running and connected, for as long as `run` runs.

    `on_hello` hears each new connection with the calls the worker carries and is waited for before the first fact is
    handed to `on_event`; `on_lost` hears that the worker died. `begun` is one that was found or started before.
    """

    def __init__(
        self,
        settings: VoiceSettings,
        *,
        on_hello: Callable[[Hello], Awaitable[None]],
        on_event: Callable[[VoiceEvent], None],
        on_lost: Callable[[], None],
        begun: BegunVoice | None = None,
    ) -> None:
        self._settings = settings
        self._on_hello, self._on_event, self._on_lost = on_hello, on_event, on_lost
        self._writer: asyncio.StreamWriter | None = None
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(FromWorker).decode
        self._is_leaving = False
        self._begun = begun
        self._child: Process | None = None
        self._asked: dict[str, asyncio.Future[TrunkExamination | None]] = {}
        self.hello: Hello | None = None
        self.ready = asyncio.Event()
        self.left = asyncio.Event()

    def send(self, message: FromCentre) -> None:
        """Send a frame; without a worker it is dropped, since the calls it speaks of are gone too."""
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(frame(self._encode(message)))

    async def examine(self, trunk: str, question: str) -> TrunkExamination | None:
        """What the worker finds out about a trunk; None when it has none of this name. `question` is told from every
        other. Raises `VoiceUnavailable`."""
        if not self.ready.is_set() or self.hello is None:
            raise VoiceUnavailable(say("The voice worker is not there; it is started again: try in a moment."))
        if self.hello.version != __version__:
            # It would take a frame that it does not know for a centre gone mad, and hang up.
            raise VoiceUnavailable(
                say(
                    "The voice worker is of version {version}: try when its calls are over.", version=self.hello.version
                )
            )
        answer = self._asked[question] = asyncio.get_running_loop().create_future()
        self.send(Examine(question=question, trunk=trunk))
        try:
            return await asyncio.wait_for(answer, _EXAMINATION_SECONDS)
        except TimeoutError:
            raise VoiceUnavailable(say("The voice worker did not answer in time: try again in a moment.")) from None
        finally:
            self._asked.pop(question, None)

    async def run(self) -> None:
        """Connect, read until the connection ends, begin again; returns once the worker left after `drain`."""
        while not self._is_leaving:
            reader = await self._connect_patiently()
            try:
                await self._read(reader)
            finally:
                await self._forget_connection()
            if not self._is_leaving:
                log.error("voice_worker_lost", log_file=str(self._settings.log_file))
                self._on_lost()
                await asyncio.sleep(_PAUSE_SECONDS)
        self.left.set()

    async def _connect_patiently(self) -> asyncio.StreamReader:
        """A connection; a worker that cannot start raises the first time and is tried again for ever after that."""
        while True:
            try:
                reader, self._writer = await self._connect()
                return reader
            except VoiceUnavailable as trouble:
                if self.hello is None or self._is_leaving:
                    raise
                log.error("voice_worker_does_not_start", why=str(trouble))
                await asyncio.sleep(_RETRY_SECONDS)

    def drain(self, seconds: float) -> None:
        """Ask the worker to refuse new calls and to leave once the last is over, after `seconds` at the latest."""
        self._is_leaving = True
        self.send(Drain(seconds=seconds))

    async def _connect(self) -> Connection:
        begun, self._begun = self._begun or await begin_voice(self._settings), None
        if isinstance(begun, Process):
            self._child = begun
            return await self._reach_child(begun)
        return begun

    async def _reach_child(self, child: Process) -> Connection:
        """Connect to the worker just started, giving up at once when it exits."""
        deadline = asyncio.get_running_loop().time() + _START_SECONDS
        while child.returncode is None and asyncio.get_running_loop().time() < deadline:
            found = await reach_voice_process(self._settings, seconds=0.1)
            if found is not None:
                return found
        raise VoiceUnavailable(_last_words(self._settings.log_file))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                length = frame_length(await reader.readexactly(4))
                await self._take_frame(await reader.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        except FrameTooLarge as mistake:
            log.error("voice_worker_out_of_step", why=str(mistake))

    async def _take_frame(self, body: bytes) -> None:
        """Take a frame. One that is not understood is told and left out: the calls are worth more than a fact."""
        try:
            message = self._decode(body)
        except msgspec.MsgspecError as mistake:
            if not self.ready.is_set():
                raise VoiceUnavailable(f"the voice worker at {self._settings.socket} is not of this version") from None
            log.error("voice_frame_not_understood", why=str(mistake))
            return
        await self._take(message)

    async def _take(self, message: FromWorker) -> None:
        if isinstance(message, Happened):
            self._on_event(message.event)
            return
        if isinstance(message, Examined):
            self._hear_of(message)
            return
        if message.version != __version__:
            log.warning("voice_worker_of_another_version", worker=message.version, centre=__version__)
        self._settings = with_found_ports(self._settings, message.sip, message.tls)
        found, wanted = [*message.sip, *message.tls], [*self._settings.sip, *self._settings.tls]
        if found != wanted:
            log.warning("voice_worker_on_other_addresses", sip=found, wanted=wanted)
        self.hello = message
        await self._on_hello(message)
        self.ready.set()

    def _hear_of(self, examined: Examined) -> None:
        answer = self._asked.get(examined.question)
        if answer is not None and not answer.done():
            answer.set_result(examined.found)

    async def _forget_connection(self) -> None:
        self.ready.clear()
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(VoiceUnavailable(say("The voice worker ended meanwhile: try again in a moment.")))
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        if self._child is not None:
            await self._reap(self._child)
            self._child = None

    async def _reap(self, child: Process) -> None:
        """Wait for a worker that closed its socket; one that hangs after that holds our port and is ended."""
        try:
            await asyncio.wait_for(child.wait(), 1.0)
        except TimeoutError:
            child.kill()
            await child.wait()


def _last_words(log_file: Path) -> str:
    lines = log_file.read_text(errors="replace").strip().splitlines() if log_file.exists() else []
    return lines[-1] if lines else f"the voice worker did not start and left no word in {log_file}"
