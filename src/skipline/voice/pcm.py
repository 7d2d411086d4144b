"""Sound as samples: one channel of signed 16-bit numbers, and the change from any rate to the telephone's."""

import math
import operator
from array import array
from dataclasses import dataclass

RATES = range(4000, 192_001)
"""Samples per second that we take."""

_ZERO_CROSSINGS = 8


class AudioMistake(ValueError):
    """A sound that cannot be used; says why and what would do."""


@dataclass(frozen=True, slots=True)
class Pcm:
    """Signed 16-bit samples in one channel, `rate` of them a second."""

    samples: "array[int]"
    rate: int

    def __post_init__(self) -> None:
        if self.rate not in RATES:
            raise AudioMistake(f"{self.rate} samples a second is outside {RATES.start} to {RATES.stop - 1}")

    @property
    def seconds(self) -> float:
        """How long it sounds."""
        return len(self.samples) / self.rate


def resample(pcm: Pcm, rate: int) -> Pcm:
    """The same sound at another rate, by windowed-sinc interpolation, without what the new rate cannot carry.

    Pure arithmetic that takes about 30 ms for a second of sound: keep it out of a voice worker's loop.
    """
    if pcm.rate == rate:
        return pcm
    shared = math.gcd(pcm.rate, rate)
    up, down = rate // shared, pcm.rate // shared
    kernels = _kernels(up, down)
    reach = len(kernels[0]) // 2
    padded = array("h", bytes(2 * reach)) + pcm.samples + array("h", bytes(2 * reach + 2))
    made = array("h", bytes(2 * (len(pcm.samples) * up // down)))
    for number in range(len(made)):
        position, phase = divmod(number * down, up)
        taps = padded[position + 1 : position + 1 + 2 * reach]
        made[number] = _clipped(sum(map(operator.mul, kernels[phase], taps)))
    return Pcm(made, rate)


def _kernels(up: int, down: int) -> list[list[float]]:
    """For each place between two samples, what the samples around it count."""
    cutoff = min(1.0, up / down)
    reach = math.ceil(_ZERO_CROSSINGS / cutoff)
    return [_kernel(phase / up, reach, cutoff) for phase in range(up)]


def _kernel(offset: float, reach: int, cutoff: float) -> list[float]:
    weights = []
    for index in range(1 - reach, reach + 1):
        distance = index - offset
        window = 0.5 + 0.5 * math.cos(math.pi * distance / (reach + 1))
        weights.append(_sinc(distance * cutoff) * window)
    total = sum(weights)
    return [weight / total for weight in weights]


def _sinc(place: float) -> float:
    return math.sin(math.pi * place) / (math.pi * place) if place else 1.0


def _clipped(size: float) -> int:
    return max(-32768, min(32767, round(size)))
