"""Pictures keep their pixels and lose everything else."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from media_values import GPS, chunk, exif, gif, jpeg, png, segment, webp

from skipline.base.pictures import BrokenPicture, dimensions, without_traces

TRACED = {
    "image/jpeg": jpeg(exif(6), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + GPS), segment(0xFE, GPS), behind=GPS),
    "image/png": png(chunk(b"eXIf", GPS), chunk(b"iTXt", b"XML:com.adobe.xmp\0" + GPS), behind=GPS),
    "image/webp": webp(traces=True),
}


@pytest.mark.parametrize("type_", TRACED)
def test_where_a_picture_was_taken_is_not_kept(type_: str) -> None:
    assert GPS in TRACED[type_]
    clean = without_traces(TRACED[type_], type_)
    assert GPS not in clean
    assert without_traces(clean, type_) == clean
    assert dimensions(clean, type_) == dimensions(TRACED[type_], type_)


def test_a_clean_picture_stays_as_it_is() -> None:
    for data, type_ in ((jpeg(), "image/jpeg"), (png(), "image/png"), (webp(), "image/webp"), (gif(), "image/gif")):
        assert without_traces(data, type_) == data


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_still_shown_upright(orientation: int) -> None:
    clean = without_traces(jpeg(exif(orientation)), "image/jpeg")
    told = b"\1\x12\0\3\0\0\0\1\0" + bytes([orientation])
    assert (told in clean) == (orientation != 1)
    assert b"ICC_PROFILE" in clean


def test_dimensions_are_read_from_the_head() -> None:
    assert dimensions(jpeg(width=30_000, height=20_000), "image/jpeg") == (30_000, 20_000)
    assert dimensions(png(width=30_000, height=30_000), "image/png") == (30_000, 30_000)
    assert dimensions(webp(width=3, height=5), "image/webp") == (3, 5)
    assert dimensions(gif(), "image/gif") == (2, 2)
    assert dimensions(b"%PDF-", "application/pdf") is None


@pytest.mark.parametrize("type_", TRACED)
def test_a_picture_that_breaks_off_anywhere_is_told(type_: str) -> None:
    whole = without_traces(TRACED[type_], type_)
    for length in range(12, len(whole) - 1):
        with pytest.raises(BrokenPicture):
            without_traces(whole[:length], type_)


@given(data=st.data(), type_=st.sampled_from([*TRACED, "image/gif"]))
def test_no_broken_bytes_break_us(data: st.DataObject, type_: str) -> None:
    broken = bytearray(TRACED.get(type_, gif()))
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    for look in (without_traces, dimensions):
        with suppress(BrokenPicture):
            look(bytes(broken), type_)
