"""Tones that telephones make: plain ones, ringback, and silence between them."""

import math
from array import array

from skipline.voice.g711 import RATE

LOUDNESS = 8000
"""Peak size of our tones, about -12 dBm0: plain to hear, never unpleasant."""


def tone(hz: float, seconds: float, *, rate: int = RATE, loudness: int = LOUDNESS) -> "array[int]":
    """A pure tone as samples; 0 Hz is silence."""
    turn = 2 * math.pi * hz / rate
    return array("h", [round(loudness * math.sin(turn * number)) for number in range(round(seconds * rate))])


def silence(seconds: float, *, rate: int = RATE) -> "array[int]":
    """Nothing, as samples."""
    return array("h", bytes(2 * round(seconds * rate)))


def ringback(*, hz: float = 425, on_seconds: float = 1, off_seconds: float = 4) -> "array[int]":
    """One round of what a caller hears while the other side rings (ITU-T E.180: 425 Hz, 1 s on and 4 s off)."""
    return tone(hz, on_seconds) + silence(off_seconds)
