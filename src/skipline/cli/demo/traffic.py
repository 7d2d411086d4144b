"""A trickle of callers for the live demo, a little more than the agents can take at once, so that there is a line.

No chance in it: gaps, callers and patience go round in circles of different lengths, which looks lively enough.
"""

import asyncio
from itertools import cycle

from skipline.cli.demo.agents import Habits
from skipline.cli.demo.callers import dial
from skipline.cli.demo.company import CUSTOMERS
from skipline.cli.demo.patience import until
from skipline.cli.demo.stage import Demo
from skipline.voice.phone import PhoneCall

_GAPS_SECONDS = (0.8, 0.6, 2.0, 0.5, 4.0, 1.5, 0.7, 5.0, 1.0, 3.0, 0.6, 6.0, 2.5)
_PATIENCE_SECONDS = (60.0, 45.0, 90.0, 25.0, 70.0)
_STRANGERS = tuple(f"+3169999999{digit}" for digit in range(4))
_LINE_TALK_SECONDS = 9.0


async def keep_calling(demo: Demo) -> None:
    """Have customers and strangers call, for ever; each hangs up who was not answered in time."""
    habits, callers, patience = Habits(demo.agents), cycle(_callers()), cycle(_PATIENCE_SECONDS)
    async with asyncio.TaskGroup() as calls:
        for gap_seconds in cycle(_GAPS_SECONDS):
            habits.vary()
            for line in demo.lines.values():
                line.take_one_at_a_time(_LINE_TALK_SECONDS)
            phone = next(callers)
            if not _is_calling(demo, phone):
                calls.create_task(_visit(demo, phone, next(patience)))
            await asyncio.sleep(gap_seconds)


def _callers() -> list[str]:
    """Everybody's number, each tier spread over the round."""
    everybody = [*CUSTOMERS, *_STRANGERS]
    stride = 7
    return [everybody[(place * stride) % len(everybody)] for place in range(len(everybody))]


def _is_calling(demo: Demo, phone: str) -> bool:
    row = demo.watch.latest(phone)
    return row is not None and row.ended_at is None


async def _visit(demo: Demo, phone: str, patience_seconds: float) -> None:
    """One call: it lasts until the other side hangs up, or the caller has waited long enough."""
    call = dial(demo, phone)
    try:
        if not await until(lambda: _is_settled(demo, phone, call), patience_seconds):
            call.hang_up()
        await call.ended.wait()
    finally:
        _forget(demo, call)


async def _is_settled(demo: Demo, phone: str, call: PhoneCall) -> bool:
    """Whether somebody answered, or the call is over."""
    row = demo.watch.latest(phone)
    return call.ended.is_set() or (row is not None and row.answered_at is not None and row.ended_at is None)


def _forget(demo: Demo, call: PhoneCall) -> None:
    """A demo may run all day: what was heard in calls that are over is let go of."""
    demo.phone.calls = [one for one in demo.phone.calls if one is not call]
