"""G.711, the telephone's two 8-bit codings of sound: mu-law (payload type 0) and A-law (8).

Both cut a sample's size into 8 chords, each twice as coarse as the one before, with 16 steps (ITU-T G.711). The
encoding tables are laid out run by run, so that building one takes no arithmetic per sample, and encoding is one
look-up per sample.
"""

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

RATE = 8000
"""Samples, and therefore bytes, per second."""


@dataclass(frozen=True, slots=True)
class Law:
    """One of the two codings, as tables. Samples are signed 16-bit numbers at 8,000 a second."""

    payload: int
    codes: bytes
    sizes: "array[int]"

    @property
    def silence(self) -> int:
        """The code of a sample of no size."""
        return self.codes[0]

    def encode(self, samples: "array[int]") -> bytes:
        """One byte for each sample."""
        codes = self.codes
        return bytes([codes[sample] for sample in array("H", samples.tobytes())])

    def decode(self, coded: bytes) -> "array[int]":
        """One sample for each byte."""
        return array("h", [self.sizes[code] for code in coded])


@cache
def law_for(payload: int) -> Law:
    """The coding of an RTP payload type: 0 is mu-law, 8 is A-law."""
    if payload == 0:
        return Law(0, _mulaw_codes(), _sizes(_mulaw_size))
    if payload == 8:
        return Law(8, _alaw_codes(), _sizes(_alaw_size))
    raise ValueError(f"payload type {payload} is not G.711: only 0 (PCMU) and 8 (PCMA) are")


def _runs(widths: list[int]) -> bytes:
    """Code 0 for the first `widths[0]` sizes, code 1 for the next `widths[1]`, and so on."""
    return b"".join(bytes([code]) * width for code, width in enumerate(widths))


def _repeated(codes: bytes, times: int) -> bytes:
    return b"".join(bytes([code]) * times for code in codes)


def _mulaw_codes() -> bytes:
    """By unsigned 16-bit sample. mu-law works on 14 bits with a bias of 33, and inverts every bit."""
    widths = [2 << (code >> 4) for code in range(128)]
    widths[0] -= 1
    widths[127] += 34
    by_size = _runs(widths)
    positive = bytes(code ^ 0xFF for code in by_size[:8192])
    negative = bytes(code ^ 0x7F for code in reversed(by_size[1:8193]))
    return _repeated(positive + negative, 4)


def _alaw_codes() -> bytes:
    """By unsigned 16-bit sample. A-law works on 13 bits, and inverts every second bit."""
    by_size = _runs([1 << max(code >> 4, 1) for code in range(128)])
    positive = bytes(code ^ 0xD5 for code in by_size)
    negative = bytes(code ^ 0x55 for code in reversed(by_size))
    return _repeated(positive + negative, 8)


def _sizes(size: Callable[[int], int]) -> "array[int]":
    return array("h", [size(code) for code in range(256)])


def _mulaw_size(code: int) -> int:
    chord, step = (~code & 0x70) >> 4, ~code & 0x0F
    size = (((step << 3) + 0x84) << chord) - 0x84
    return size if code & 0x80 else -size


def _alaw_size(code: int) -> int:
    plain = code ^ 0x55
    chord, step = (plain & 0x70) >> 4, plain & 0x0F
    size = (step << 4) + 8 if chord == 0 else ((step << 4) + 0x108) << (chord - 1)
    return size if plain & 0x80 else -size
