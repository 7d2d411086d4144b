"""Serves a customer's phone as a page, and carries what is written on it to the stand-in of the provider."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from importlib.resources import files
from typing import Protocol

import msgspec
from aiohttp import web

from skipline.cli.demo.providers.handsets import Bubble, Choice, Handset
from skipline.cli.demo.providers.office import as_json

_WAIT_SECONDS = 20.0
_LONGEST = 1000
_TYPES = {"phone.css": "text/css", "phone.js": "text/javascript"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to be on the page: `contact` is their id at the provider."""

    contact: str
    name: str
    tier: str = ""


class Line(Protocol):
    """The company's account, seen from its customers."""

    def handset(self, contact: str) -> Handset:
        """A customer's phone."""

    def write(self, contact: str, text: str, choice: Choice | None, refers_to: str) -> None:
        """Have a customer write or tap."""


class _Said(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    contact: str
    text: str = ""
    choice: str = ""
    refers_to: str = ""


class _Unheard(ValueError):
    """What cannot be written, in words for the person who tried."""


class PhonePage:
    """The page for these people, on this line. `looked_at` are those who were ever chosen on it."""

    def __init__(self, line: Line, people: Sequence[Person]) -> None:
        self._line, self.people = line, people
        self._known = {one.contact for one in people}
        self.looked_at: set[str] = set()

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        return [
            web.get("/phone", self._page),
            web.get("/phone/people", self._people),
            web.get("/phone/thread", self._thread),
            web.post("/phone/write", self._write),
            web.get("/phone/{file}", self._file),
        ]

    async def _page(self, _: web.Request) -> web.Response:
        return _of_ours("index.html", "text/html")

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["file"]
        return _of_ours(name, _TYPES[name]) if name in _TYPES else web.Response(status=404)

    async def _people(self, _: web.Request) -> web.Response:
        return as_json({"people": self.people})

    async def _thread(self, request: web.Request) -> web.Response:
        """What was written after so many messages, as soon as there is any; nothing after a while."""
        contact, after = request.query.get("contact", ""), request.query.get("after", "")
        if contact not in self._known or not after.isdecimal():
            return as_json({"error": "name a contact and a number of messages"}, 400)
        handset = self._line.handset(contact)
        self.looked_at.add(contact)
        with suppress(TimeoutError):
            async with asyncio.timeout(_WAIT_SECONDS):
                await handset.more_than(int(after))
        return as_json({"messages": handset.bubbles[int(after) :]})

    async def _write(self, request: web.Request) -> web.Response:
        try:
            self._take(await _read(request))
        except _Unheard as mistake:
            return as_json({"error": str(mistake)}, 400)
        return as_json({})

    def _take(self, said: _Said) -> None:
        if said.contact not in self._known:
            raise _Unheard("nobody has this phone")
        if not said.choice:
            if not 1 <= len(said.text) <= _LONGEST:
                raise _Unheard(f"write 1 to {_LONGEST} characters")
            self._line.write(said.contact, said.text, None, "")
            return
        bubble = next((one for one in self._line.handset(said.contact).bubbles if one.id == said.refers_to), None)
        self._line.write(said.contact, "", _chosen(bubble, said.choice), said.refers_to)


async def _read(request: web.Request) -> _Said:
    # Another site's page can have a browser send texts and forms here, but JSON only after asking, which is refused.
    if request.content_type != "application/json":
        raise _Unheard("send JSON")
    try:
        return msgspec.json.decode(await request.read(), type=_Said)
    except msgspec.DecodeError as wrong:
        raise _Unheard(str(wrong)) from None


def _chosen(bubble: Bubble | None, id_: str) -> Choice:
    found = next((one for one in bubble.choices if one.id == id_), None) if bubble is not None else None
    if found is None:
        raise _Unheard("that message has no such answer")
    return found


def _of_ours(name: str, type_: str) -> web.Response:
    text = (files("skipline.cli.demo.phone") / name).read_text(encoding="utf-8")
    return web.Response(text=text, content_type=type_, headers=_HEADERS)
