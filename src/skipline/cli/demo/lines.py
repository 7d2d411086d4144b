"""The demo company's three lines: real SIP endpoints that answer and play a tone of their own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from skipline.voice.phone import Manners, Phone
from skipline.voice.tones import tone

_RING_SECONDS = 0.15


@dataclass(frozen=True, slots=True)
class Line:
    """A line that callers can reach, with the tone by which it is known."""

    name: str
    hz: float
    phone: Phone

    @property
    def address(self) -> str:
        """`host:port`."""
        host, port = self.phone.address
        return f"{host}:{port}"


_TONES = {"VIP": 440.0, "Silver": 600.0, "General": 850.0}


@asynccontextmanager
async def open_lines(host: str = "127.0.0.1") -> AsyncIterator[dict[str, Line]]:
    """The three lines by name, answering within the block."""
    async with AsyncExitStack() as stack:
        lines: dict[str, Line] = {}
        for name, hz in _TONES.items():
            phone = Phone((host, 0), manners=Manners(ring_seconds=_RING_SECONDS, sound=tone(hz, 1.0)))
            await phone.start()
            stack.push_async_callback(phone.stop)
            lines[name] = Line(name, hz, phone)
        yield lines


def line_heard(lines: dict[str, Line], hz: float | None) -> str:
    """Which line a tone belongs to; empty when to none."""
    return next((line.name for line in lines.values() if hz and abs(line.hz - hz) < 20), "")
