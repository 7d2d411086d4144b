"""The demo company's own API: who its customers are, and a switch that breaks it on purpose.

`GET /customers/{phone}` gives a customer as JSON, 404 for a stranger. `GET /_demo/mode` tells the mode, and
`POST /_demo/mode {"mode": "slow"}` changes it for everyone who asks from then on.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum

import msgspec
from aiohttp import web

_SLOW_SECONDS = 30.0
"""Longer than any look-up may take, so that only the asker's own limit ends the wait."""

_GARBAGE = "<html><body>Whoops, something went wrong: {not json</body></html>"


class Mode(StrEnum):
    """How the API behaves: as it should, never answering in time, hanging up on everyone, or talking nonsense."""

    OK = "ok"
    SLOW = "slow"
    DOWN = "down"
    GARBAGE = "garbage"


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """A customer as the company's API tells it."""

    name: str
    loyalty_status: str
    orders: int
    lifetime_value: float
    account_manager: str


def _customer(name: str, loyalty_status: str, orders: int, lifetime_value: float, account_manager: str) -> Customer:
    return Customer(
        name=name,
        loyalty_status=loyalty_status,
        orders=orders,
        lifetime_value=lifetime_value,
        account_manager=account_manager,
    )


CUSTOMERS = {
    "+31611111111": _customer("Petra Platina", "platinum", 214, 48200.5, "Ana"),
    "+31655555555": _customer("Paul Platina", "platinum", 98, 20750.0, "Bram"),
    "+31611111112": _customer("Pia Platina", "platinum", 131, 26110.75, "Ana"),
    "+31622222222": _customer("Gustav Gold", "gold", 61, 9120.0, "Ana"),
    "+31622222223": _customer("Greta Gold", "gold", 38, 6400.25, "Bram"),
    "+31622222224": _customer("Goran Gold", "gold", 44, 7015.0, "Ana"),
    "+31622222225": _customer("Gita Gold", "gold", 52, 8340.5, "Bram"),
    "+31622222226": _customer("Gijs Gold", "gold", 35, 5990.0, "Ana"),
    "+31633333333": _customer("Silvia Silver", "silver", 17, 1430.75, "Bram"),
    "+31633333334": _customer("Simon Silver", "silver", 12, 980.0, "Bram"),
    "+31633333335": _customer("Sofie Silver", "silver", 21, 1999.5, "Ana"),
    "+31633333336": _customer("Sam Silver", "silver", 15, 1204.0, "Ana"),
    "+31633333337": _customer("Selma Silver", "silver", 19, 1610.25, "Bram"),
    "+31633333338": _customer("Sergio Silver", "silver", 11, 905.5, "Ana"),
    "+31644444444": _customer("Stan Standard", "standard", 2, 59.9, ""),
    "+31644444445": _customer("Stella Standard", "standard", 4, 131.0, ""),
}
"""By telephone number. Anyone else is a stranger."""


class _ModeWish(msgspec.Struct, forbid_unknown_fields=True):
    mode: Mode


class Company:
    """The API's state: its mode. `changed` wakes those whom it kept waiting."""

    def __init__(self) -> None:
        self.mode = Mode.OK
        self._changed = asyncio.Event()

    def behave(self, mode: Mode) -> None:
        """Behave like this from now on; who was kept waiting by the old mode is answered."""
        self.mode = mode
        self._changed.set()
        self._changed = asyncio.Event()

    def application(self) -> web.Application:
        """The API as an aiohttp application."""
        application = web.Application()
        application.router.add_get("/customers/{phone}", self._customer)
        application.router.add_get("/_demo/mode", self._tell_mode)
        application.router.add_post("/_demo/mode", self._change_mode)
        return application

    async def _customer(self, request: web.Request) -> web.Response:
        if self.mode is Mode.SLOW:
            await self._dawdle()
        if self.mode is Mode.DOWN:
            return _hang_up(request)
        if self.mode is Mode.GARBAGE:
            return web.Response(text=_GARBAGE, content_type="text/html")
        customer = CUSTOMERS.get(request.match_info["phone"])
        if customer is None:
            return _json({"error": "no customer has this number"}, status=404)
        return _json(customer)

    async def _dawdle(self) -> None:
        try:
            async with asyncio.timeout(_SLOW_SECONDS):
                await self._changed.wait()
        except TimeoutError:
            pass

    async def _tell_mode(self, _: web.Request) -> web.Response:
        return _json({"mode": self.mode})

    async def _change_mode(self, request: web.Request) -> web.Response:
        try:
            self.behave(msgspec.json.decode(await request.read(), type=_ModeWish).mode)
        except msgspec.DecodeError:
            return _json({"error": f'write {{"mode": ...}} with one of {", ".join(Mode)}'}, status=400)
        return _json({"mode": self.mode})


def _hang_up(request: web.Request) -> web.Response:
    """Cut the line without a word, as a server does that is going down."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _json(value: object, *, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")


@asynccontextmanager
async def open_company(company: Company, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve the API for the length of the block; gives its base URL. Port 0 picks a free one."""
    runner = web.AppRunner(company.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        found_host, found_port = runner.addresses[0][:2]
        yield f"http://{found_host}:{found_port}"
    finally:
        company.behave(company.mode)
        await runner.cleanup()
