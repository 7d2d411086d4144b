import random

import pytest

from skipline.voice.phone.stream import OutgoingStream
from skipline.voice.rtp import DIGITS, RtpPacket, read_digit, read_packet, write_digit, write_packet
from skipline.voice.tones import tone


def test_a_packet_comes_back_as_it_went():
    packet = RtpPacket(8, 65535, 2**32 - 1, 7, b"sound", is_first=True)
    assert read_packet(write_packet(packet)) == packet


def test_what_others_put_into_a_packet_is_left_out_of_its_sound():
    contributors, extension, padding = b"\0" * 8, b"\xbe\xde\0\1\0\0\0\0", b"\0\0\0\4"
    plain = write_packet(RtpPacket(0, 1, 2, 3, b""))
    packed = bytes([0x80 | 0x20 | 0x10 | 2]) + plain[1:] + contributors + extension + b"sound" + padding
    assert read_packet(packed) == RtpPacket(0, 1, 2, 3, b"sound")


@pytest.mark.parametrize(
    "data", [b"", b"\x80", b"\x00" * 40, b"\x80\xc8" + bytes(30), b"\xbf\x00" + bytes(20) + b"\xff"]
)
def test_what_is_no_sound_is_no_packet(data):
    assert read_packet(data) is None


def test_noise_never_breaks_the_reader():
    rng = random.Random(3)
    read = [read_packet(bytes([0x80 | rng.randrange(64)]) + rng.randbytes(rng.randrange(40))) for _ in range(5000)]
    assert None in read
    assert any(isinstance(one, RtpPacket) for one in read)


def test_each_key_is_said_and_ended_three_times():
    for digit in DIGITS:
        events = [read_digit(body) for body in write_digit(digit)]
        assert [event.digit for event in events] == [digit] * 8
        assert [event.is_end for event in events] == [False] * 5 + [True] * 3
    with pytest.raises(ValueError, match="substring"):
        list(write_digit("x"))


def test_a_stream_counts_on_through_keys_holds_and_other_sounds():
    stream = OutgoingStream()
    stream.use(8, 97)
    stream.play(tone(440, 0.05))
    first = [read_packet(stream.next_packet()) for _ in range(3)]
    assert [one.is_first for one in first] == [True, False, False]
    assert {one.payload for one in first} == {8}
    assert first[1].timestamp - first[0].timestamp == 160
    assert {len(one.body) for one in first} == {160}
    assert stream.press("5") == pytest.approx(0.22)
    keys = [read_packet(stream.next_packet()) for _ in range(8)]
    assert {one.payload for one in keys} == {97}
    assert {one.timestamp for one in keys} == {first[2].timestamp + 160}
    assert [one.sequence - first[2].sequence for one in keys] == list(range(1, 9))
    stream.is_muted = True
    assert [stream.next_packet() for _ in range(5)] == [None] * 5
    stream.is_muted = False
    after = read_packet(stream.next_packet())
    assert after.timestamp == first[2].timestamp + 14 * 160
    assert after.sequence == keys[-1].sequence + 1
