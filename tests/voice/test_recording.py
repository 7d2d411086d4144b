"""Putting a recording together from packets that come late, twice, out of order, from another stream, or never."""

import random
from array import array

import pytest

from skipline.voice.g711 import law_for
from skipline.voice.phone import loudness, pitch
from skipline.voice.recording import Recording
from skipline.voice.rtp import RtpPacket
from skipline.voice.tones import tone


def packets(hz: float, seconds: float, *, payload: int = 0, start: int = 0, source: int = 7) -> list[RtpPacket]:
    coded = law_for(payload).encode(tone(hz, seconds))
    return [
        RtpPacket(
            payload, number, (start + number * 160) & 0xFFFFFFFF, source, coded[number * 160 : number * 160 + 160]
        )
        for number in range(len(coded) // 160)
    ]


@pytest.mark.parametrize("payload", [0, 8])
@pytest.mark.parametrize("start", [0, 0xFFFFFF00], ids=["plain", "the timestamp wraps"])
def test_packets_in_any_order_and_twice_make_one_sound(payload: int, start: int) -> None:
    sent = packets(440, 1.0, payload=payload, start=start)
    recording = Recording(payload, 10)
    recording.take(sent[0])
    mixed = sent[1:] + sent[5:9]
    random.Random(7).shuffle(mixed)
    for packet in mixed:
        recording.take(packet)
    assert recording.samples(0.0) == law_for(payload).decode(b"".join(packet.body for packet in sent))
    assert recording.seconds == 1.0


def test_what_never_came_is_silence_of_its_own_length() -> None:
    recording = Recording(0, 10)
    for packet in [*packets(440, 1.0)[:20], *packets(440, 1.0)[30:]]:
        recording.take(packet)
    samples = recording.samples(0.0)
    assert len(samples) == 8000
    assert loudness(samples[20 * 160 : 30 * 160]) == 0.0
    assert pitch(samples[:3200]) == pytest.approx(440, abs=5)
    assert pitch(samples[4800:]) == pytest.approx(440, abs=5)


def test_another_stream_goes_on_at_the_end() -> None:
    recording = Recording(0, 10)
    for packet in [*packets(440, 0.5), *packets(600, 0.5, start=999_999, source=8)]:
        recording.take(packet)
    samples = recording.samples(0.0)
    assert recording.seconds == 1.0
    assert [pitch(samples[:4000]), pitch(samples[4000:])] == pytest.approx([440, 600], abs=5)


def test_silence_at_the_end_is_cut_and_who_speaks_is_told() -> None:
    recording = Recording(0, 10)
    silence = [RtpPacket(0, 0, 4000 + 160 * n, 7, bytes([0xFF]) * 160) for n in range(100)]
    assert [recording.take(packet) for packet in packets(440, 0.5)].count(True) == 25
    assert not any(recording.take(packet) for packet in silence)
    assert recording.seconds == 2.5
    assert recording.voiced_seconds == pytest.approx(0.5)
    assert len(recording.samples()) == 8000


def test_no_more_is_taken_than_was_asked_for() -> None:
    recording = Recording(0, 0.5)
    for packet in packets(440, 2.0):
        recording.take(packet)
    assert recording.is_full
    assert recording.seconds == 0.5


def test_keys_and_other_codings_are_not_sound() -> None:
    recording = Recording(0, 10)
    assert not recording.take(RtpPacket(101, 1, 0, 7, b"\x05\x0a\x00\xa0"))
    assert not recording.take(packets(440, 0.02, payload=8)[0])
    assert recording.samples() == array("h")
