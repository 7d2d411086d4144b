"""Delivers webhooks as providers do: again and again until they are taken, so more than once at times."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Self

import aiohttp
import msgspec
from yarl import URL

from skipline.base.clock import Clock
from skipline.cli.demo.providers.ledger import Ledger, Line, What

PATIENCE_SECONDS = 20.0
_AGAIN_AFTER_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)


class Hook(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook on its way; `ids` are those of what it tells."""

    url: str
    provider: str
    account: str
    body: bytes = b""
    headers: Mapping[str, str] = {}
    ids: tuple[str, ...] = ()
    method: str = "POST"


Route = Callable[[Hook], Sequence[tuple[float, Hook]]]
"""What is really put on the wire in place of a webhook, each after so many seconds."""


def straight(hook: Hook) -> Sequence[tuple[float, Hook]]:
    """Once, and at once."""
    return [(0.0, hook)]


class Postman:
    """Posts webhooks within its `async with` block, which forgets those that nobody took."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock
        self.route: Route = straight
        self.again_after_seconds: Sequence[float] = _AGAIN_AFTER_SECONDS
        self._under_way: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=64), timeout=aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._session.close()

    def post(self, hook: Hook) -> None:
        """Have a webhook delivered."""
        for after_seconds, one in self.route(hook):
            self.put(one, after_seconds)

    def put(self, hook: Hook, after_seconds: float = 0.0) -> None:
        """Have exactly this put on the wire, past the route."""
        self.later(self._deliver(after_seconds, hook))

    def later(self, work: Coroutine[object, object, None]) -> None:
        """Have something done that ends with the block."""
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def settled(self) -> None:
        """Return once everything was delivered and told."""
        while self._under_way:
            await asyncio.wait(set(self._under_way))

    async def ask(self, url: str, query: Mapping[str, str]) -> tuple[int, str]:
        """A handshake: status and body of a GET."""
        async with self._session.get(url, params=query) as answer:
            return answer.status, await answer.text()

    async def _deliver(self, after_seconds: float, hook: Hook) -> None:
        await asyncio.sleep(after_seconds)
        for pause_seconds in (*self.again_after_seconds, None):
            if 200 <= await self._try(hook) < 300 or pause_seconds is None:
                return
            await asyncio.sleep(pause_seconds)

    async def _try(self, hook: Hook) -> int:
        began, status = time.perf_counter(), 0
        try:
            url = URL(hook.url, encoded=True)  # as it was signed, to the letter
            async with self._session.request(hook.method, url, data=hook.body, headers=hook.headers) as answer:
                await answer.read()
                status = answer.status
        except (aiohttp.ClientError, TimeoutError):
            pass
        self._ledger.note(
            Line(
                at=self._clock(),
                what=What.POSTED,
                provider=hook.provider,
                account=hook.account,
                ids=hook.ids,
                status=status,
                took_ms=(time.perf_counter() - began) * 1000,
            )
        )
        return status
