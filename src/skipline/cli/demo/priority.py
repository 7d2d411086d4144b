"""Proves the order of the queue: with one agent, who is busy, silver comes first and gold is answered first."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from skipline.cli.demo.agents import AGENT_TONES, pause, ready
from skipline.cli.demo.callers import Caller, CallResult, dial, finish_call
from skipline.cli.demo.company import Mode
from skipline.cli.demo.patience import until
from skipline.cli.demo.stage import Demo
from skipline.model.queueing import EntryState
from skipline.voice.phone import PhoneCall

QUEUE, AGENT = "vip", "ana"
SILVER = Caller(who="Simon, silver, all agents busy", phone="+31633333334", expects="vip queue")
GOLD = Caller(who="Greta, gold, after Simon", phone="+31622222223", expects="vip queue")
_OCCUPANT = "+31622222224"
_LATER_SECONDS = 1.5
_LIMIT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Priority:
    """What became of the two callers."""

    silver: CallResult
    gold: CallResult

    @property
    def is_right(self) -> bool:
        """Whether gold came later and was answered first, both by an agent of the queue."""
        return self.silver.is_right and self.gold.is_right and self.later > 0 and self.earlier > 0

    @property
    def later(self) -> float:
        """How many seconds after silver gold called."""
        silver, gold = self.silver.row, self.gold.row
        if silver is None or gold is None:
            return 0.0
        return (gold.call.arrived_at - silver.call.arrived_at).total_seconds()

    @property
    def earlier(self) -> float:
        """How many seconds before silver gold was answered; 0 when one of them never was."""
        silver, gold = self.silver.row, self.gold.row
        if silver is None or gold is None or silver.answered_at is None or gold.answered_at is None:
            return 0.0
        return (silver.answered_at - gold.answered_at).total_seconds()


async def prove_priority(demo: Demo) -> Priority:
    """Have one agent busy, silver wait, gold wait a little less, and see whom the agent is given next.

    What does not come about in time shows in the results.
    """
    demo.company.behave(Mode.OK)
    async with _only_agent(demo):
        busy = dial(demo, _OCCUPANT)
        await until(lambda: _is_talking(demo, _OCCUPANT), _LIMIT_SECONDS)
        silver = dial(demo, SILVER.phone)
        await until(lambda: _waits(demo, SILVER.phone, 5), _LIMIT_SECONDS)
        await asyncio.sleep(_LATER_SECONDS)
        gold = dial(demo, GOLD.phone)
        await until(lambda: _waits(demo, GOLD.phone, 1), _LIMIT_SECONDS)
        busy.hang_up()
        return await _finish(demo, silver, gold)


async def _finish(demo: Demo, silver: PhoneCall, gold: PhoneCall) -> Priority:
    results = await asyncio.gather(finish_call(demo, SILVER, silver), finish_call(demo, GOLD, gold))
    return Priority(*results)


@asynccontextmanager
async def _only_agent(demo: Demo) -> AsyncIterator[None]:
    """The others are on a break within the block."""
    others = [name for name in AGENT_TONES if name != AGENT]
    await pause(demo.server, *others)
    try:
        yield
    finally:
        await ready(demo.server, *others)


async def _is_talking(demo: Demo, phone: str) -> bool:
    row = demo.watch.latest(phone)
    return row is not None and row.agent == AGENT


async def _waits(demo: Demo, phone: str, place: int) -> bool:
    """Whether a caller stands in the queue's line, at this place of it or before."""
    line = await demo.server.services.host.office.waiting(QUEUE, place)
    return any(one.contact_phone == phone and one.state is EntryState.WAITING for one in line)
