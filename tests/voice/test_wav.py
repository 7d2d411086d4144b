import io
import struct
import wave
from array import array

import pytest

from skipline.voice.g711 import law_for
from skipline.voice.pcm import AudioMistake, Pcm
from skipline.voice.tones import tone
from skipline.voice.wav import read_wav, write_wav

TONE = tone(440, 0.1)


def wav(kind, channels, rate, bits, data, extra=b""):
    block = channels * bits // 8
    form = struct.pack("<HHIIHH", kind, channels, rate, rate * block, block, bits) + extra
    chunks = b"fmt " + struct.pack("<I", len(form)) + form + b"LIST" + struct.pack("<I", 3) + b"odd\0"
    body = b"WAVE" + chunks + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def is_near(samples, other, limit):
    return len(samples) == len(other) and all(abs(a - b) <= limit for a, b in zip(samples, other, strict=True))


def test_what_we_write_the_standard_library_reads():
    with wave.open(io.BytesIO(write_wav(Pcm(TONE, 8000)))) as opened:
        assert (opened.getnchannels(), opened.getsampwidth(), opened.getframerate()) == (1, 2, 8000)
        assert opened.readframes(opened.getnframes()) == TONE.tobytes()


@pytest.mark.parametrize(
    ("made", "limit"),
    [
        (wav(1, 1, 8000, 16, TONE.tobytes()), 0),
        (wav(1, 1, 8000, 8, bytes((one >> 8) + 128 for one in TONE)), 256),
        (wav(1, 1, 8000, 24, b"".join((one << 8).to_bytes(3, "little", signed=True) for one in TONE)), 0),
        (wav(1, 1, 8000, 32, array("i", [one << 16 for one in TONE]).tobytes()), 0),
        (wav(3, 1, 8000, 32, array("f", [one / 32767 for one in TONE]).tobytes()), 1),
        (wav(6, 1, 8000, 8, law_for(8).encode(TONE)), 300),
        (wav(7, 1, 8000, 8, law_for(0).encode(TONE)), 300),
        (wav(0xFFFE, 1, 8000, 16, TONE.tobytes(), struct.pack("<HHIH", 22, 16, 4, 1) + bytes(14)), 0),
        (wav(1, 2, 8000, 16, array("h", [one for size in TONE for one in (size, size)]).tobytes()), 0),
        (wav(1, 1, 8000, 16, TONE.tobytes() + b"\x01"), 0),
    ],
    ids=["16 bit", "8 bit", "24 bit", "32 bit", "float", "A-law", "mu-law", "extensible", "stereo", "cut sample"],
)
def test_each_kind_of_wav_gives_the_same_sound(made, limit):
    read = read_wav(made)
    assert read.rate == 8000
    assert is_near(read.samples, TONE, limit)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not a WAV"),
        (b"ID3\x03 an mp3", "not a WAV"),
        (wav(1, 1, 8000, 16, TONE.tobytes())[:30], "no|not a WAV"),
        (wav(1, 1, 8000, 16, b""), "holds no sound"),
        (wav(2, 1, 8000, 4, b"12345678"), "coding 2"),
        (wav(1, 0, 8000, 16, TONE.tobytes()), "0 channels"),
        (wav(1, 1, 0, 16, TONE.tobytes()), "0 samples a second"),
        (wav(1, 1, 400_000_000, 16, TONE.tobytes()), "400000000 samples"),
    ],
)
def test_what_is_no_usable_wav_is_told_in_a_sentence(data, says):
    with pytest.raises(AudioMistake, match=says):
        read_wav(data)


def test_every_cut_of_a_wav_is_read_or_refused_but_never_breaks():
    whole = wav(1, 2, 8000, 16, TONE.tobytes())
    outcomes = set()
    for length in range(0, len(whole), 7):
        try:
            outcomes.add(type(read_wav(whole[:length])))
        except AudioMistake as mistake:
            outcomes.add(type(mistake))
    assert outcomes == {Pcm, AudioMistake}
