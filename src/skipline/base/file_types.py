"""What a file is, by its own bytes: neither its name nor what somebody calls it counts.

The table is our own. `filetype` 1.2 knows no AMR (voice messages of older phones) and no text, and takes every Office
document for a ZIP; `puremagic` guesses by the name too. Both know two hundred types, of which contacts send twenty, and
what is not known here is not served.
"""

import re

UNKNOWN = ""
HTML, SVG, TEXT = "text/html", "image/svg+xml", "text/plain"

_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"OggS", "audio/ogg"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
    (b"\xff\xf1", "audio/aac"),
    (b"\xff\xf9", "audio/aac"),
    (b"fLaC", "audio/flac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"%PDF-", "application/pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_BRANDS = (
    (b"hei", "image/heic"),
    (b"hev", "image/heic"),
    (b"mif1", "image/heic"),
    (b"msf1", "image/heic"),
    (b"avif", "image/avif"),
    (b"M4A", "audio/mp4"),
    (b"M4B", "audio/mp4"),
    (b"qt  ", "video/quicktime"),
    (b"3g", "video/3gpp"),
)
_OFFICE = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
_OPEN_DOCUMENT = re.compile(rb"mimetype(application/vnd\.oasis\.opendocument\.[a-z-]{3,20})")
_ACTIVE = re.compile(
    rb"<\s{0,9}(?:script|html|body|iframe|svg|!doctype|\?xml|\?php|object|embed)\b|javascript:", re.IGNORECASE
)
# Long enough not to turn up by chance among the pixels of one photo in a hundred thousand.
_ACTIVE_IN_BINARY = re.compile(rb"<(?:script|html|iframe|!doctype|\?php)[\s>/]", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_LOOKED_AT = 4096


def sniff(data: bytes) -> str:
    """The MIME type of a file's bytes; empty when they are nothing we know."""
    for magic, type_ in _MAGIC:
        if data.startswith(magic):
            return type_
    if data[:4] == b"RIFF":
        return _RIFF.get(data[8:12], UNKNOWN)
    if data[4:8] == b"ftyp":
        return next((type_ for brand, type_ in _BRANDS if data[8:12].startswith(brand)), "video/mp4")
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data)
    return _text(data)


def is_active(data: bytes) -> bool:
    """Whether these bytes of another type hold something that a browser may run, wherever in them."""
    return _ACTIVE_IN_BINARY.search(data) is not None


def _zipped(data: bytes) -> str:
    """Office documents are ZIP archives that name their parts (ECMA-376 part 2; OpenDocument 1.3 part 2)."""
    found = _OPEN_DOCUMENT.match(data, 30)
    if found is not None:
        return found[1].decode()
    if b"[Content_Types].xml" not in data:
        return "application/zip"
    return next((type_ for part, type_ in _OFFICE if part in data), "application/zip")


def _text(data: bytes) -> str:
    try:
        data.decode()
    except UnicodeDecodeError:
        return UNKNOWN
    if not data or _CONTROL.search(data):
        return UNKNOWN
    if _ACTIVE.search(data):
        return SVG if re.search(rb"<\s*svg\b", data[:_LOOKED_AT], re.IGNORECASE) else HTML
    return "text/vcard" if data.startswith(b"BEGIN:VCARD") else TEXT
