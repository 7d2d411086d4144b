"""A caller's line: one place where everything that concerns a call arrives, in order.

The caller's phone, the targets' phones, the centre and our own slow work all speak at the same time. Each puts a notice
here and one coroutine, the call, reads them, so every wait of a call is also a wait for its end and no two reactions
run at once.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from skipline.model.call import EndedBy
from skipline.model.commands import HangUp, RingAgent
from skipline.model.voice_link import Do
from skipline.voice.sip.leg import Ended, Failed, Leg, LegEvent


@dataclass(frozen=True, slots=True)
class Heard:
    """One party's phone said something."""

    leg: Leg
    event: LegEvent


@dataclass(frozen=True, slots=True)
class CentreChanged:
    """A centre came or left."""


@dataclass(frozen=True, slots=True)
class WorkDone:
    """A piece of our own slow work ended, such as rendering speech."""

    work: object


@dataclass(frozen=True, slots=True)
class WorkerLeaves:
    """The worker ends now, and this call with it."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """The caller pressed a key."""

    digit: str


@dataclass(frozen=True, slots=True)
class Due:
    """Something of the call's own is to be done now: a prompt has ended, a pause is over. It is done in passing by
    whoever reads the line."""

    act: Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Party:
    """Whoever talks with a caller; `order` rang them when they are an agent."""

    listener: "Listener"
    name: str
    order: RingAgent | None = None

    @property
    def leg(self) -> Leg:
        """Their leg."""
        return self.listener.leg


@dataclass(frozen=True, slots=True)
class PartyWanted:
    """Another call wants whoever talks with this one's caller; `take` says whether it still does."""

    take: Callable[[Party], bool]


Notice = Heard | Pressed | Do | CentreChanged | WorkDone | WorkerLeaves | Due | PartyWanted


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a call is over, as `CallEnded` will tell it."""

    by: EndedBy
    code: int = 0
    reason: str = ""


@dataclass(slots=True)
class Line:
    """What is said to one call. `ending` is set as soon as the caller leaves or the centre hangs up; `leg` is the
    caller's, None while a contact has not been called yet."""

    leg: Leg | None
    ending: Ending | None = None
    _arrived: asyncio.Queue[Notice] = field(default_factory=asyncio.Queue)
    _put_off: deque[Do] = field(default_factory=deque)

    def put(self, notice: Notice) -> None:
        """Tell the call something."""
        self._arrived.put_nowait(notice)

    def later(self, seconds: float, act: Callable[[], Awaitable[None]]) -> asyncio.TimerHandle:
        """Have `act` done after `seconds`, between what else this call does."""
        return asyncio.get_running_loop().call_later(seconds, self.put, Due(act))

    def put_back(self, notice: Notice) -> None:
        """Keep a command that came too early until the call has time for it; other notices have served."""
        if isinstance(notice, Do):
            self._put_off.append(notice)

    def next_put_off(self) -> Do | None:
        """The oldest command that came too early."""
        return self._put_off.popleft() if self._put_off else None

    async def next(self, seconds: float | None = None) -> Notice | None:
        """The next notice; None when `seconds` passed, or when the call is over (then `ending` says why)."""
        if self.ending is not None:
            return None
        notice = await self._next_within(seconds)
        if notice is not None:
            self.ending = self._ending_of(notice)
        if isinstance(notice, Due):
            await notice.act()
        return notice if self.ending is None else None

    async def _next_within(self, seconds: float | None) -> Notice | None:
        if not self._arrived.empty():
            return self._arrived.get_nowait()
        if seconds is not None and seconds <= 0:
            return None
        try:
            async with asyncio.timeout(seconds):
                return await self._arrived.get()
        except TimeoutError:
            return None

    def _ending_of(self, notice: Notice) -> Ending | None:
        if isinstance(notice, Heard) and notice.leg is self.leg and isinstance(notice.event, Ended | Failed):
            return Ending(EndedBy.CALLER, notice.event.code, notice.event.reason)
        if isinstance(notice, Do) and isinstance(notice.body, HangUp):
            return Ending(EndedBy.FLOW, notice.body.code, notice.body.reason)
        if isinstance(notice, WorkerLeaves):
            return Ending(EndedBy.LOST, 503, "Service Unavailable")
        return None


JOINED_ELSEWHERE = Ending(EndedBy.TARGET, 200, "Joined with another call")
"""How a call ends whose party was given to another one."""


@dataclass(slots=True)
class Listener:
    """Brings what `leg` says to `line`, which is another one when the leg changes hands."""

    leg: Leg
    line: Line

    async def run(self) -> None:
        """Until the leg is over."""
        while True:
            event = await self.leg.next_event()
            self.line.put(Heard(self.leg, event))
            if isinstance(event, Ended | Failed):
                return
