"""A party that sends a tone and keeps what it hears, straight over UDP: no part of Skipline's own RTP code."""

import asyncio
import socket
import struct
from array import array
from itertools import count, pairwise

from skipline.voice.g711 import law_for
from skipline.voice.sdp import Audio
from skipline.voice.tones import tone

_sources = count(0x1234)


class RtpParty:
    def __init__(self, ip="127.0.0.1", payload=0):
        self.payload = payload
        self.heard = []
        self.socket = socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ip, 0))
        self.socket.setblocking(False)
        self.ip, self.port = self.socket.getsockname()[:2]
        asyncio.get_running_loop().add_reader(self.socket, self._hear)
        self._sequence = 0
        self._source = next(_sources)

    def audio(self, **more):
        return Audio(ip=self.ip, port=self.port, payloads=(self.payload, 101), digits_payload=101, **more)

    def _hear(self):
        self.heard.append(self.socket.recv(2000))

    def send(self, endpoint, payload, body, *, marker=0, timestamp=None):
        self._sequence += 1
        stamp = self._sequence * 160 if timestamp is None else timestamp
        head = struct.pack("!BBHII", 0x80, marker << 7 | payload, self._sequence, stamp, self._source)
        self.socket.sendto(head + body, tuple(endpoint))

    async def send_tone(self, endpoint, hz, seconds):
        coded = law_for(self.payload).encode(tone(hz, seconds))
        for start in range(0, len(coded) - 159, 160):
            self.send(endpoint, self.payload, coded[start : start + 160])
            await asyncio.sleep(0.02)

    async def press(self, endpoint, event):
        start = (self._sequence + 1) * 160
        for number in range(8):
            is_end = number > 4
            body = struct.pack("!BBH", event, (0x80 if is_end else 0) | 10, 160 * min(number + 1, 6))
            self.send(endpoint, 101, body, marker=int(number == 0), timestamp=start)
            await asyncio.sleep(0.02)

    def samples(self):
        """All that was heard, in order of arrival, as samples."""
        coded = b"".join(packet[12:] for packet in self.heard if packet[1] & 0x7F == self.payload)
        return law_for(self.payload).decode(coded)

    def close(self):
        asyncio.get_running_loop().remove_reader(self.socket)
        self.socket.close()


def frequency(samples: "array[int]", rate=8000):
    """Zero crossings, told from the middle of what was heard."""
    middle = samples[len(samples) // 4 : len(samples) * 3 // 4]
    crossings = sum(1 for before, after in pairwise(middle) if before < 0 <= after)
    return crossings * rate / len(middle) if middle else 0.0
