"""What contacts send is shown as what it is, without traces, or kept aside with the reason."""

import hashlib
import zlib

import pytest
from media_values import GPS, HTML, PDF, SVG, VOICE, archive, chunk, exif, gif, jpeg, movie, png, webp

from skipline.centre.media import MEGABYTE, look_at

WORD = archive("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("data", "kind", "told"),
    [
        (jpeg(), "image", "image/jpeg"),
        (png(), "image", "image/jpeg"),
        (webp(), "sticker", "image/webp"),
        (VOICE, "audio", "audio/ogg; codecs=opus"),
        (movie(), "video", "video/mp4"),
        (movie(), "audio", "audio/mp4"),
        (gif(), "video", "video/mp4"),
        (PDF, "document", "application/pdf"),
        (WORD, "document", "application/octet-stream"),
        (b"a;b\n1;2\n", "document", "text/csv"),
        (jpeg(), "document", "image/jpeg"),
    ],
)
def test_what_is_what_it_says_is_shown(data: bytes, kind: str, told: str) -> None:
    seen = look_at(data, kind, told)
    assert (seen.problem, seen.data) == ("", data)


@pytest.mark.parametrize(
    ("data", "kind", "told", "why"),
    [
        (SVG, "image", "image/svg+xml", "may run in a browser"),
        (SVG, "image", "image/png", "may run in a browser"),
        (HTML, "document", "text/plain", "may run in a browser"),
        (HTML, "document", "", "may run in a browser"),
        (PDF, "image", "image/jpeg", "called image/jpeg, and is application/pdf"),
        (jpeg(), "audio", "audio/ogg", "called audio/ogg, and is image/jpeg"),
        (PDF, "document", "image/png", "called image/png, and is application/pdf"),
        (b"MZ\x90\0" + b"\0" * 50, "document", "application/pdf", "no type that is known"),
        (b"\x7fELF\2\1\1", "image", "image/png", "no type that is known"),
        (b"", "image", "image/png", "no type that is known"),
        (gif(HTML), "image", "image/gif", "something in it that a browser may run"),
        (gif(archive("evil.class")), "image", "image/gif", "and a ZIP archive at once"),
        (gif(PDF), "image", "image/gif", "and a PDF at once"),
        (PDF + archive("evil.class"), "document", "application/pdf", "and a ZIP archive at once"),
        (b"ID3\4\0" + HTML, "audio", "audio/mpeg", "something in it that a browser may run"),
        (png(width=30_000, height=30_000), "image", "image/png", "30000 by 30000 pixels"),
        (jpeg()[:-20], "image", "image/jpeg", "no whole picture"),
        (b"\xff\xd8\xff", "image", "image/jpeg", "no whole picture"),
        (png(chunk(b"tRNS", b"\0" * MEGABYTE)), "sticker", "image/png", "larger than 1 MB"),
    ],
)
def test_what_is_something_else_is_kept_aside(data: bytes, kind: str, told: str, why: str) -> None:
    seen = look_at(data, kind, told)
    assert why in seen.problem
    assert seen.data == data


@pytest.mark.parametrize(
    "data",
    [
        jpeg(exif(), behind=archive("evil.class")),
        jpeg(exif(), behind=HTML),
        png(chunk(b"tEXt", b"Comment\0" + HTML + GPS), behind=PDF),
        png(chunk(b"zTXt", b"Comment\0\0" + zlib.compress(HTML)), behind=HTML + GPS),
        webp(traces=True),
    ],
)
def test_what_hides_in_a_picture_is_left_behind(data: bytes) -> None:
    seen = look_at(data, "image")
    assert seen.problem == ""
    assert len(seen.data) < len(data)
    for trace in (GPS, b"<script", b"PK\5\6", b"%PDF", b"tXt"):
        assert trace not in seen.data


def test_a_file_must_be_the_one_that_was_announced() -> None:
    digest = hashlib.sha256(PDF).hexdigest()
    assert look_at(PDF, "document", "", digest.upper()).problem == ""
    assert "not the file" in look_at(PDF + b" ", "document", "", digest).problem
