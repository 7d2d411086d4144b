"""What a file is, by its bytes alone."""

import pytest
from media_values import HTML, PDF, SVG, VOICE, archive, gif, jpeg, movie, png, webp

from skipline.base.file_types import sniff

OFFICE = "application/vnd.openxmlformats-officedocument"


@pytest.mark.parametrize(
    ("data", "type_"),
    [
        (jpeg(), "image/jpeg"),
        (png(), "image/png"),
        (gif(), "image/gif"),
        (webp(), "image/webp"),
        (movie(b"heic"), "image/heic"),
        (movie(), "video/mp4"),
        (movie(b"qt  "), "video/quicktime"),
        (movie(b"3gp4"), "video/3gpp"),
        (movie(b"M4A "), "audio/mp4"),
        (VOICE, "audio/ogg"),
        (b"#!AMR\n\x3c", "audio/amr"),
        (b"ID3\4\0", "audio/mpeg"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav"),
        (PDF, "application/pdf"),
        (archive("a.txt"), "application/zip"),
        (
            archive("[Content_Types].xml", "word/document.xml"),
            f"{OFFICE}.wordprocessingml.document",
        ),
        (
            archive("[Content_Types].xml", "xl/workbook.xml"),
            f"{OFFICE}.spreadsheetml.sheet",
        ),
        (b"BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\n", "text/vcard"),
        ("Grüße, 12 < 13".encode(), "text/plain"),
        (SVG, "image/svg+xml"),
        (HTML, "text/html"),
        (b"  <svg onload=alert(1)>", "image/svg+xml"),
        (b"MZ\x90\0\3", ""),
        (b"\x7fELF\2", ""),
        (b"text with a \0 in it", ""),
        ("é".encode("latin-1"), ""),
        (b"", ""),
    ],
)
def test_the_bytes_tell_the_type(data: bytes, type_: str) -> None:
    assert sniff(data) == type_
