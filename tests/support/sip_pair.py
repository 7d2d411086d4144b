"""Two real SIP stacks on loopback that call each other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from raw_sip import SDP

from skipline.voice.sip.leg import Leg, LegEvent
from skipline.voice.sip.session_timer import SessionSettings
from skipline.voice.sip.stack import SipStack

HOLD = SDP + "a=sendonly\r\n"
HELD = SDP + "a=recvonly\r\n"


@dataclass
class Pair:
    """`caller` dials `callee`; calls that reach the callee are in `arrived`."""

    caller: SipStack
    callee: SipStack
    arrived: asyncio.Queue[Leg]
    host: str
    port: int
    transport: str

    @property
    def uri(self) -> str:
        """Where the callee answers."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"sip:queue@{host}:{self.port};transport={self.transport}"

    async def ring(self, **more: object) -> tuple[Leg, Leg]:
        """Dial; gives our leg and the one that arrived."""
        options = {"sdp": SDP, "caller_user": "+31612345678", **more}
        out = self.caller.dial(self.uri, **options)  # type: ignore[arg-type]
        return out, await asyncio.wait_for(self.arrived.get(), 3)

    async def connect(self, **more: object) -> tuple[Leg, Leg]:
        """Dial and answer."""
        out, leg = await self.ring(**more)
        leg.answer(SDP)
        await next_of(out)
        await asyncio.sleep(0.05)
        return out, leg


@asynccontextmanager
async def sip_pair(
    host: str = "127.0.0.1", transport: str = "udp", session: SessionSettings | None = None
) -> AsyncIterator[Pair]:
    """Start both stacks, stop them afterwards."""
    arrived: asyncio.Queue[Leg] = asyncio.Queue()
    callee = SipStack([(host, 0)], on_invite=arrived.put_nowait, session=session)
    caller = SipStack([(host, 0)], on_invite=lambda leg: leg.refuse(603, "Decline"), session=session)
    try:
        bound = await callee.start()
        await caller.start()
        yield Pair(caller, callee, arrived, host, bound[0][1], transport)
    finally:
        await caller.stop()
        await callee.stop()


async def next_of(leg: Leg, seconds: float = 3.0) -> LegEvent:
    """The leg's next event, within a limit."""
    return await asyncio.wait_for(leg.next_event(), seconds)
