"""The centre's side of the local socket, for tests that play the centre."""

import asyncio

import msgspec

from skipline.base.frames import frame, frame_length
from skipline.model.voice_link import FromCentre, FromWorker

_decoder: msgspec.msgpack.Decoder[FromWorker] = msgspec.msgpack.Decoder(FromWorker)


def encode_frame(message: FromCentre) -> bytes:
    """`message` as one frame."""
    return frame(msgspec.msgpack.encode(message))


async def read_from_worker(reader: asyncio.StreamReader) -> FromWorker | None:
    """The worker's next frame; None when it is gone."""
    try:
        return _decoder.decode(await reader.readexactly(frame_length(await reader.readexactly(4))))
    except (asyncio.IncompleteReadError, OSError):
        return None
