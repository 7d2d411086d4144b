"""Length-prefixed frames on a byte stream: a 4-byte big-endian length, then that many bytes."""

import struct

LARGEST_FRAME = 16 * 1024 * 1024
"""Bytes. Nothing we send comes near it; a larger length means that the stream is out of step."""


class FrameTooLarge(ValueError):
    """The other side announced more bytes than any frame of ours has."""


def frame(body: bytes) -> bytes:
    """`body` ready to be written to the stream."""
    return struct.pack(">I", len(body)) + body


def frame_length(header: bytes) -> int:
    """How many bytes follow the 4-byte `header`; raises `FrameTooLarge`."""
    (length,) = struct.unpack(">I", header)
    if length > LARGEST_FRAME:
        raise FrameTooLarge(f"a frame of {length} bytes was announced; the limit is {LARGEST_FRAME}")
    return int(length)
