"""The demo company's two lines at its old telephone system: SIP endpoints that answer and play a tone of their own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from skipline.voice.phone import Manners, Phone
from skipline.voice.tones import tone

_RING_SECONDS = 0.15
_TONES = {"VIP line": 1200.0, "General line": 1400.0}
"""Higher than the music of waiting callers, so that no bell of it is taken for somebody who answered."""


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

    def take_one_at_a_time(self, talk_seconds: float) -> None:
        """Have the next call be busy while there is one, else hang up after a talk. For lines with few people."""
        self.phone.calls = [call for call in self.phone.calls if not call.ended.is_set()]
        code = 486 if self.phone.calls else None
        self.phone.manners = replace(self.phone.manners, refuse_code=code, talk_seconds=talk_seconds)


@asynccontextmanager
async def open_lines(host: str = "127.0.0.1") -> AsyncIterator[dict[str, Line]]:
    """The two lines by name, answering within the block."""
    async with AsyncExitStack() as stack:
        lines: dict[str, Line] = {}
        for name, hz in _TONES.items():
            phone = Phone((host, 0), manners=Manners(ring_seconds=_RING_SECONDS, sound=tone(hz, 1.0)))
            await phone.start()
            stack.push_async_callback(phone.stop)
            lines[name] = Line(name, hz, phone)
        yield lines
