"""A recording put together from RTP packets: each is laid where its timestamp says, and what never came is silence."""

from array import array

from skipline.voice.g711 import RATE, law_for
from skipline.voice.rtp import RtpPacket

VOICE_LOUDNESS = 256
"""Mean size of the samples in a packet from which on somebody speaks, about -42 dBm0; a line's hiss stays below."""

_LONGEST_PAUSE_SECONDS = 10.0
"""A jump of the timestamps beyond this is another stream, not a pause."""

_UNIT = 128


class Recording:
    """Up to `most_seconds` of one G.711 stream of `payload`. `voiced_seconds` is how long somebody spoke in it."""

    def __init__(self, payload: int, most_seconds: float) -> None:
        self._law = law_for(payload)
        self._payload = payload
        self._most = round(most_seconds * RATE)
        self._coded = bytearray()
        self._source: int | None = None
        self._origin = 0
        self._voice_end = 0
        self._sizes = bytes(min(255, abs(size) // _UNIT) for size in self._law.sizes)
        self.voiced_seconds = 0.0

    @property
    def seconds(self) -> float:
        """How long it is so far."""
        return len(self._coded) / RATE

    @property
    def is_full(self) -> bool:
        """Whether no more fits in."""
        return len(self._coded) >= self._most

    def take(self, packet: RtpPacket) -> bool:
        """Lay a packet down; true when somebody speaks in it."""
        if packet.payload != self._payload or not packet.body:
            return False
        place = self._place_of(packet)
        end = min(place + len(packet.body), self._most)
        if place < 0 or end <= place:
            return False
        self._coded.extend(bytes([self._law.silence]) * (end - len(self._coded)))
        self._coded[place:end] = packet.body[: end - place]
        is_voice = sum(packet.body.translate(self._sizes)) * _UNIT >= VOICE_LOUDNESS * len(packet.body)
        if is_voice:
            self.voiced_seconds += len(packet.body) / RATE
            self._voice_end = max(self._voice_end, end)
        return is_voice

    def _place_of(self, packet: RtpPacket) -> int:
        """Where it belongs, in samples; another stream, or one that jumped, goes on at the end."""
        place = (packet.timestamp - self._origin) & 0xFFFFFFFF
        place = place - (1 << 32) if place >= 1 << 31 else place
        far = _LONGEST_PAUSE_SECONDS * RATE
        if packet.source != self._source or abs(place - len(self._coded)) > far:
            self._source, place = packet.source, len(self._coded)
            self._origin = packet.timestamp - place
        return place

    def samples(self, tail_seconds: float = 0.5) -> "array[int]":
        """The sound, without the silence at its end but for `tail_seconds` of it."""
        return self._law.decode(bytes(self._coded[: self._voice_end + round(tail_seconds * RATE)]))
