"""Reads an answer's body without letting it grow: the cap counts what arrives and what it unpacks to."""

import zlib
from collections.abc import AsyncIterable

from skipline.base.sentence import say

CAP_BYTES = 2 * 1024 * 1024

ENCODINGS = "gzip, deflate"
"""What we accept; both are bounded while they unpack."""

_WINDOW_BITS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class BodyRefused(Exception):
    """The body cannot be taken; the text says why."""


async def read_body(chunks: AsyncIterable[bytes], encoding: str, cap_bytes: int = CAP_BYTES) -> bytes:
    """The whole body, decompressed. Raises `BodyRefused` as soon as it is larger than the cap or cannot be unpacked."""
    packed = bytearray()
    async for chunk in chunks:
        packed += chunk
        if len(packed) > cap_bytes:
            raise BodyRefused(_too_large(cap_bytes))
    return unpack(bytes(packed), encoding, cap_bytes)


def unpack(packed: bytes, encoding: str, cap_bytes: int = CAP_BYTES) -> bytes:
    """`packed` without its content encoding (RFC 9110 section 8.4), never more than the cap."""
    name = encoding.strip().lower()
    if name in ("", "identity") or not packed:
        return packed
    if name not in _WINDOW_BITS:
        raise BodyRefused(say("it is packed in a way that was not asked for"))
    return _inflate(packed, _WINDOW_BITS[name], cap_bytes)


def _inflate(packed: bytes, window_bits: int, cap_bytes: int) -> bytes:
    stream = zlib.decompressobj(window_bits)
    try:
        body = stream.decompress(packed, cap_bytes + 1)
    except zlib.error:
        raise BodyRefused(say("it cannot be unpacked")) from None
    if len(body) > cap_bytes:
        raise BodyRefused(_too_large(cap_bytes))
    if not stream.eof:
        raise BodyRefused(say("its packed data breaks off"))
    return body


def _too_large(cap_bytes: int) -> str:
    return say("it is larger than {size} MB", size=f"{cap_bytes / 1024 / 1024:g}")
