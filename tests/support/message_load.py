"""A load of messages: signed webhooks at a steady rate whatever the server does, and what it took to answer them.

A quarter are messages of customers who never wrote before; the rest tell how far the server's answers came, and where
none of those is due, how far messages of another program of the company's came. Some are delivered twice.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from statistics import quantiles

from skipline.cli.demo.providers.handsets import Bubble
from skipline.cli.demo.providers.ledger import Line, What
from skipline.cli.demo.providers.meta import MetaAccount
from skipline.cli.demo.providers.postman import Hook
from skipline.cli.demo.providers.server import Providers

TOLD = ((0.05, "sent"), (0.3, "delivered"), (0.8, "read"))
AGAIN_AFTER_SECONDS = (0.2, 0.5, 0.5, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 4.0, 8.0, 16.0)
_LATE_SECONDS = 2.0
_FIRST_CONTACT = 31_600_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """What webhooks met: milliseconds to the answer of those that were taken, and how many tries were in vain."""

    posted: int
    per_second: float
    p50_ms: float
    p99_ms: float
    longest_ms: float
    over_a_second: int
    in_vain: int


@dataclass(slots=True)
class MessageLoad:
    """Makes the load for one account. `wrote` counts the customers. Without `has_others` no other program of the
    company's sends messages that the server is told of."""

    providers: Providers
    account: MetaAccount
    rng: Random
    repeats_share: float = 0.05
    has_others: bool = True
    wrote: int = 0
    fillers: int = 0
    _due: deque[Hook] = field(default_factory=deque)
    _contacts: "count[int]" = field(default_factory=lambda: count(_FIRST_CONTACT))

    def __post_init__(self) -> None:
        office = self.providers.office
        office.told = TOLD
        office.postman.route = self._hold
        office.postman.again_after_seconds = AGAIN_AFTER_SECONDS

    async def run(self, per_second: float, seconds: float) -> None:
        """Put so many webhooks on the wire a second, each at its own moment, late ones at once."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number in range(round(per_second * seconds)):
            await asyncio.sleep(max(0.0, began + number / per_second - loop.time()))
            if number % 4 == 0:
                self._put(self._message())
            elif self._due or self.has_others:
                self._put(self._state())

    async def drain(self, per_second: float) -> None:
        """Tell what is still to be told; answers may come meanwhile, so call it until the server is at rest."""
        while self._due:
            self._put(self._due.popleft())
            await asyncio.sleep(1 / per_second)

    def _put(self, hook: Hook) -> None:
        postman = self.providers.office.postman
        postman.put(hook)
        if self.rng.random() < self.repeats_share:
            postman.put(hook, self.rng.random() * _LATE_SECONDS)

    def _message(self) -> Hook:
        self.wrote += 1
        contact = str(next(self._contacts))
        self.providers.meta.write(self.account, contact, f"hello from {contact}")
        return self._due.pop()

    def _state(self) -> Hook:
        if self._due:
            return self._due.popleft()
        self.fillers += 1
        office = self.providers.office
        bubble = Bubble(id=office.new_id("wamid.other"), at=office.clock())
        self.providers.meta.tell(self.account, "whatsapp", str(_FIRST_CONTACT), bubble, "delivered")
        return self._due.pop()

    def _hold(self, hook: Hook) -> Sequence[tuple[float, Hook]]:
        self._due.append(hook)
        return ()


def timing_of(lines: Sequence[Line], seconds: float) -> Timing:
    """The times of the webhooks that were posted within the load."""
    posted = [line for line in lines if line.what is What.POSTED]
    took = sorted(line.took_ms for line in posted if 200 <= line.status < 300)
    cuts = quantiles(took, n=100) if len(took) > 1 else [0.0] * 99
    return Timing(
        posted=len(took),
        per_second=len(took) / seconds,
        p50_ms=cuts[49],
        p99_ms=cuts[98],
        longest_ms=took[-1] if took else 0.0,
        over_a_second=sum(one > 1000 for one in took),
        in_vain=len(posted) - len(took),
    )
