import hashlib
from array import array

import pytest

from skipline.voice.g711 import law_for

EVERY_SAMPLE = array("h", range(-32768, 32768))
EVERY_CODE = bytes(range(256))


# The digests are those of the same tables made by the reference code of ITU-T G.191 as kept in CPython's audioop.
@pytest.mark.parametrize(
    ("payload", "coded", "decoded"),
    [(0, "81d633c9e6972a18", "3dab54339e520bb2"), (8, "38488f6fd710f468", "e04788d110e58ff8")],
)
def test_every_sample_and_every_code_is_as_the_standard_says(payload, coded, decoded):
    law = law_for(payload)
    assert hashlib.sha256(law.encode(EVERY_SAMPLE)).hexdigest()[:16] == coded
    assert hashlib.sha256(law.decode(EVERY_CODE).tobytes()).hexdigest()[:16] == decoded


@pytest.mark.parametrize("payload", [0, 8])
def test_a_sound_comes_back_within_a_step_of_its_size(payload):
    law = law_for(payload)
    back = law.decode(law.encode(EVERY_SAMPLE))
    assert all(
        abs(one - other) <= max(40, abs(one) // 16)
        for one, other in zip(EVERY_SAMPLE, back, strict=True)
        if abs(one) < 32000
    )


def test_silence_has_its_known_codes():
    assert (law_for(0).silence, law_for(8).silence) == (0xFF, 0xD5)


def test_other_payload_types_are_refused_by_name():
    with pytest.raises(ValueError, match=r"9 is not G\.711"):
        law_for(9)
