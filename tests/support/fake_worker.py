"""A scripted voice worker for tests of the host: listens on the local socket and says what the test says."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TypeVar

import msgspec

from skipline import __version__
from skipline.base.frames import frame, frame_length
from skipline.model.commands import CallCommand
from skipline.model.events import VoiceEvent
from skipline.model.trunk_examination import TrunkExamination
from skipline.model.voice_link import (
    Configure,
    Do,
    Drain,
    Examine,
    Examined,
    FromCentre,
    FromWorker,
    Happened,
    HeldCall,
    Hello,
)

_decoder: msgspec.msgpack.Decoder[FromCentre] = msgspec.msgpack.Decoder(FromCentre)
_C = TypeVar("_C", bound=CallCommand)


class FakeWorker:
    """Greets each centre that connects with `held` calls and `phones`, keeps all it is sent, and sends facts. It is of
    `version`, and finds out `examination` about every trunk."""

    def __init__(self, held: tuple[HeldCall, ...] = (), phones: tuple[str, ...] = ()) -> None:
        self.held, self.phones = held, phones
        self.version = __version__
        self.examination: TrunkExamination | None = None
        self.got: list[FromCentre] = []
        self.connections = 0
        self._writer: asyncio.StreamWriter | None = None
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def listening(self, socket: Path) -> AsyncIterator["FakeWorker"]:
        """Take centres at `socket` within the block."""
        socket.parent.mkdir(parents=True, exist_ok=True)
        server = await asyncio.start_unix_server(self._serve, socket)
        try:
            yield self
        finally:
            server.close()
            self.hang_up()
            socket.unlink(missing_ok=True)  # noqa: ASYNC240

    def tell(self, event: VoiceEvent) -> None:
        """Send a fact up."""
        self.send(Happened(event=event))

    def send(self, message: FromWorker) -> None:
        """Send a message up."""
        self.send_bytes(frame(msgspec.msgpack.encode(message)))

    def send_bytes(self, raw: bytes) -> None:
        """Send anything up."""
        assert self._writer is not None
        self._writer.write(raw)

    def hang_up(self) -> None:
        """Close the connection, as a dying worker does."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    @property
    def orders(self) -> list[Do]:
        """The commands so far."""
        return [message for message in self.got if isinstance(message, Do)]

    async def order(self, kind: type[_C], nth: int = 1) -> tuple[Do, _C]:
        """The `nth` command of a kind, waited for."""
        async with asyncio.timeout(10), self._changed:
            while True:
                found = [(do, do.body) for do in self.orders if isinstance(do.body, kind)]
                if len(found) >= nth:
                    return found[nth - 1]
                await self._changed.wait()

    async def configured(self, is_enough: Callable[[Configure], bool] = lambda _: True) -> Configure:
        """A configuration that is enough, waited for."""
        async with asyncio.timeout(10), self._changed:
            while True:
                for message in reversed(self.got):
                    if isinstance(message, Configure) and is_enough(message):
                        return message
                await self._changed.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self.connections += 1
        self.send(Hello(version=self.version, pid=1, sip=("127.0.0.1:5060",), held=self.held, phones=self.phones))
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                message = _decoder.decode(await reader.readexactly(frame_length(await reader.readexactly(4))))
                if isinstance(message, Drain):
                    break
                if isinstance(message, Examine):
                    self.send(Examined(question=message.question, found=self.examination))
                async with self._changed:
                    self.got.append(message)
                    self._changed.notify_all()
        writer.close()
