"""The live socket: what happens, as it happens, to everybody who asked for it.

Each message is `{topic, seq, data}`; `seq` counts a connection's messages from 1. Whoever reads too slowly loses the
oldest and is told how many.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from fastapi import APIRouter
from pydantic import BaseModel
from starlette.websockets import WebSocket, WebSocketDisconnect

from skipline.api.access import Author, actor_of_key, allows, is_open
from skipline.api.cookies import is_foreign
from skipline.api.errors import problem
from skipline.api.live_topics import EDITORS, LIVE, QUEUES, TOPICS, is_known, is_wanted, may_hear, topic_of
from skipline.api.own import narrowed
from skipline.api.privacy import masked_fact
from skipline.api.services import Running, Services
from skipline.host.live import Listener
from skipline.model.access import Actor, Permission, Reach, reach_of
from skipline.model.events import Event

router = APIRouter(prefix="/live", tags=["live"])

PATH = "/api/v1/live"
PING_SECONDS = 20.0
FIGURES_SECONDS = 1.0
LOOKS_AGAIN_SECONDS = 1.0
"""How long somebody may hear on who was shut out."""
_NOT_ALLOWED = 1008
"""Policy violation (RFC 6455 section 7.4.1)."""
MOST_TOPICS = 200
LARGEST_ORDER = 16_384


class TicketView(BaseModel):
    """A ticket for one connection: `/api/v1/live?ticket=...`, at the server that gave it, until `expires_at`."""

    ticket: str
    expires_at: datetime


class _Place(msgspec.Struct, forbid_unknown_fields=True):
    """At which step of a flow somebody is who has it open; empty: at none."""

    step: str = ""


class _Order(msgspec.Struct, forbid_unknown_fields=True):
    """What somebody who listens may say: what to hear, or (`topic` is `editors/FLOW`) where they are in a flow."""

    subscribe: list[str] = []
    unsubscribe: list[str] = []
    topic: str = ""
    data: _Place = msgspec.field(default_factory=_Place)


class _Refusal(NamedTuple):
    status: int
    code: str
    why: str


@router.post("/tickets", status_code=201)
@allows(Permission.LIVE_LISTEN, own=narrowed)
async def issue_ticket(services: Running, author: Author) -> TicketView:
    """A ticket with which a page in a browser opens the live socket, once."""
    ticket, until = services.tickets.issue(author, services.clock())
    return TicketView(ticket=ticket, expires_at=until)


@is_open("it looks for a key or a ticket itself, because a browser can send no header there")
async def listen(socket: WebSocket) -> None:
    """Tell what happens until the other side leaves, or the server does."""
    services: Services = socket.app.state.services
    known = _foreign(socket, services) or await _admit(socket, services)
    if isinstance(known, _Refusal):
        await socket.send_denial_response(problem(*known))
        return
    await socket.accept()
    wanted = {one for one in socket.query_params.get("topics", "").split(",") if one}
    await _Talk(socket, services, known).run(wanted)


def _foreign(socket: WebSocket, services: Services) -> _Refusal | None:
    if is_foreign(socket, services):
        return _Refusal(403, "foreign_origin", "Pages of another address may not listen here.")
    return None


async def _admit(socket: WebSocket, services: Services) -> Actor | _Refusal:
    """Who wants to listen, by a key or a ticket."""
    kind, _, token = socket.headers.get("authorization", "").partition(" ")
    actor = await actor_of_key(services, token.strip()) if kind.lower() == "bearer" else None
    actor = actor or services.tickets.redeem(socket.query_params.get("ticket", ""), services.clock())
    if actor is None:
        return _Refusal(401, "unauthorised", "Send a valid key: `Authorization: Bearer sk_...`, or a fresh ticket.")
    if reach_of(actor.role, Permission.LIVE_LISTEN) is Reach.NONE:
        return _Refusal(403, "forbidden", f"The role {actor.role} may not listen here.")
    return actor


class _Talk:
    """One connection."""

    def __init__(self, socket: WebSocket, services: Services, actor: Actor) -> None:
        self._socket, self._services, self._actor = socket, services, actor
        self._wanted: set[str] = set()
        self._sent, self._sending = 0, asyncio.Lock()
        self._figures: dict[str, dict[str, Any]] = {}
        self._editor = services.ids()

    async def run(self, wanted: Iterable[str]) -> None:
        """Speak and listen at once, until one of them ends."""
        with self._services.host.live.attend(lambda fact: self._is_for_us(fact, *topic_of(fact))) as listener:
            await self._order(_Order(subscribe=sorted(wanted)))
            works = (self._tell(listener), self._tell_figures(), self._ping(), self._hear(), self._stay())
            tasks = [asyncio.create_task(work) for work in works]
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for one in done:
                    _raise_mistakes(one)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)
                self._leave()

    def _is_for_us(self, fact: Event, topic: str, key: str) -> bool:
        return is_wanted(self._wanted, topic, key) and may_hear(self._actor, fact, topic)

    async def _tell(self, listener: Listener) -> None:
        while True:
            fact, missed = await listener.next()
            if missed:
                self._sent += missed
                await self._send(LIVE, {"kind": "gap", "missed": missed})
            topic, key = topic_of(fact)
            if self._is_for_us(fact, topic, key):
                await self._send(topic, masked_fact(msgspec.to_builtins(fact), self._actor))

    async def _tell_figures(self) -> None:
        """Queues in figures, each when it is another than before."""
        while True:
            for name, figures in list(self._services.host.centre.lines.figures.items()):
                if is_wanted(self._wanted, QUEUES, name) and self._figures.get(name) != figures:
                    self._figures[name] = dict(figures)
                    await self._send(QUEUES, {"queue": name, **figures})
            await asyncio.sleep(FIGURES_SECONDS)

    async def _stay(self) -> None:
        """Until who listens may not any more; the connection ends with it."""
        services = self._services
        while True:
            if not await services.presence.has(services.database, self._actor, services.clock()):
                break
            await asyncio.sleep(LOOKS_AGAIN_SECONDS)
        await self._socket.close(_NOT_ALLOWED, "you may not listen here any more")

    async def _ping(self) -> None:
        """A page cannot see the protocol's own pings; without these it could not tell silence from a lost line."""
        while True:
            await asyncio.sleep(PING_SECONDS)
            await self._send(LIVE, {"kind": "ping"})

    async def _hear(self) -> None:
        while True:
            written = await self._socket.receive_text()
            try:
                if len(written) > LARGEST_ORDER:
                    raise msgspec.DecodeError("it is too long")
                await self._order(msgspec.json.decode(written, type=_Order))
            except msgspec.DecodeError as wrong:
                why = f'Not understood: {wrong}. Write {{"subscribe": ["entries", "offers/ana"]}}.'
                await self._send(LIVE, {"kind": "refused", "why": why})

    async def _order(self, order: _Order) -> None:
        if order.topic:
            await self._move(*order.topic.partition("/")[::2], order.data.step)
            return
        unknown = [one for one in order.subscribe if not is_known(one)]
        if unknown:
            why = f"There is no topic {unknown[0]}: take one of {', '.join(TOPICS)}."
            await self._send(LIVE, {"kind": "refused", "why": why})
        wanted = (self._wanted | {one for one in order.subscribe if is_known(one)}) - set(order.unsubscribe)
        if len(wanted) > MOST_TOPICS:
            await self._send(LIVE, {"kind": "refused", "why": f"No more than {MOST_TOPICS} subscriptions."})
            return
        opened = wanted - self._wanted
        self._wanted = wanted
        self._figures = {name: one for name, one in self._figures.items() if is_wanted(wanted, QUEUES, name)}
        await self._send(LIVE, {"kind": "subscribed", "topics": sorted(wanted), "editor": self._editor})
        for flow in (one.removeprefix(f"{EDITORS}/") for one in sorted(opened) if one.startswith(f"{EDITORS}/")):
            for moved in self._services.editors.at(flow):
                if may_hear(self._actor, moved, EDITORS):
                    await self._send(EDITORS, msgspec.to_builtins(moved))
        for flow in (one.removeprefix(f"{EDITORS}/") for one in order.unsubscribe):
            self._leave(flow)

    async def _move(self, topic: str, flow: str, step: str) -> None:
        """Tell others who have a flow open where this page is in it."""
        if topic != EDITORS or not flow or f"{EDITORS}/{flow}" not in self._wanted:
            why = f"Subscribe to {EDITORS}/FLOW first, and say where you are in that flow."
            await self._send(LIVE, {"kind": "refused", "why": why})
        elif reach_of(self._actor.role, Permission.FLOWS_READ) is Reach.ALL:
            now = self._services.clock()
            moved = self._services.editors.move(flow, self._editor, self._actor.name, step, now)
            self._services.host.live.publish([moved])

    def _leave(self, flow: str | None = None) -> None:
        """Tell others that this page has closed a flow, or all it had open."""
        gone = tuple(self._services.editors.leave(self._editor, self._services.clock(), flow))
        self._services.host.live.publish(gone)

    async def _send(self, topic: str, data: dict[str, Any]) -> None:
        async with self._sending:
            self._sent += 1
            message = {"topic": topic, "seq": self._sent, "data": data}
            await self._socket.send_text(msgspec.json.encode(message).decode())


def _raise_mistakes(done: "asyncio.Task[None]") -> None:
    """A connection that ended is none, however it did."""
    with suppress(WebSocketDisconnect, RuntimeError, OSError):
        done.result()
