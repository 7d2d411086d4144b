"""Tells those who watch a server everything that happens there."""

from collections.abc import Callable
from typing import Protocol

from skipline.host.host import Host
from skipline.model.events import Event


class Follower(Protocol):
    """Whoever keeps up with the facts of a server."""

    async def take(self, fact: Event) -> None:
        """Bring what is known up to date."""


async def follow(host: Host, follower: Follower, told: Callable[[Event], None] = lambda _: None) -> None:
    """Let `follower` take every fact of the server, for ever; `told` is called with each afterwards."""
    with host.live.listen() as facts:
        async for fact in facts:
            await follower.take(fact)
            told(fact)
