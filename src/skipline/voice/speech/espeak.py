"""The speech engine that comes with Skipline: espeak-ng, driven over a pipe (see `espeak_child`)."""

import asyncio
import json
import sys
from array import array
from asyncio.subprocess import PIPE, Process
from typing import Any

import structlog

from skipline.voice.pcm import Pcm
from skipline.voice.speech import SpeechFailed

_log = structlog.get_logger("voice.speech")

RENDER_SECONDS = 10.0
"""How long one text may take, waiting for earlier ones included; a sentence needs about 50 ms."""


class Espeak:
    """Renders one text after the other in a child process, which is started when needed and again when it died."""

    name = "espeak-ng-1"

    def __init__(self, *, render_seconds: float = RENDER_SECONDS) -> None:
        self._render_seconds = render_seconds
        self._lock = asyncio.Lock()
        self._child: Process | None = None

    async def render(self, text: str, language: str) -> Pcm:
        """`text` spoken, at 8,000 samples a second. Raises `SpeechFailed` within `render_seconds`."""
        request = json.dumps({"text": text, "language": language}).encode() + b"\n"
        try:
            async with asyncio.timeout(self._render_seconds), self._lock:
                return await self._ask_twice(request)
        except TimeoutError:
            raise SpeechFailed(f"espeak-ng did not speak the text within {self._render_seconds:g} s") from None

    async def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        if child is not None:
            await _end(child)

    async def _ask_twice(self, request: bytes) -> Pcm:
        """A child may have gone since the last text, because it was idle or killed; a fresh one must do."""
        try:
            return await self._ask(request)
        except (OSError, EOFError):
            await self.close()
        try:
            return await self._ask(request)
        except (OSError, EOFError) as problem:
            await self.close()
            raise SpeechFailed("the espeak-ng process ended while it spoke the text") from problem

    async def _ask(self, request: bytes) -> Pcm:
        child = self._child = self._child or await _start()
        is_answered = False
        try:
            header, data = await _exchange(child, request)
            is_answered = True
        finally:
            # An answer that nobody waits for any more would be taken for the next text's.
            if not is_answered:
                self._child = None
                _kill(child)
        if "problem" in header:
            raise SpeechFailed(str(header["problem"]))
        return Pcm(array("h", data), int(header["rate"]))


async def _start() -> Process:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "skipline.voice.speech.espeak_child"),
        stdin=PIPE,
        stdout=PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    _log.info("espeak_started", pid=child.pid)
    return child


async def _exchange(child: Process, request: bytes) -> tuple[dict[str, Any], bytes]:
    if child.stdin is None or child.stdout is None:
        raise EOFError
    child.stdin.write(request)
    await child.stdin.drain()
    line = await child.stdout.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    header: dict[str, Any] = json.loads(line)
    return header, await child.stdout.readexactly(int(header.get("bytes", 0)))


def _kill(child: Process) -> None:
    if child.returncode is None:
        child.kill()


async def _end(child: Process) -> None:
    _kill(child)
    await child.wait()
