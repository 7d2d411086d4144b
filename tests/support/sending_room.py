"""A provider of parcels that goes wrong as a test says, the piece that speaks to it, and a node that sends."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

from aiohttp import web
from fake_system import serving
from letter_channel import Letters
from lookup_room import no_secrets

from skipline.base.clock import system_clock
from skipline.base.ids import counted_ids
from skipline.host.live import Live
from skipline.host.lookups.wire import Wire
from skipline.host.messages.account_sender import BackOff
from skipline.host.messages.accounts import LiveAccount
from skipline.host.messages.exchange import Exchange
from skipline.host.messages.post import MessagePost
from skipline.host.messages.sending import MessageSender
from skipline.host.messages.settling import Settling
from skipline.model.configuration import Account
from skipline.model.durable import Arrival, Verdict
from skipline.model.lookup import HttpRequest, HttpResponse, Reach, Secrets
from skipline.model.message import Channel
from skipline.model.messaging import Accepted, CannotWrite, Outbound, Pace, Refused, Remedy, SendResult, Uncertain
from skipline.store import Database


def soon(attempts: int) -> timedelta:
    """A short pause after a failure."""
    return timedelta(seconds=0.05 * attempts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcels(Letters):
    """A piece whose provider takes JSON. Only its sending half is its own."""

    channels: ClassVar[Sequence[Channel]] = tuple(Channel)
    secret: str = "unused"
    seconds_per_contact: float = 0.0
    burst_per_contact: int = 1

    def write(self, message: Outbound, secrets: Secrets) -> HttpRequest:
        if message.body.text == "unwritable":
            raise CannotWrite("it has no words for this")
        if message.body.text == "secret":
            secrets("key")
        template = message.body.template
        parcel = {
            "reference": message.reference,
            "to": message.to,
            "text": message.body.text,
            "template": "" if template is None else template.name,
            "person": message.is_from_person,
            "callback": message.callback_url,
        }
        reach = Reach(is_private_allowed=True)
        return HttpRequest(url=f"{self.base_url}/send", method="POST", body=json.dumps(parcel).encode(), reach=reach)

    def understand(self, response: HttpResponse | None, message: Outbound) -> SendResult:
        if response is None:
            return Uncertain(reason="the provider did not answer")
        if response.status == 429:
            return Refused(remedy=Remedy.SLOW_DOWN, code="429", reason="too fast")
        if response.status >= 500:
            return Refused(remedy=Remedy.RETRY, code=str(response.status), reason="the provider is out of order")
        try:
            told = json.loads(response.body)
        except ValueError:
            return Uncertain(reason="the provider answered with no sense")
        if response.status >= 400:
            return Refused(remedy=Remedy(told["remedy"]), code=told["code"], reason=told["reason"])
        return Accepted(id=told["id"])

    def pace(self) -> Pace:
        return Pace(
            per_second=self.per_second,
            seconds_per_contact=self.seconds_per_contact,
            burst_per_contact=self.burst_per_contact,
        )


@dataclass
class Depot:
    """The provider. `plan` says what befalls the next requests, `always` what befalls all others: `ok`, `late`, a
    status, `429 SECONDS`, `hang` or `reset` (each with ` after` when it was taken all the same, as `500 after`),
    `garbage`, or a remedy to refuse with. `taken` are the messages that it will deliver, `asked` all requests with
    their times on the loop's clock."""

    plan: deque[str] = field(default_factory=deque)
    always: str = "ok"
    taken: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def texts(self) -> list[str]:
        return [one["text"] or one["template"] for one in self.taken]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        parcel = json.loads(await request.read())
        self.asked.append((asyncio.get_running_loop().time(), parcel))
        return await self._befall(request, parcel, self.plan.popleft() if self.plan else self.always)

    async def _befall(self, request: web.Request, parcel: dict[str, Any], fate: str) -> web.StreamResponse:
        if fate in ("ok", "late", "hang after", "reset after", "garbage", "500 after"):
            self.taken.append(parcel)
        if fate == "late":
            await asyncio.sleep(0.2)
        if fate.startswith("hang"):
            await self.closing.wait()
        if fate.startswith("reset") and request.transport is not None:
            request.transport.abort()
        if fate == "garbage":
            return web.Response(text="<html>It works!</html>")
        if fate.partition(" ")[0].isdigit():
            status, _, after = fate.partition(" ")
            return web.Response(status=int(status), headers={"Retry-After": after} if after.isdigit() else {})
        if fate in [*Remedy]:
            return web.json_response({"remedy": fate, "code": f"no {fate}", "reason": f"refused: {fate}"}, status=400)
        return web.json_response({"id": f"parcel:{parcel['reference']}"})


@asynccontextmanager
async def open_depot(*plan: str, always: str = "ok") -> AsyncIterator[tuple[Depot, str]]:
    """A provider and its address."""
    depot, application = Depot(deque(plan), always), web.Application()
    application.router.add_post("/send", depot.answer)
    async with serving(application) as address:
        try:
            yield depot, address
        finally:
            depot.closing.set()


def account_at(address: str, name: str = "main", **settings: Any) -> LiveAccount:
    """An account with the provider at `address`."""
    parcels = Parcels(base_url=address, **settings)
    return LiveAccount(Account(name=name, type="parcels"), parcels, f"https://example.org/hooks/parcels/{name}")


@dataclass
class SendingRoom:
    """A node that sends. `arrivals` are the events that runs got of it."""

    database: Database
    post: MessagePost
    sender: MessageSender
    accounts: list[LiveAccount]
    arrivals: list[Arrival]
    live: Live

    async def until(self, is_so: Callable[[], object]) -> None:
        """Wait until something in memory is so; the test's own limit ends a vain wait."""
        while not is_so():  # noqa: ASYNC110 - what it waits for has no event
            await asyncio.sleep(0.01)


@asynccontextmanager
async def sending(
    database: Database,
    *accounts: LiveAccount,
    owner: str = "node",
    seconds: float = 0.4,
    prefix: str = "m",
    secrets: Secrets = no_secrets,
    back_off: BackOff = soon,
) -> AsyncIterator[SendingRoom]:
    """A node that sends for these accounts until the block ends; a request may take `seconds`."""
    arrivals: list[Arrival] = []

    async def receive(arrival: Arrival) -> Verdict:
        arrivals.append(arrival)
        return Verdict.RESUMED

    live, known = Live(), list(accounts)
    post = MessagePost(database=database, live=live, ids=counted_ids(prefix), lifetimes=dict)
    async with Wire() as wire:
        sender = MessageSender(
            accounts=known,
            exchange=Exchange(wire, secrets, seconds=seconds),
            settling=Settling(database=database, receive=receive, live=live, clock=system_clock),
            posted=post.posted,
            owner=owner,
            back_off=back_off,
        )
        running = asyncio.create_task(sender.run())
        try:
            yield SendingRoom(database, post, sender, known, arrivals, live)
        finally:
            sender.stop()
            await running
