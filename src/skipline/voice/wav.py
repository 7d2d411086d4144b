"""WAV files (RIFF): read whatever a sound editor or a telephone system writes, write the plainest kind."""

import struct
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from skipline.voice.g711 import law_for
from skipline.voice.pcm import AudioMistake, Pcm

LARGEST_WAV_BYTES = 50_000_000

_PCM, _FLOAT, _ALAW, _MULAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE


@dataclass(frozen=True, slots=True)
class _Format:
    kind: int
    channels: int
    rate: int
    bits: int


def read_wav(data: bytes) -> Pcm:
    """The sound of a WAV file, its channels mixed into one. Raises `AudioMistake` when it cannot be read."""
    chunks = dict(_chunks(data))
    if b"fmt " not in chunks or b"data" not in chunks:
        raise AudioMistake("this is not a WAV file with sound in it: save it as WAV, 16-bit PCM")
    form = _read_format(chunks[b"fmt "])
    mixed = _mix(_samples(form, chunks[b"data"]), form.channels)
    if not mixed:
        raise AudioMistake("the WAV file holds no sound")
    return Pcm(mixed, form.rate)


def write_wav(pcm: Pcm) -> bytes:
    """`pcm` as a 16-bit WAV file."""
    data = _little_endian(pcm.samples).tobytes()
    head = struct.pack(
        "<4sI4s4sIHHIIHH", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, _PCM, 1, pcm.rate, pcm.rate * 2, 2, 16
    )
    return head + struct.pack("<4sI", b"data", len(data)) + data


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    if len(data) > LARGEST_WAV_BYTES:
        raise AudioMistake(f"the WAV file is larger than {LARGEST_WAV_BYTES // 1_000_000} MB")
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise AudioMistake("this is not a WAV file: save it as WAV, 16-bit PCM")
    position = 12
    while position + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, position)
        yield name, data[position + 8 : position + 8 + size]
        position += 8 + size + size % 2


def _read_format(chunk: bytes) -> _Format:
    if len(chunk) < 16:
        raise AudioMistake("the WAV file's format chunk is cut short")
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", chunk)
    if kind == _EXTENSIBLE and len(chunk) >= 26:
        kind = struct.unpack_from("<H", chunk, 24)[0]
    if not 1 <= channels <= 8:
        raise AudioMistake(f"the WAV file has {channels} channels: 1 or 2 would do")
    return _Format(kind, channels, rate, bits)


def _samples(form: _Format, data: bytes) -> "array[int]":
    match form.kind, form.bits:
        case (1, 16):
            return _little_endian(array("h", data[: len(data) // 2 * 2]))
        case (1, 8):
            return array("h", [(size - 128) << 8 for size in data])
        case (1, 24 | 32):
            return _upper_halves(data, form.bits // 8)
        case (3, 32):
            return _from_floats(array("f", data[: len(data) // 4 * 4]))
        case (6, 8):
            return law_for(8).decode(data)
        case (7, 8):
            return law_for(0).decode(data)
    raise AudioMistake(f"the WAV file's coding {form.kind} with {form.bits} bits is not known: save it as 16-bit PCM")


def _upper_halves(data: bytes, width: int) -> "array[int]":
    """The two most significant bytes of each sample of `width` bytes."""
    count = len(data) // width
    halves = bytearray(2 * count)
    halves[0::2] = data[width - 2 : count * width : width]
    halves[1::2] = data[width - 1 : count * width : width]
    return _little_endian(array("h", bytes(halves)))


def _from_floats(sizes: "array[float]") -> "array[int]":
    if sys.byteorder == "big":
        sizes.byteswap()
    return array("h", [max(-32768, min(32767, round(size * 32767))) if size == size else 0 for size in sizes])


def _mix(samples: "array[int]", channels: int) -> "array[int]":
    if channels == 1:
        return samples
    frames = zip(*(samples[channel::channels] for channel in range(channels)), strict=False)
    return array("h", [sum(frame) // channels for frame in frames])


def _little_endian(samples: "array[int]") -> "array[int]":
    if sys.byteorder == "little":
        return samples
    swapped = array("h", samples)
    swapped.byteswap()
    return swapped
