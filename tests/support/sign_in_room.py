"""People who sign in as a browser does: with its cookies, and the proof that a page sends along."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from api_client import Answer, Client
from inside_server import Inside

from skipline.model.access import Role, User
from skipline.store import sessions, users

PASSWORD = "seven green umbrellas"


class Browser:
    """Somebody's browser: it keeps cookies, and its page sends the proof that it was given."""

    def __init__(self, client: Client) -> None:
        self.client, self.csrf = client, ""

    async def send(self, method: str, path: str, body: Any = None, **extra: str) -> Answer:
        """A request of our own page below `/api/v1`."""
        headers = ({"X-CSRF-Token": self.csrf} if self.csrf else {}) | extra
        answer = await self.client.ask(method, f"/api/v1{path}", token="", extra=headers, json=body)
        if answer.status == 200 and path in ("/session", "/session/link"):
            self.csrf = answer.body["csrf"]
        return answer

    async def sign_in(self, name: str, password: str = PASSWORD, **more: str) -> Answer:
        """By name and password."""
        return await self.send("POST", "/session", {"name": name, "password": password, **more})

    def cookie(self) -> str:
        """The session's token as the browser keeps it; empty: none."""
        return next((one.value for one in self.client.session.cookie_jar if one.key == "skipline"), "")


@asynccontextmanager
async def browser_of(client: Client) -> AsyncIterator[Browser]:
    """A browser that nobody has used yet, at the server of `client`."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield Browser(Client(session, client.url, ""))


async def add_person(
    room: Inside, name: str, role: Role = Role.OWNER, agent: str = "", password: str = PASSWORD
) -> User:
    """Somebody with a password."""
    services = room.services
    user = await room.database.write(users.add, name, role, agent, services.clock(), services.ids)
    await room.database.write(users.set_password, user.id, await services.passwords.hash(PASSWORD))
    return user


async def signed_in(room: Inside, browser: Browser, name: str, role: Role, agent: str = "") -> Browser:
    """The browser of somebody new who is signed in."""
    await add_person(room, name, role, agent)
    assert (await browser.sign_in(name)).status == 200
    return browser


async def is_signed_in(room: Inside, token: str) -> bool:
    return await room.database.read(sessions.find, token, room.services.clock()) is not None
