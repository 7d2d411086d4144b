"""Pictures without what their makers did not mean to tell: where they were taken, by which phone, and what is hidden
behind their end. Pixels are not touched, so nothing is decoded here.

JPEG segments: ITU-T T.81 annex B; Exif: CIPA DC-008; PNG chunks: W3C PNG third edition section 4.7; WebP: RFC 9649.
"""

import struct
from collections.abc import Iterator

_START_OF_FRAME = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_KEPT_CHUNKS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"pHYs"})
_ANIMATION = frozenset({b"acTL", b"fcTL", b"fdAT", b"bKGD", b"sBIT", b"cICP"})
_ORIENTATION = 0x0112


class BrokenPicture(ValueError):
    """A picture whose parts do not fit together."""


def dimensions(data: bytes, type_: str) -> tuple[int, int] | None:
    """Width and height in pixels; None for types that we do not look into. Raises `BrokenPicture`."""
    try:
        match type_:
            case "image/jpeg":
                return _jpeg_size(data)
            case "image/png":
                return struct.unpack(">II", data[16:24])
            case "image/gif":
                return struct.unpack("<HH", data[6:10])
            case "image/webp":
                return _webp_size(data)
    except (struct.error, IndexError) as broken:
        raise BrokenPicture("it breaks off") from broken
    return None


def without_traces(data: bytes, type_: str) -> bytes:
    """The picture alone, for JPEG, PNG and WebP; others as they are. Raises `BrokenPicture`."""
    try:
        match type_:
            case "image/jpeg":
                return b"".join(_jpeg_parts(data))
            case "image/png":
                return data[:8] + b"".join(_png_chunks(data))
            case "image/webp":
                return _webp(data)
    except (struct.error, IndexError) as broken:
        raise BrokenPicture("it breaks off") from broken
    return data


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, beginning and end of each segment; entropy-coded data belongs to the scan before it."""
    at = 2
    while True:
        if data[at] != 0xFF:
            raise BrokenPicture("a segment is missing")
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker == 0xD9:
            yield marker, at, at + 2
            return
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        end = at + 2 + length
        if marker == 0xDA:
            end = _end_of_scan(data, end)
        if length < 2 or end > len(data):
            raise BrokenPicture("it breaks off")
        yield marker, at, end
        at = end


def _end_of_scan(data: bytes, at: int) -> int:
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            raise BrokenPicture("it has no end")
        if data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2


def _jpeg_parts(data: bytes) -> Iterator[bytes]:
    yield data[:2]
    is_turned = False
    for marker, begin, end in _segments(data):
        segment = data[begin:end]
        if marker == 0xE1 and segment[4:10] == b"Exif\0\0" and not is_turned:
            is_turned = True
            yield _turned(_orientation(segment[10:]))
        elif not _is_trace(marker, segment):
            yield segment


def _is_trace(marker: int, segment: bytes) -> bool:
    """Comments and what programs add; not the frame of the format itself (JFIF, Adobe's) or its colours."""
    if marker == 0xFE:
        return True
    is_colours = marker == 0xE2 and segment[4:15] == b"ICC_PROFILE"
    return 0xE0 <= marker <= 0xEF and marker not in (0xE0, 0xEE) and not is_colours


def _orientation(tiff: bytes) -> int:
    """How a picture is to be turned: 1 is not at all."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        (at,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, at)
        for number in range(min(count, 200)):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, at + 2 + 12 * number)
            if tag == _ORIENTATION and 1 <= value <= 8:
                return int(value)
    except struct.error:
        return 1
    return 1


def _turned(orientation: int) -> bytes:
    """An Exif segment that holds the orientation and nothing else."""
    if orientation == 1:
        return b""
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, orientation, 0)
    body = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _jpeg_size(data: bytes) -> tuple[int, int]:
    for marker, begin, _ in _segments(data):
        if marker in _START_OF_FRAME:
            height, width = struct.unpack(">HH", data[begin + 5 : begin + 9])
            return width, height
    raise BrokenPicture("it has no frame")


def _png_chunks(data: bytes) -> Iterator[bytes]:
    at = 8
    while True:
        (length,) = struct.unpack(">I", data[at : at + 4])
        name, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data):
            raise BrokenPicture("it breaks off")
        if name in _KEPT_CHUNKS or name in _ANIMATION:
            yield data[at:end]
        if name == b"IEND":
            return
        at = end


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    (size,) = struct.unpack("<I", data[4:8])
    at, end = 12, 8 + size
    if end > len(data):
        raise BrokenPicture("it breaks off")
    while at + 8 <= end:
        (length,) = struct.unpack("<I", data[at + 4 : at + 8])
        if at + 8 + length > end:
            raise BrokenPicture("it breaks off")
        yield data[at : at + 4], data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _webp(data: bytes) -> bytes:
    chunks = []
    for name, body in _webp_chunks(data):
        if name in (b"EXIF", b"XMP "):
            continue
        if name == b"VP8X":
            body = bytes([body[0] & ~0x0C]) + body[1:]
        chunks.append(name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2))
    inner = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(inner)) + inner


def _webp_size(data: bytes) -> tuple[int, int]:
    name, body = next(_webp_chunks(data), (b"", b""))
    if name == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if name == b"VP8L":
        (bits,) = struct.unpack("<I", body[1:5])
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if name == b"VP8 ":
        width, height = struct.unpack("<HH", body[6:10])
        return width & 0x3FFF, height & 0x3FFF
    raise BrokenPicture("it has no frame")
