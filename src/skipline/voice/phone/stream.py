"""What a telephone sends, packet by packet: a sound over and over, with key presses in between. No clock, no socket."""

from array import array
from collections import deque
from secrets import randbits

from skipline.voice.g711 import law_for
from skipline.voice.rtp import PACKET_SECONDS, SAMPLES_PER_PACKET, RtpPacket, write_digit, write_packet
from skipline.voice.sdp import DIGITS_PAYLOAD

_PAUSE_PACKETS = 3


class OutgoingStream:
    """Makes the packet for each next 20 ms. `is_muted` sends nothing, as a phone that is held."""

    def __init__(self) -> None:
        self.is_muted = False
        self._payload, self._digits_payload = 0, DIGITS_PAYLOAD
        self._sound: array[int] = array("h")
        self._coded = b""
        self._place = 0
        self._keys: deque[tuple[bytes, bool]] = deque()
        self._sequence, self._timestamp, self._source = randbits(15), randbits(31), randbits(32)
        self._key_timestamp = 0
        self._is_first = True

    def use(self, payload: int, digits_payload: int | None) -> None:
        """Code as the other side wants it."""
        self._payload, self._digits_payload = payload, digits_payload or DIGITS_PAYLOAD
        self.play(self._sound)

    def play(self, sound: "array[int]") -> None:
        """Send these samples over and over from now on; none is silence."""
        law = law_for(self._payload)
        self._sound, self._place = sound, 0
        self._coded = law.encode(sound) or bytes([law.silence]) * SAMPLES_PER_PACKET

    def press(self, digits: str) -> float:
        """Press keys one after the other; gives the seconds until the last is done. Raises `ValueError` for no key."""
        for digit in digits:
            self._keys.extend((body, number == 0) for number, body in enumerate(write_digit(digit)))
            self._keys.extend([(b"", False)] * _PAUSE_PACKETS)
        return len(self._keys) * PACKET_SECONDS

    def next_packet(self) -> bytes | None:
        """The packet for the next 20 ms; None when nothing is sent in them."""
        self._timestamp += SAMPLES_PER_PACKET
        key, is_new = self._keys.popleft() if self._keys else (b"", False)
        if is_new:
            self._key_timestamp = self._timestamp
        if key:
            return self._packet(self._digits_payload, self._key_timestamp, key, is_new)
        body = self._next_piece()
        if self.is_muted:
            return None
        is_first, self._is_first = self._is_first, False
        return self._packet(self._payload, self._timestamp, body, is_first)

    def _packet(self, payload: int, timestamp: int, body: bytes, is_first: bool) -> bytes:
        self._sequence += 1
        return write_packet(RtpPacket(payload, self._sequence, timestamp, self._source, body, is_first))

    def _next_piece(self) -> bytes:
        piece = self._coded[self._place : self._place + SAMPLES_PER_PACKET]
        while len(piece) < SAMPLES_PER_PACKET:
            piece += self._coded[: SAMPLES_PER_PACKET - len(piece)]
        self._place = (self._place + SAMPLES_PER_PACKET) % len(self._coded)
        return piece
