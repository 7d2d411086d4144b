"""A scripted centre for tests of the voice worker: speaks the local socket and does what the test says."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TypeVar

from voice_frames import encode_frame, read_from_worker

from skipline.model.commands import CallCommand, ForwardCall, HangUp
from skipline.model.configuration import Trunk, VoiceConfiguration
from skipline.model.events import CallArrived, CallEnded, ForwardEnded, VoiceEvent
from skipline.model.ids import CallId, CommandId
from skipline.model.trunk_examination import TrunkExamination
from skipline.model.voice_link import Configure, Do, Examine, Examined, FromCentre, Happened, Hello

NUMBER = "+31201234567"
CARRIER = Trunk(name="carrier", hosts=("127.0.0.1", "::1"))
_command_numbers = count(1)
_E = TypeVar("_E", bound=VoiceEvent)


@dataclass(slots=True)
class WorkerProcess:
    """A real voice worker in a process of its own."""

    process: "subprocess.Popen[bytes]"
    socket: Path
    log: Path

    @classmethod
    def start(
        cls, folder: Path, *sip: str, more: tuple[str, ...] = (), patience: dict[str, float] | None = None
    ) -> "WorkerProcess":
        """Begin one that listens on the addresses `sip` (default: IPv4 loopback, any port)."""
        hasty = (str(Path(__file__).with_name("hasty_worker.py")), json.dumps(patience))
        socket, log = folder / "voice.sock", folder / "worker.log"
        addresses = [f"--sip={address}" for address in sip or ("127.0.0.1:0",)]
        with log.open("ab") as output:
            process = subprocess.Popen(
                [
                    sys.executable,
                    *(hasty if patience else ("-m", "skipline.voice")),
                    f"--socket={socket}",
                    f"--cache={folder / 'cache'}",
                    *addresses,
                    *more,
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        return cls(process, socket, log)

    def times_configured(self) -> int:
        """How often a centre has told it its configuration."""
        return self.log.read_text().count("worker_configured")

    def stop(self) -> int:
        """End it as an operator would, and give its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.kill()
            return -9

    def kill(self) -> None:
        """End it as a fault would."""
        self.process.kill()
        self.process.wait(5)


@dataclass(slots=True)
class FakeCentre:
    """One connection to a worker. `events` keeps all facts; `on_event` may react to each."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    hello: Hello
    on_event: Callable[[VoiceEvent], None] | None = None
    events: list[VoiceEvent] = field(default_factory=list)
    examined: dict[str, TrunkExamination | None] = field(default_factory=dict)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def sip(self) -> list[tuple[str, int]]:
        """The worker's SIP addresses."""
        pairs = (address.rsplit(":", 1) for address in self.hello.sip)
        return [(host.strip("[]"), int(port)) for host, port in pairs]

    def send(self, message: FromCentre) -> None:
        """Send a frame."""
        self.writer.write(encode_frame(message))

    def do(self, call: CallId, body: CallCommand, *, memo: bytes = b"") -> CommandId:
        """Have a command carried out."""
        command = CommandId(f"{os.getpid()}-{next(_command_numbers)}")
        self.send(Do(call=call, command=command, body=body, memo=memo))
        return command

    async def next(self, kind: type[_E], *, call: CallId | None = None, nth: int = 1, seconds: float = 15) -> _E:
        """The `nth` fact of a kind, waited for."""
        async with asyncio.timeout(seconds), self._changed:
            while len(found := self.all(kind, call)) < nth:
                await self._changed.wait()
            return found[nth - 1]

    def all(self, kind: type[_E], call: CallId | None = None) -> list[_E]:
        """The facts of a kind so far."""
        found = [event for event in self.events if isinstance(event, kind)]
        return [event for event in found if call is None or getattr(event, "call", None) == call]

    async def read(self) -> None:
        """Take facts until the worker or this centre is gone."""
        while isinstance(message := await read_from_worker(self.reader), Happened | Examined):
            if isinstance(message, Examined):
                self.examined[message.question] = message.found
            else:
                self._take(message.event)
            async with self._changed:
                self._changed.notify_all()

    def _take(self, event: VoiceEvent) -> None:
        self.events.append(event)
        if self.on_event is not None:
            self.on_event(event)

    async def examine(self, trunk: str, *, seconds: float = 15) -> TrunkExamination | None:
        """What the worker finds out about a trunk."""
        question = f"question {next(_command_numbers)}"
        self.send(Examine(question=question, trunk=trunk))
        async with asyncio.timeout(seconds), self._changed:
            while question not in self.examined:
                await self._changed.wait()
            return self.examined[question]

    def forward_all(self, *targets: str, ring_seconds: float = 20, headers: dict[str, str] | None = None) -> None:
        """From now on forward every caller, and end the call as the last target left it."""

        def react(event: VoiceEvent) -> None:
            if isinstance(event, CallArrived):
                order = ForwardCall(targets=targets, ring_seconds=ring_seconds, headers=headers or {})
                self.do(event.call.id, order, memo=b"run of " + event.call.id.encode())
            elif isinstance(event, ForwardEnded):
                self.do(event.call, HangUp(code=event.code if event.code >= 400 else 480))

        self.on_event = react

    async def calls_ended(self, number: int) -> list[CallEnded]:
        """The first `number` ends of calls."""
        await self.next(CallEnded, nth=number, seconds=40)
        return self.all(CallEnded)


def configuration(*trunks: Trunk, audio_folder: str = "") -> VoiceConfiguration:
    """One live number, and loopback as the carrier unless `trunks` says otherwise."""
    return VoiceConfiguration(trunks=trunks or (CARRIER,), live_numbers=(NUMBER,), audio_folder=audio_folder)


@asynccontextmanager
async def connected(worker: WorkerProcess, settings: VoiceConfiguration | None = None) -> AsyncIterator[FakeCentre]:
    """A centre that is connected to `worker` and has configured it."""
    configured_before = worker.times_configured()
    reader, writer = await _reach(worker)
    hello = await asyncio.wait_for(read_from_worker(reader), 10)
    assert isinstance(hello, Hello)
    centre = FakeCentre(reader, writer, hello)
    reading = asyncio.create_task(centre.read())
    centre.send(Configure(configuration=settings or configuration()))
    for _ in range(250):
        if worker.times_configured() > configured_before:
            break
        await asyncio.sleep(0.02)
    try:
        yield centre
    finally:
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
        writer.close()


async def _reach(worker: WorkerProcess) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    for _ in range(500):
        with suppress(OSError):
            return await asyncio.open_unix_connection(worker.socket)
        assert worker.process.poll() is None, worker.log.read_text()
        await asyncio.sleep(0.02)
    raise AssertionError(f"the worker did not come up: {worker.log.read_text()}")
