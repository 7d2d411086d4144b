"""Small files of many types, made by hand from what their standards say."""

import io
import os
import struct
import zipfile
import zlib
from datetime import datetime
from pathlib import Path

GPS = b"GPSLatitude 52.3731 N"
"""What no picture may still hold that is shown."""


def exif(orientation: int = 6) -> bytes:
    """An Exif segment as phones write it, with a place in it."""
    entries = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0) + struct.pack("<HHII", 0x8825, 4, 1, 38)
    tiff = b"II*\0" + struct.pack("<IH", 8, 2) + entries + struct.pack("<I", 0) + GPS
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def jpeg(*extra: bytes, width: int = 4, height: int = 3, behind: bytes = b"") -> bytes:
    """A JPEG of two scans with stuffed bytes and restart markers; `extra` are segments, `behind` follows its end."""
    head = b"\xff\xd8" + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0") + b"".join(extra)
    icc = segment(0xE2, b"ICC_PROFILE\0\1\1colours")
    frame = segment(0xC2, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0")
    scans = (segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\xff\0\x34\xff\xd0\x56") * 2
    return head + icc + segment(0xDB, b"\0" * 65) + frame + scans + b"\xff\xd9" + behind


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(*extra: bytes, width: int = 2, height: int = 2, behind: bytes = b"") -> bytes:
    frame = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0\0" * 2))
    return b"\x89PNG\r\n\x1a\n" + frame + b"".join(extra) + pixels + chunk(b"IEND", b"") + behind


def webp(*, traces: bool = False, width: int = 3, height: int = 5) -> bytes:
    def part(name: bytes, body: bytes) -> bytes:
        return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)

    flags = 0x0C if traces else 0
    canvas = bytes([flags, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    parts = part(b"VP8X", canvas) + part(b"VP8 ", b"\0" * 11)
    if traces:
        parts += part(b"EXIF", GPS) + part(b"XMP ", b"<x:xmpmeta>" + GPS)
    return b"RIFF" + struct.pack("<I", len(parts) + 4) + b"WEBP" + parts


def gif(behind: bytes = b"") -> bytes:
    return b"GIF89a" + struct.pack("<HH", 2, 2) + b"\0\0\0,\0\0\0\0\2\0\2\0\0\2\2D\1\0;" + behind


def archive(*names: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        for name in names:
            file.writestr(name, "content")
    return written.getvalue()


def movie(brand: bytes = b"isom") -> bytes:
    return struct.pack(">I", 20) + b"ftyp" + brand + b"\0\0\2\0" + b"mp42" + b"\0" * 20


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n%%EOF\n"
VOICE = b"OggS\0\2" + b"\0" * 20 + b"OpusHead" + b"\1" * 20


def make_older(folder: Path, written_at: datetime) -> None:
    """Let all files of a folder have been written at that time."""
    for file in (one for one in folder.rglob("*") if one.is_file()):
        os.utime(file, (0, written_at.timestamp()))
