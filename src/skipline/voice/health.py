"""Whether targets answer: OPTIONS every half minute, down after three misses, up after one reply.

Any reply at all is a sign of life, even 404 or 405: it shows that somebody is there to take an INVITE.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace

EVERY_SECONDS = 30.0
REPLY_SECONDS = 4.0
_MISSES_UNTIL_DOWN = 3


@dataclass(frozen=True, slots=True)
class Health:
    """What is known about one target; new ones are given the benefit of the doubt."""

    is_up: bool = True
    misses: int = 0

    def after(self, is_alive: bool) -> "Health":
        """The state after one more question."""
        if is_alive:
            return Health()
        misses = self.misses + 1
        return replace(self, misses=misses, is_up=self.is_up and misses < _MISSES_UNTIL_DOWN)


Ask = Callable[[str, float], Awaitable[bool]]
OnChange = Callable[[str, bool], None]
Sleep = Callable[[float], Awaitable[None]]


class HealthWatch:
    """Asks each watched target in turn, the questions spread evenly over the interval.

    `ask` is `SipStack.ask_options`; `on_change(target, is_up)` hears each change. `watch` may be called at any time.
    """

    def __init__(self, ask: Ask, on_change: OnChange, *, sleep: Sleep = asyncio.sleep) -> None:
        self._ask, self._on_change, self._sleep = ask, on_change, sleep
        self._states: dict[str, Health] = {}

    def watch(self, targets: Iterable[str]) -> None:
        """Watch exactly these from now on; what is known about those that stay is kept."""
        self._states = {target: self._states.get(target, Health()) for target in dict.fromkeys(targets)}

    def trust(self, target: str) -> None:
        """Think well of `target` again: it has just shown itself."""
        self._states[target] = Health()

    def is_up(self, target: str) -> bool:
        """Whether `target` answers, as far as is known."""
        return self._states.get(target, Health()).is_up

    async def run(self) -> None:
        """Ask for ever; cancel to stop."""
        while True:
            targets = list(self._states)
            if not targets:
                await self._sleep(EVERY_SECONDS)
            async with asyncio.TaskGroup() as group:
                for target in targets:
                    group.create_task(self.ask_once(target))
                    await self._sleep(EVERY_SECONDS / len(targets))

    async def ask_once(self, target: str) -> None:
        """One question to one target."""
        is_alive = await self._ask(target, REPLY_SECONDS)
        before = self._states.get(target)
        if before is None:
            return
        after = self._states[target] = before.after(is_alive)
        if after.is_up != before.is_up:
            self._on_change(target, after.is_up)
