"""The music that comes with Skipline for callers who wait: computed, so nobody's rights are in it.

Eight chords of soft bells over a quiet ground, 48 seconds that end where they begin. `python -m skipline.voice.tune`
writes its samples; computing them takes about a second, so it is done once, in a process of its own.
"""

import math
import sys
from array import array
from collections.abc import Iterator
from functools import cache
from operator import add

from skipline.voice.g711 import RATE

TUNE_NAME = "bells-1"
"""Changes whenever the tune does, so that no old copy of it is played."""

_BEAT_SECONDS = 0.75
_BEATS_PER_CHORD = 4
_CHORDS = (
    (48, 64, 67, 71),  # C major 7; MIDI numbers, 69 is 440 Hz
    (45, 60, 64, 67),  # A minor 7
    (41, 60, 65, 69),  # F major 7
    (43, 62, 67, 69),  # G 9
    (40, 59, 64, 67),  # E minor 7
    (45, 60, 64, 69),  # A minor
    (38, 60, 65, 69),  # D minor 7
    (43, 59, 65, 67),  # G 7
)
_PATTERNS = ((1, 2, 3, 2, 1, 3, 2, 3), (3, 2, 1, 2, 3, 1, 2, 1))
"""Which note of the chord each half beat strikes, in the first and in the second round."""

_BELL_LOUDNESS, _GROUND_LOUDNESS = 3600.0, 2100.0
_BELL = ((1.0, 1.0), (2.0, 0.35), (3.0, 0.12))
"""Partials of a bell: how many times the note's frequency, and how loud."""


def tune() -> "array[int]":
    """All samples of one round, to be repeated."""
    mixed = [0.0] * round(len(_PATTERNS) * len(_CHORDS) * _BEATS_PER_CHORD * _BEAT_SECONDS * RATE)
    for seconds, wave in _notes():
        _mix(mixed, round(seconds * RATE), wave)
    return array("h", [round(size) for size in mixed])


def _notes() -> Iterator[tuple[float, tuple[float, ...]]]:
    at = 0.0
    for pattern in _PATTERNS:
        for chord in _CHORDS:
            yield at, _ground(chord[0] + 12)
            for number, place in enumerate(pattern):
                yield at + number * _BEAT_SECONDS / 2, _bell(chord[place])
            at += _BEATS_PER_CHORD * _BEAT_SECONDS


def _mix(mixed: list[float], start: int, wave: tuple[float, ...]) -> None:
    """Add `wave` from `start` on; what is left at the end sounds on at the beginning."""
    first = min(len(wave), len(mixed) - start)
    mixed[start : start + first] = map(add, mixed[start : start + first], wave)
    rest = len(wave) - first
    mixed[:rest] = map(add, mixed[:rest], wave[first:])


@cache
def _bell(note: int) -> tuple[float, ...]:
    """A struck note that dies away within two seconds."""
    hz = _hz(note)
    return tuple(
        _BELL_LOUDNESS
        * min(1.0, place / 60)
        * math.exp(-place / (0.45 * RATE))
        * sum(share * math.sin(2 * math.pi * hz * times * place / RATE) for times, share in _BELL)
        for place in range(2 * RATE)
    )


@cache
def _ground(note: int) -> tuple[float, ...]:
    """A soft note that swells and fades for a chord and a little longer."""
    hz, length = _hz(note), round((_BEATS_PER_CHORD * _BEAT_SECONDS + 0.5) * RATE)
    return tuple(
        _GROUND_LOUDNESS * math.sin(math.pi * place / length) ** 2 * math.sin(2 * math.pi * hz * place / RATE)
        for place in range(length)
    )


def _hz(note: int) -> float:
    return 440.0 * math.pow(2.0, (note - 69) / 12)


if __name__ == "__main__":
    sys.stdout.buffer.write(tune().tobytes())
