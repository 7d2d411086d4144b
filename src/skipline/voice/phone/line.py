"""A telephone's audio: sends a stream of packets by the clock, keeps what it hears."""

import asyncio
import socket
from array import array
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from skipline.voice.g711 import law_for
from skipline.voice.phone.stream import OutgoingStream
from skipline.voice.rtp import PACKET_SECONDS, RtpPacket, read_digit, read_packet
from skipline.voice.sdp import DIGITS_PAYLOAD, G711_PAYLOADS, Endpoint

KEPT_SECONDS = 60.0
"""How much of what was heard last is kept."""


class AudioLine:
    """One RTP stream each way, on a socket of its own at `ip`. `on_heard` is called at the first packet of sound,
    `on_digit` at each key that the other side pressed."""

    def __init__(self, ip: str, *, on_heard: Callable[[], None], on_digit: Callable[[str], None]) -> None:
        self._socket = socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind((ip, 0))
        self.endpoint = Endpoint(ip, self._socket.getsockname()[1])
        self.stream = OutgoingStream()
        self.packets_heard = 0
        self.longest_gap_seconds = 0.0
        self._heard_at: float | None = None
        self._on_heard, self._on_digit = on_heard, on_digit
        self._kept: deque[tuple[int, bytes]] = deque(maxlen=round(KEPT_SECONDS / PACKET_SECONDS))
        self._digits_payload = DIGITS_PAYLOAD
        self._last_key: int | None = None
        self._target: Endpoint | None = None
        self._sending: asyncio.Task[None] | None = None
        asyncio.get_running_loop().add_reader(self._socket, self._hear)

    def send_to(self, target: Endpoint, payload: int, digits_payload: int | None) -> None:
        """Send to `target` from now on, coded as it wants."""
        self._target = target
        self._digits_payload = digits_payload or DIGITS_PAYLOAD
        self.stream.use(payload, digits_payload)
        if self._sending is None:
            self._sending = asyncio.get_running_loop().create_task(self._send())

    def heard(self) -> "array[int]":
        """The samples of the last `KEPT_SECONDS`, in order of arrival."""
        samples = array("h")
        for payload, body in self._kept:
            samples.extend(law_for(payload).decode(body))
        return samples

    def forget(self) -> None:
        """Start the recording anew."""
        self._kept.clear()
        self.longest_gap_seconds, self._heard_at = 0.0, None

    async def close(self) -> None:
        """Hang the audio up. May be called more than once."""
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.gather(self._sending, return_exceptions=True)
        if self._socket.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()

    def _hear(self) -> None:
        with suppress(OSError):
            packet = read_packet(self._socket.recv(4096))
            if packet is not None:
                self._take(packet)

    def _take(self, packet: RtpPacket) -> None:
        if packet.payload in G711_PAYLOADS:
            self.packets_heard += 1
            self._note_gap(asyncio.get_running_loop().time())
            self._kept.append((packet.payload, packet.body))
            if self.packets_heard == 1:
                self._on_heard()
        elif packet.payload == self._digits_payload:
            event = read_digit(packet.body)
            if event is not None and packet.timestamp != self._last_key:
                self._last_key = packet.timestamp
                self._on_digit(event.digit)

    def _note_gap(self, now: float) -> None:
        if self._heard_at is not None:
            self.longest_gap_seconds = max(self.longest_gap_seconds, now - self._heard_at)
        self._heard_at = now

    async def _send(self) -> None:
        """One packet each 20 ms by the clock: a late wake-up is caught up with, and never adds up."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            packet = self.stream.next_packet()
            if packet is not None and self._target is not None:
                with suppress(OSError):
                    self._socket.sendto(packet, tuple(self._target))
            due += PACKET_SECONDS
            await asyncio.sleep(max(0.0, due - loop.time()))
