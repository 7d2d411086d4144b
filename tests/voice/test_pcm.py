from array import array

import pytest
from rtp_party import frequency

from skipline.voice.pcm import AudioMistake, Pcm, resample
from skipline.voice.tones import ringback, tone


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000, 6000])
def test_a_tone_keeps_its_pitch_length_and_loudness_at_the_telephones_rate(rate):
    made = resample(Pcm(tone(1000, 0.5, rate=rate), rate), 8000)
    assert made.seconds == pytest.approx(0.5, abs=0.001)
    assert frequency(made.samples) == pytest.approx(1000, rel=0.01)
    middle = made.samples[800:-800]
    assert max(middle) == pytest.approx(8000, rel=0.05)


def test_what_the_telephone_cannot_carry_is_gone_and_not_folded_back():
    made = resample(Pcm(tone(7000, 0.3, rate=22050), 22050), 8000)
    assert max(made.samples[400:-400]) < 400


def test_a_full_swing_is_clipped_and_never_wraps_round():
    square = array("h", ([32767] * 11 + [-32768] * 11) * 200)
    made = resample(Pcm(square, 22050), 8000)
    assert max(made.samples) > 30000
    assert min(made.samples) < -30000


def test_nothing_stays_nothing():
    assert len(resample(Pcm(array("h"), 22050), 8000).samples) == 0


@pytest.mark.parametrize("rate", [0, -8000, 3999, 192_001])
def test_a_rate_out_of_range_is_refused(rate):
    with pytest.raises(AudioMistake, match="samples a second"):
        Pcm(array("h"), rate)


def test_ringback_rings_a_second_and_is_silent_for_four():
    ring = ringback()
    assert len(ring) == 40_000
    assert frequency(ring[:8000]) == pytest.approx(425, rel=0.01)
    assert not any(ring[8000:])
