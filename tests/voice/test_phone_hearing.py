import random
from array import array

import pytest

from skipline.voice.g711 import law_for
from skipline.voice.phone.hearing import hear, loudness, pitch
from skipline.voice.tones import silence, tone


@pytest.mark.parametrize("hz", [200, 425, 440, 697, 1000, 1633, 3000])
@pytest.mark.parametrize("payload", [0, 8])
def test_a_tone_is_told_to_the_hertz_after_its_way_through_g711(hz, payload):
    law = law_for(payload)
    assert pitch(law.decode(law.encode(tone(hz, 0.5)))) == pytest.approx(hz, abs=2)


def test_silence_and_noise_are_no_tones():
    rng = random.Random(5)
    assert pitch(silence(0.5)) == 0
    assert pitch(tone(440, 0.1)) is None
    assert pitch(array("h", [rng.randrange(-8000, 8000) for _ in range(4000)])) is None
    assert pitch(array("h", [a + b for a, b in zip(tone(400, 0.5), tone(1300, 0.5), strict=True)])) is None


def test_a_recording_is_told_tone_by_tone():
    heard = hear(tone(425, 1.024) + silence(0.512) + tone(1000, 1.024))
    assert [stretch.hz and round(stretch.hz / 5) * 5 for stretch in heard] == [425, 0, 1000]
    assert heard[1].begin_seconds == pytest.approx(1.024, abs=0.13)
    assert heard[2].end_seconds == pytest.approx(2.56, abs=0.13)


def test_loudness_is_the_root_mean_square():
    assert loudness(array("h", [3, -3, 3, -3])) == 3
    assert loudness(tone(1000, 0.1, loudness=10000)) == pytest.approx(7071, rel=0.01)
    assert loudness(array("h")) == 0
