"""Tells what a recording sounds like: how loud, which tone, and when each tone was there."""

import cmath
import math
from array import array
from dataclasses import dataclass

from skipline.voice.g711 import RATE

QUIET = 100.0
"""Root mean square below which we call it silence; a usual tone has about 5,600."""

_WINDOW = 1024
_PURE_SHARE = 0.7
_SAME_PITCH_HZ = 12.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a recording with one tone; `hz` 0 is silence, None is sound without one pitch, such as speech."""

    begin_seconds: float
    end_seconds: float
    hz: float | None


def loudness(samples: "array[int]") -> float:
    """Root mean square of the samples; full scale is 32,767."""
    return math.sqrt(sum(size * size for size in samples) / len(samples)) if samples else 0.0


def pitch(samples: "array[int]") -> float | None:
    """The frequency, in Hz, of the one tone in the middle of `samples`.

    0 when it is silent, None when no single tone stands out or less than 128 ms were heard.
    """
    if len(samples) < _WINDOW:
        return None
    middle = (len(samples) - _WINDOW) // 2
    return _pitch_of(samples[middle : middle + _WINDOW])


def hear(samples: "array[int]") -> tuple[Stretch, ...]:
    """The recording as stretches of one tone each, told in steps of 128 ms."""
    stretches: list[Stretch] = []
    for start in range(0, len(samples) - _WINDOW + 1, _WINDOW):
        hz = _pitch_of(samples[start : start + _WINDOW])
        begin, end = start / RATE, (start + _WINDOW) / RATE
        if stretches and _is_same(stretches[-1].hz, hz):
            stretches[-1] = Stretch(stretches[-1].begin_seconds, end, stretches[-1].hz)
        else:
            stretches.append(Stretch(begin, end, hz))
    return tuple(stretches)


def _is_same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= _SAME_PITCH_HZ


def _pitch_of(samples: "array[int]") -> float | None:
    if loudness(samples) < QUIET:
        return 0.0
    powers = _powers(samples)
    peak = max(range(1, len(powers) - 1), key=powers.__getitem__)
    share = sum(powers[max(0, peak - 2) : peak + 3]) / sum(powers)
    if share < _PURE_SHARE:
        return None
    return round((peak + _lean(powers, peak)) * RATE / _WINDOW, 1)


def _lean(powers: list[float], peak: int) -> float:
    """How far the true peak lies beside the highest bin: a parabola through the logarithms of three."""
    left, top, right = (math.log(powers[one] + 1e-9) for one in (peak - 1, peak, peak + 1))
    curve = left - 2 * top + right
    return 0.5 * (left - right) / curve if curve else 0.0


def _powers(samples: "array[int]") -> list[float]:
    """The power in each frequency bin up to half the rate, through a Hann window."""
    shaped = [size * (0.5 - 0.5 * math.cos(2 * math.pi * place / _WINDOW)) for place, size in enumerate(samples)]
    return [abs(one) ** 2 for one in _transform([complex(size) for size in shaped])[: _WINDOW // 2]]


def _transform(values: list[complex]) -> list[complex]:
    """The fast Fourier transform of a power of two of values."""
    if len(values) == 1:
        return values
    even, odd = _transform(values[::2]), _transform(values[1::2])
    turn = cmath.exp(-2j * cmath.pi / len(values))
    turned, twist = [], 1 + 0j
    for one in odd:
        turned.append(twist * one)
        twist *= turn
    return [a + b for a, b in zip(even, turned, strict=True)] + [a - b for a, b in zip(even, turned, strict=True)]
