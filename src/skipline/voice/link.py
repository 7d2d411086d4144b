"""The worker's end of the local socket to the centre: one centre at a time, and no fact lost while there is none.

The worker listens and the centre connects, because the worker is the one that stays. A new connection replaces the one
before it. Facts that happen without a centre wait here; the calls themselves wait in the worker and are handed back in
`Hello`. A centre that stops reading is treated as gone, so that its trouble never grows into ours.
"""

import asyncio
import os
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import msgspec
import structlog

from skipline.base.frames import FrameTooLarge, frame, frame_length
from skipline.model.events import CallArrived, PhoneGone, PhoneRegistered, VoiceEvent
from skipline.model.voice_link import FromCentre, FromWorker, Happened

MAX_UNREAD_BYTES = 8 * 2**20
MAX_KEPT_EVENTS = 20_000
_GOODBYE_SECONDS = 1.0

_encode = msgspec.msgpack.Encoder().encode
_decoder: msgspec.msgpack.Decoder[FromCentre] = msgspec.msgpack.Decoder(FromCentre)
_log = structlog.get_logger("voice.link")


Tell = Callable[[VoiceEvent], None]
"""Sends a fact up to the centre."""


class LinkMistake(Exception):
    """The centre sent something that is no frame of ours."""


async def read_frame(reader: asyncio.StreamReader) -> FromCentre | None:
    """The next frame of the centre; None when it hung up. Raises `LinkMistake`."""
    try:
        body = await reader.readexactly(frame_length(await reader.readexactly(4)))
        return _decoder.decode(body)
    except (asyncio.IncompleteReadError, OSError):
        return None
    except (FrameTooLarge, msgspec.MsgspecError) as mistake:
        raise LinkMistake(str(mistake)) from mistake


class CentreLink:
    """Listens at `path` and talks with whichever centre connected last.

    `greet` gives the frames that open each connection (`Hello` first), `on_frame` takes what a centre sends, and
    `on_change` is told when a centre came (true) or the last one left (false).
    """

    def __init__(
        self,
        path: Path,
        *,
        greet: Callable[[], Iterable[FromWorker]],
        on_frame: Callable[[FromCentre], None],
        on_change: Callable[[bool], None],
    ) -> None:
        self._path = path
        self._greet = greet
        self._on_frame = on_frame
        self._on_change = on_change
        self._writer: asyncio.StreamWriter | None = None
        self._unsent = bytearray()
        self._kept: deque[VoiceEvent] = deque(maxlen=MAX_KEPT_EVENTS)
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self._away_since = time.monotonic()

    @property
    def is_connected(self) -> bool:
        """Whether a centre is there now."""
        return self._writer is not None

    @property
    def away_seconds(self) -> float:
        """For how long no centre has been there; 0 while one is."""
        return 0.0 if self._writer else time.monotonic() - self._away_since

    async def open(self) -> None:
        """Begin to listen; only this machine's own user may connect."""
        self._path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._serve, str(self._path))
        finally:
            os.umask(before)

    async def close(self) -> None:
        """Stop listening and let the centre go, after what was written has left."""
        if self._server is not None:
            self._server.close()
        self._flush()
        if self._writer is not None:
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(_GOODBYE_SECONDS):
                    await self._writer.drain()
            self._writer.close()
        if self._serving:
            await asyncio.wait(self._serving, timeout=_GOODBYE_SECONDS)
        self._path.unlink(missing_ok=True)

    def tell(self, event: VoiceEvent) -> None:
        """Send a fact up, or keep it until a centre is there; `Hello` hands over the calls that arrive meanwhile, and
        says whose phones are there."""
        if self._writer is not None:
            self._write(Happened(event=event))
        elif not isinstance(event, CallArrived | PhoneRegistered | PhoneGone):
            self._kept.append(event)

    def answer(self, message: FromWorker) -> None:
        """Send what the centre asked for; one that has left meanwhile asks again if it still wants it."""
        if self._writer is not None:
            self._write(message)

    def _write(self, message: FromWorker) -> None:
        """Send `message` with all others of this turn of the loop: each packet wakes the centre's process up."""
        if not self._unsent:
            asyncio.get_running_loop().call_soon(self._flush)
        self._unsent += frame(_encode(message))

    def _flush(self) -> None:
        unsent, self._unsent = self._unsent, bytearray()
        writer = self._writer
        if writer is None or not unsent:
            return
        writer.write(unsent)
        if writer.transport.get_write_buffer_size() > MAX_UNREAD_BYTES:
            _log.warning("centre_stopped_reading", unread_bytes=writer.transport.get_write_buffer_size())
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (task := asyncio.current_task()) is not None:
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)
        self._welcome(writer)
        try:
            while (message := await read_frame(reader)) is not None and self._writer is writer:
                self._on_frame(message)
        except LinkMistake as mistake:
            _log.error("centre_frame_refused", problem=str(mistake))
        finally:
            self._forget(writer)

    def _welcome(self, writer: asyncio.StreamWriter) -> None:
        self._flush()
        if self._writer is not None:
            self._writer.close()
        self._writer = writer
        kept, self._kept = self._kept, deque(maxlen=MAX_KEPT_EVENTS)
        for message in (*self._greet(), *(Happened(event=event) for event in kept)):
            self._write(message)
        _log.info("centre_connected", kept_events=len(kept))
        self._on_change(True)

    def _forget(self, writer: asyncio.StreamWriter) -> None:
        self._flush()
        writer.close()
        if self._writer is writer:
            self._writer = None
            self._away_since = time.monotonic()
            _log.info("centre_left")
            self._on_change(False)
