"""A company's system for tests: real HTTP on loopback, faithful to what the maker's documents and traps say.

Each fake is an aiohttp application; `serving` runs it and gives its address.
"""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web


@asynccontextmanager
async def serving(application: web.Application) -> AsyncIterator[str]:
    """The address of `application` while it runs on a free port."""
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class TokenOffice:
    """Grants tokens for client credentials (RFC 6749 section 4.4); each token may be revoked."""

    def __init__(self, client: str = "skipline", secret: str = "s3cret", seconds: object = 3600) -> None:
        self.granted: list[str] = []
        self.valid: set[str] = set()
        self._known_as = base64.b64encode(f"{client}:{secret}".encode()).decode()
        self._seconds = seconds

    async def grant(self, request: web.Request) -> web.Response:
        form = await request.post()
        if request.headers.get("Authorization") != f"Basic {self._known_as}":
            return web.json_response({"error": "invalid_client"}, status=401)
        if form.get("grant_type") != "client_credentials":
            return web.json_response({"error": "unsupported_grant_type"}, status=400)
        self.granted.append(f"token{len(self.granted) + 1}")
        self.valid.add(self.granted[-1])
        return web.json_response(
            {"access_token": self.granted[-1], "token_type": "Bearer", "expires_in": self._seconds}
        )

    def admits(self, request: web.Request) -> bool:
        """Whether the request carries a token that counts."""
        return request.headers.get("Authorization", "").removeprefix("Bearer ") in self.valid


class RequestDesk:
    """Takes requests that change something, each key once, as a system that honours Idempotency-Key does."""

    def __init__(self) -> None:
        self.done: dict[str, object] = {}
        self.seen: list[str] = []
        self.failures_left = 0

    async def take(self, request: web.Request) -> web.Response:
        key = request.headers.get("Idempotency-Key", "")
        self.seen.append(key)
        body = await request.json()
        if body.get("amount", 0) < 0:
            return web.json_response({"error": "amount"}, status=422)
        self.done.setdefault(key, body)
        if self.failures_left:
            self.failures_left -= 1
            return web.Response(status=503)
        return web.json_response({"ticket": {"id": len(self.done)}}, status=201)
