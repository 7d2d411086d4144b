"""A shop calls the webhook of a `skipline serve` that is killed between its answer and the run's end."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from e2e_room import eventually
from e2e_server import ServeProcess
from fake_system import RequestDesk, serving
from hook_room import SECRET, shop_files, signed

from skipline.base.clock import system_clock

FLOW = """
format: 1
name: Orders
triggers:
  - type: webhook
    name: orders
    secret: orders_key
    phone_from: /phone
    keep: [{from: /total, as: total, type: number}]
start: look_up
steps:
  look_up:
    type: fetch_variables
    with: {source: shop, path: "/customers/{{ contact.phone }}", keep: [{from: /name, as: contact.name}]}
    next: {found: pay, not_found: pay, failed: pay}
  pay:
    type: send_request
    with: {source: shop, path: /payments, body: '{"amount": {{ total }}}', keep: [{from: /ticket/id, as: ticket}]}
    next: {done: write, refused: write, failed: write}
  write: {type: note, with: {text: "Ticket {{ ticket }} for {{ contact.name }}"}}
"""
ORDER = json.dumps({"phone": "+31611111111", "total": 12.5}).encode()


class HesitantDesk(RequestDesk):
    """Takes a payment, and says so only to those who ask again."""

    def __init__(self) -> None:
        super().__init__()
        self.is_asked_again = asyncio.Event()

    async def take(self, request: web.Request) -> web.Response:
        answer = await super().take(request)
        if len(self.seen) == 1:
            await self.is_asked_again.wait()
        self.is_asked_again.set()
        return answer


def _shop(desk: RequestDesk) -> web.Application:
    async def customer(_: web.Request) -> web.Response:
        return web.json_response({"name": "Ana"})

    application = web.Application()
    application.router.add_get("/customers/{phone}", customer)
    application.router.add_post("/payments", desk.take)
    return application


@asynccontextmanager
async def _serving(folder: Path, files: dict[str, str]) -> AsyncIterator[ServeProcess]:
    server = ServeProcess(folder, hosts=("127.0.0.1",))
    try:
        await server.start(files)
        yield server
    finally:
        await server.stop()


async def _put_secret(server: ServeProcess) -> None:
    headers = {"Authorization": f"Bearer {server.key}"}
    address = f"http://{server.http}/api/v1/secrets/orders_key"
    async with aiohttp.ClientSession(headers=headers) as session, session.put(address, json={"value": SECRET}) as put:
        assert put.status == 204


async def _deliver(server: ServeProcess, delivery: str = "d1") -> tuple[int, dict[str, Any]]:
    headers = signed(ORDER, system_clock(), delivery=delivery)
    address = f"http://{server.http}/hooks/webhook/orders"
    async with aiohttp.ClientSession() as session, session.post(address, data=ORDER, headers=headers) as answer:
        return answer.status, await answer.json()


async def test_a_run_whose_server_is_killed_is_done_once_and_pays_once(tmp_path: Path) -> None:
    desk = HesitantDesk()
    async with serving(_shop(desk)) as shop, _serving(tmp_path, shop_files(FLOW, shop=shop)) as server:
        await _put_secret(server)
        status, taken = await _deliver(server)
        assert (status, taken["repeated"]) == (202, False)
        await eventually(lambda: desk.seen, "the payment is on its way")
        await server.kill_centre()
        await server.start()
        run = await eventually(lambda: _over(server, taken["run"]), "the run is over")
        assert (run["outcome"], run["trigger"]["details"]) == ("ended", {"name": "orders", "delivery": "d1"})
        assert [(entry["step"], entry["exit"]) for entry in run["trace"]] == [
            ("look_up", "found"),
            ("pay", "done"),
            ("write", "done"),
        ]
        assert run["trace"][-1]["detail"]["note"] == "Ticket 1 for Ana"
        first, again = desk.seen
        assert first == again, "sent again under the same Idempotency-Key"
        assert list(desk.done.values()) == [{"amount": 12.5}], "and paid once"
        assert await _deliver(server) == (200, {"run": taken["run"], "repeated": True})
        assert len((await server.ask("GET", "/runs"))["runs"]) == 1


async def _over(server: ServeProcess, run: str) -> dict[str, Any] | None:
    found: dict[str, Any] = await server.ask("GET", f"/runs/{run}")
    return found if found["ended_at"] else None


@pytest.mark.parametrize("point", ["event_taken", "turn_taken"])
async def test_a_server_that_dies_around_the_answer_forgets_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    desk = RequestDesk()
    monkeypatch.setenv("SKIPLINE_SECRET_ORDERS_KEY", SECRET)
    monkeypatch.setenv("SKIPLINE_DIE_AT", point)
    async with serving(_shop(desk)) as shop, _serving(tmp_path, shop_files(FLOW, shop=shop)) as server:
        try:
            assert (await _deliver(server))[0] == 202
        except aiohttp.ClientError:
            assert point == "event_taken", "it died between the disk and its answer"
        monkeypatch.delenv("SKIPLINE_DIE_AT")
        await server.start()
        status, taken = await _deliver(server)
        assert (status, taken["repeated"]) == (200, True)
        run = await eventually(lambda: _over(server, taken["run"]), "the run is over")
        assert run["outcome"] == "ended"
        assert len(desk.done) == 1
