"""Somebody who takes webhooks and keeps them as they came."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from fake_system import serving


class HookDesk:
    """`taken` are the webhooks; `answers` the statuses to give in order, 200 afterwards. A GET with a challenge and the
    token `verify_token` gives the challenge."""

    def __init__(self, verify_token: str = "demo-verify-token") -> None:
        self.taken: list[tuple[web.Request, bytes]] = []
        self.answers: list[int] = []
        self._verify_token = verify_token

    async def take(self, request: web.Request) -> web.Response:
        if "hub.challenge" in request.query:
            is_known = request.query.get("hub.verify_token") == self._verify_token
            return web.Response(text=request.query["hub.challenge"]) if is_known else web.Response(status=403)
        self.taken.append((request, await request.read()))
        return web.Response(status=self.answers.pop(0) if self.answers else 200)


@asynccontextmanager
async def open_desk(desk: HookDesk) -> AsyncIterator[str]:
    """Its address within the block."""
    application = web.Application()
    application.router.add_route("*", "/hooks/{provider}/{account}", desk.take)
    async with serving(application) as url:
        yield url
