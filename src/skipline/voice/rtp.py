"""RTP packets (RFC 3550 section 5.1) and the telephone events in them (RFC 4733), as values."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from skipline.voice.g711 import RATE

PACKET_SECONDS = 0.02
SAMPLES_PER_PACKET = int(RATE * PACKET_SECONDS)
DIGITS = "0123456789*#ABCD"
"""Keys by their event number."""

_EVENT_PACKETS = 5
_END_PACKETS = 3
_END_BIT = 0x80
_VOLUME = 10


@dataclass(frozen=True, slots=True)
class RtpPacket:
    """One packet. `timestamp` counts samples; `is_first` marks the first packet of a talk spurt or an event."""

    payload: int
    sequence: int
    timestamp: int
    source: int
    body: bytes
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class DigitEvent:
    """What a telephone event packet says."""

    digit: str
    is_end: bool


def write_packet(packet: RtpPacket) -> bytes:
    """`packet` on the wire."""
    second = packet.payload | (0x80 if packet.is_first else 0)
    numbers = (packet.sequence & 0xFFFF, packet.timestamp & 0xFFFFFFFF, packet.source)
    return struct.pack("!BBHII", 0x80, second, *numbers) + packet.body


def read_packet(data: bytes) -> RtpPacket | None:
    """The packet in `data`; None for anything that is not RTP, such as RTCP, STUN or noise."""
    if len(data) < 12 or data[0] >> 6 != 2 or 192 <= data[1] <= 223:
        return None
    sequence, timestamp, source = struct.unpack_from("!HII", data, 2)
    start = 12 + 4 * (data[0] & 0x0F)
    if data[0] & 0x10 and len(data) >= start + 4:
        start += 4 + 4 * int(struct.unpack_from("!H", data, start + 2)[0])
    end = len(data) - (data[-1] if data[0] & 0x20 else 0)
    if start > end:
        return None
    return RtpPacket(data[1] & 0x7F, sequence, timestamp, source, data[start:end], bool(data[1] & 0x80))


def write_digit(digit: str) -> Iterator[bytes]:
    """The bodies of one key press of 100 ms: one for each packet, the end said three times (RFC 4733 section 2.5)."""
    event = DIGITS.index(digit.upper())
    for number in range(1, _EVENT_PACKETS + _END_PACKETS + 1):
        end = _END_BIT if number > _EVENT_PACKETS else 0
        length = min(number, _EVENT_PACKETS) * SAMPLES_PER_PACKET
        yield struct.pack("!BBH", event, end | _VOLUME, length)


def read_digit(body: bytes) -> DigitEvent | None:
    """What an event packet's body says; None when it names no key."""
    if len(body) < 4 or body[0] >= len(DIGITS):
        return None
    return DigitEvent(DIGITS[body[0]], bool(body[1] & _END_BIT))
