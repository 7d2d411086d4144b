"""Carriers on loopback for the SMPP driver: a real server (smpp34's own), and one that is awkward on purpose.

`Carrier` answers every message, throttles some and sends receipts; it is another implementation of the protocol than
ours. `AwkwardCarrier` is written on plain sockets: it breaks connections, stays silent, and delivers what it likes.
"""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import smpp34

from skipline.channels.smpp.channel import Smpp
from skipline.channels.smpp.driver import Driver
from skipline.channels.smpp.waits import Waits
from skipline.model.message import Channel, MessageBody
from skipline.model.messaging import AnyChannelEvent, Outbound

SECRETS = {"carrier_password": "s3cret"}.__getitem__
QUICK = Waits(connect=3.0, answer=2.0, keep=1.0, sign_out=1.0, first_pause=0.02, longest_pause=0.1, between_parts=0.01)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def settings(port: int, **changed: Any) -> Smpp:
    """An account with the carrier at this port."""
    usual: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "system_id": "shop",
        "secret": "carrier_password",
        "sender": "+31201234567",
        "per_second": 1_000.0,
    }
    return Smpp(**(usual | changed))


def sms(text: str, to: str = "+31612345678", reference: str = "ref1") -> Outbound:
    """A message to a contact."""
    return Outbound(reference=reference, channel=Channel.SMS, to=to, body=MessageBody(text=text))


@dataclass(slots=True)
class Inbox:
    """Where a driver's events go; `refuses` makes the store refuse."""

    events: list[AnyChannelEvent] = field(default_factory=list)
    refuses: int = 0
    told: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self, events: Any) -> None:
        await asyncio.sleep(0)
        if self.refuses:
            self.refuses -= 1
            raise OSError("the disk is full")
        self.events += events
        self.told.set()

    async def wait(self, count: int) -> list[AnyChannelEvent]:
        """The events, once there are so many."""
        await until(lambda: len(self.events) >= count)
        return self.events


async def until(is_so: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(seconds):
        while not is_so():  # noqa: ASYNC110  what is waited for has no event
            await asyncio.sleep(0.005)


@asynccontextmanager
async def driving(account: Smpp, inbox: Inbox, waits: Waits = QUICK) -> AsyncIterator[Driver]:
    """A driver at work."""
    driver = Driver(waits=waits)
    running = asyncio.create_task(driver.run(account, SECRETS, inbox.receive))
    try:
        yield driver
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


class Carrier:
    """smpp34's server. `throttles` says of the number of a message whether it is refused for now."""

    def __init__(self, throttles: Callable[[int], bool] = lambda _: False) -> None:
        self.port = free_port()
        self.taken: list[Any] = []
        self.seen = 0
        self.esmes: list[Any] = []
        self.throttles = throttles
        self.with_receipts = True
        self._server = smpp34.Server(host="127.0.0.1", port=self.port, system_id="carrier")
        self._receipts: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Carrier"]:
        """The carrier, open for who signs in."""
        await self._server.start()
        working = asyncio.create_task(self._work())
        try:
            yield self
        finally:
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working
            await self._server.stop()

    async def deliver(self, text: bytes, **more: Any) -> int:
        """Deliver to the account: the status that it answers."""
        try:
            answer = await self.esmes[-1].deliver_sm("31201234567", text, source_addr="31612345678", **more)
        except smpp34.SmppError as refused:
            return int(str(refused).rpartition("(")[2].rstrip(")"), 16)
        status: int = answer.command_status
        return status

    async def _work(self) -> None:
        while True:
            event = await self._server.next()
            if isinstance(event, smpp34.Esme):
                self.esmes.append(event)
            elif isinstance(event, smpp34.SubmitSmEvent):
                self._take(event)

    def _take(self, event: Any) -> None:
        self.seen += 1
        if self.throttles(self.seen):
            event.reject(smpp34.ESME_RTHROTTLED)
            return
        self.taken.append(event)
        id_ = f"m{len(self.taken)}"
        event.accept(message_id=id_)
        if self.with_receipts:
            told = asyncio.create_task(self._tell(id_, event))
            self._receipts.add(told)
            told.add_done_callback(self._receipts.discard)

    async def _tell(self, id_: str, event: Any) -> None:
        text = f"id:{id_} sub:001 dlvrd:001 submit date:2611211200 done date:2611211201 stat:DELIVRD err:000 text:hi"
        await self.esmes[-1].deliver_sm(
            event.source_addr, text.encode(), source_addr=event.destination_addr, esm_class=0x04
        )


class AwkwardCarrier:
    """A carrier on a plain socket. What it does with a submit_sm is `on_submit(carrier, sequence, raw)`."""

    def __init__(self) -> None:
        self.port = 0
        self.bind_status = 0
        self.binds = 0
        self.submits: list[bytes] = []
        self.answers: dict[int, int] = {}
        self.commands: list[int] = []
        self.answers_enquiries = True
        self.on_submit: Callable[[int, bytes], None] = lambda sequence, _: self.accept(sequence, f"id{sequence}")
        self.first_words = b""
        self._writer: asyncio.StreamWriter | None = None
        self._sequence = 0

    @asynccontextmanager
    async def serving(self, **more: Any) -> AsyncIterator["AwkwardCarrier"]:
        """The carrier, open for who signs in."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, **more)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            self.hang_up()
            server.close()

    def accept(self, sequence: int, id_: str) -> None:
        """Take a message."""
        self.say(0x80000004, 0, sequence, id_.encode() + b"\x00")

    def refuse(self, sequence: int, status: int) -> None:
        """Refuse a message."""
        self.say(0x80000004, status, sequence)

    def say(self, command: int, status: int, sequence: int, body: bytes = b"") -> None:
        """Write a PDU."""
        if self._writer is not None:
            self._writer.write(struct.pack(">IIII", 16 + len(body), command, status, sequence) + body)

    def write(self, data: bytes) -> None:
        """Write bytes."""
        if self._writer is not None:
            self._writer.write(data)

    def hang_up(self) -> None:
        """Break the connection."""
        if self._writer is not None:
            self._writer.transport.abort()
            self._writer = None

    async def deliver(self, words: bytes, **more: Any) -> int:
        """Deliver, and the status that is answered."""
        sequence = self.bring(words, **more)
        await until(lambda: sequence in self.answers)
        return self.answers[sequence]

    def bring(self, words: bytes, source: str = "31612345678", **more: Any) -> int:
        """Deliver without waiting; the sequence number."""
        self._sequence += 1
        self.write(smpp34.DeliverSm(source, "31201234567", words, sequence_number=self._sequence, **more).encode())
        return self._sequence

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        with suppress(asyncio.IncompleteReadError, OSError):
            while True:
                head = await reader.readexactly(16)
                length, command, status, sequence = struct.unpack(">IIII", head)
                body = await reader.readexactly(length - 16)
                self.commands.append(command)
                self._take(command, status, sequence, head + body)

    def _take(self, command: int, status: int, sequence: int, raw: bytes) -> None:
        if command == 0x09:
            self.binds += 1
            self.write(
                struct.pack(">IIII", 24, 0x80000009, self.bind_status, sequence) + b"carrier\x00" + self.first_words
            )
        elif command == 0x15 and self.answers_enquiries:
            self.say(0x80000015, 0, sequence)
        elif command == 0x04:
            self.submits.append(raw)
            self.on_submit(sequence, raw)
        elif command == 0x06:
            self.say(0x80000006, 0, sequence)
        elif command == 0x80000005:
            self.answers[sequence] = status
