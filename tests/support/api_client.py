"""A client of the management API, over real HTTP to a server in the test's own process."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import aiohttp
from fastapi import FastAPI
from inside_server import Inside

from skipline.api.app import create_app
from skipline.api.server import bind_http, serving
from skipline.store import api_keys


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, the headers, and what the body says (None: nothing)."""

    status: int
    body: Any
    headers: dict[str, str]
    text: str

    @property
    def code(self) -> str:
        """The stable code of a problem document (RFC 9457); asserts that it is one."""
        assert self.headers["content-type"] == "application/problem+json", self.text
        assert set(self.body) >= {"type", "status", "code", "detail"}
        assert self.body["status"] == self.status
        return str(self.body["code"])


@dataclass(frozen=True, slots=True)
class Client:
    """Asks as the holder of `token` (empty: as nobody)."""

    session: aiohttp.ClientSession
    url: str
    token: str

    async def ask(
        self, method: str, path: str, *, token: str | None = None, extra: Mapping[str, str] | None = None, **more: Any
    ) -> Answer:
        """One request; `path` is as it stands in the URL, `extra` are more headers."""
        shown = self.token if token is None else token
        headers = ({"Authorization": f"Bearer {shown}"} if shown else {}) | dict(extra or {})
        async with self.session.request(method, self.url + path, headers=headers, **more) as response:
            text = await response.text()
            found = {name.lower(): value for name, value in response.headers.items()}
            is_json = found.get("content-type", "").endswith("json")
            return Answer(response.status, await response.json(content_type=None) if is_json else None, found, text)

    async def get(self, path: str) -> Any:
        """The body of what is found at a path."""
        answer = await self.ask("GET", f"/api/v1{path}")
        assert answer.status == 200, answer.text
        return answer.body

    async def send(self, method: str, path: str, body: Any = None) -> Answer:
        """A change under `/api/v1`, with `body` as JSON."""
        return await self.ask(method, f"/api/v1{path}", json=body)


@cache
def _app() -> FastAPI:
    """The application, built once: it takes a quarter of a second and knows its server by its state alone."""
    return create_app(None)


@asynccontextmanager
async def client_of(room: Inside, app: FastAPI | None = None) -> AsyncIterator[Client]:
    """A client with a valid key of a server that really listens. Of servers at the same time, all but one need an `app`
    of their own."""
    made = await room.database.write(api_keys.create, "tests", room.services.clock(), room.services.ids)
    bound = bind_http("127.0.0.1", 0)
    app = app or _app()
    app.state.services = room.services
    async with serving(app, bound):
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        async with aiohttp.ClientSession() as session:
            yield Client(session, url, made.token)
