"""Runs that a webhook starts take every step that needs no call, and outlive their server. On both databases."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from api_client import client_of
from fake_system import RequestDesk, serving
from hook_room import ENVIRON, deliver, shop_files, until_over
from inside_server import inside

from skipline.base.clock import system_clock
from skipline.model.run import Outcome

EVERY_STEP = """
format: 1
name: Orders
triggers:
  - type: webhook
    name: orders
    secret: orders_key
    phone_from: /customer/phone
    keep: [{from: /order/total, as: total, type: number}]
start: look_up
steps:
  look_up:
    type: fetch_variables
    with:
      source: shop
      path: "/customers/{{ contact.phone }}"
      keep:
        - {from: /name, as: contact.name, type: text}
        - {from: /birthday, as: birthday, type: text, personal: true}
    next: {found: count, not_found: count, failed: count}
  count: {type: set_variables, with: {values: {doubled: "{{ total * 2.0 }}"}}, next: {done: size}}
  size:
    type: branch
    with: {paths: [{id: big, all: [{variable: doubled, operator: at_least, value: 20}]}]}
    next: {big: table, else: bye}
  table:
    type: look_up_table
    with: {table: vip_list, key: "{{ contact.phone }}", keep: [{from: tier, as: contact.tier}]}
    next: {found: office, not_found: bye}
  office: {type: opening_hours, with: {hours: office}, next: {open: share, closed: bye, holiday: bye}}
  share: {type: split, with: {paths: [{id: all, share: 100}]}, next: {all: mark, else: bye}}
  mark: {type: tag, with: {add: ["{{ contact.tier }} buyer"]}, next: {done: rest}}
  rest: {type: wait, with: {duration: 200ms}, next: {done: pay}}
  pay:
    type: send_request
    with: {source: shop, path: /payments, body: '{"amount": {{ total }}}', keep: [{from: /ticket/id, as: ticket}]}
    next: {done: inside, refused: bye, failed: bye}
  inside:
    type: run_flow
    with: {flow: thanks, inputs: {ticket: "{{ ticket }}"}, keep: [{from: letter, as: letter}]}
    next: {done: write, failed: bye}
  write: {type: note, with: {text: "{{ letter }} for {{ contact.name }}"}, next: {done: bye}}
  bye: {type: hang_up}
"""
THANKS = """
format: 1
name: Thanks
inputs: [{name: ticket}]
start: write
steps:
  write: {type: set_variables, with: {values: {letter: "Thanks for {{ ticket }}"}}, next: {done: tell}}
  tell:
    type: send_request
    with: {source: shop, path: /letters, body: '{"letter": "{{ letter }}"}'}
"""
PATH = [
    "look_up",
    "count",
    "size",
    "table",
    "office",
    "share",
    "mark",
    "rest",
    "pay",
    "thanks/write",
    "thanks/tell",
    "inside",
    "write",
    "bye",
]


def _shop(desk: RequestDesk) -> web.Application:
    async def customer(request: web.Request) -> web.Response:
        return web.json_response({"name": "Ana", "birthday": "1970-04-07", "hidden": "never kept"})

    application = web.Application()
    application.router.add_get("/customers/{phone}", customer)
    application.router.add_post("/payments", desk.take)
    application.router.add_post("/letters", desk.take)
    return application


async def test_every_step_that_needs_no_call_is_taken(tmp_path: Path, place: Path | str) -> None:
    desk = RequestDesk()
    async with (
        serving(_shop(desk)) as shop,
        inside(
            tmp_path / "data", shop_files(EVERY_STEP, shop=shop, thanks=THANKS), place=place, environ=ENVIRON
        ) as room,
        client_of(room) as client,
    ):
        id_ = (await deliver(client, system_clock())).body["run"]
        run = await until_over(room, id_)
        assert [entry.step for entry in run.trace] == PATH
        assert run.outcome is Outcome.ENDED
        assert (run.contact.name, run.contact.tier, run.contact.tags) == ("Ana", "gold", ("gold buyer",))
        assert run.variables["birthday"] == "•••"
        assert run.trace[-2].detail["note"] == "Thanks for 1 for Ana"
        assert list(desk.done.values()) == [{"amount": 12.5}, {"letter": "Thanks for 1"}]
        assert len(set(desk.seen)) == 2
        assert all(key.startswith(f"{id_}:") for key in desk.seen), "each request says which command it is"
        shown = await client.get(f"/runs/{id_}")
        assert "1970" not in str(shown)
        assert "never kept" not in str(shown)


async def test_a_run_is_shown_from_the_moment_its_delivery_was_taken(tmp_path: Path, place: Path | str) -> None:
    held = asyncio.Event()

    async def slow(_: web.Request) -> web.Response:
        await held.wait()
        return web.json_response({})

    application = web.Application()
    application.router.add_get("/customers/{phone}", slow)
    async with (
        serving(application) as shop,
        inside(
            tmp_path / "data", shop_files(EVERY_STEP, shop=shop, thanks=THANKS), place=place, environ=ENVIRON
        ) as room,
        client_of(room) as client,
    ):
        id_ = (await deliver(client, system_clock())).body["run"]
        (listed,) = (await client.get("/runs"))["runs"]
        assert (listed["id"], listed["trigger"], listed["outcome"]) == (id_, "webhook", None)
        held.set()
        await until_over(room, id_)


async def test_a_run_that_waits_goes_on_in_the_next_server(tmp_path: Path, place: Path | str) -> None:
    desk = RequestDesk()
    async with serving(_shop(desk)) as shop:
        files = shop_files(EVERY_STEP, shop=shop, thanks=THANKS)
        async with (
            inside(tmp_path / "data", files, place=place, environ=ENVIRON) as first,
            client_of(first) as client,
        ):
            id_ = (await deliver(client, system_clock())).body["run"]
        assert desk.seen == []
        async with inside(tmp_path / "data", place=place, environ=ENVIRON, name="next") as second:
            run = await until_over(second, id_)
    assert [entry.step for entry in run.trace] == PATH
    assert len(desk.seen) == 2


@pytest.mark.parametrize("trouble", ["down", "refuses"])
async def test_a_shop_in_trouble_leads_the_run_out_of_its_exits(tmp_path: Path, trouble: str) -> None:
    desk = RequestDesk()
    desk.failures_left = 9 if trouble == "down" else 0
    payload: dict[str, Any] = {"customer": {"phone": "+31611111111"}, "order": {"total": 12.5}}
    flow = EVERY_STEP if trouble == "down" else EVERY_STEP.replace("{{ total }}}'", "-1}'")
    async with (
        serving(_shop(desk)) as shop,
        inside(tmp_path, shop_files(flow, shop=shop, thanks=THANKS), environ=ENVIRON) as room,
        client_of(room) as client,
    ):
        id_ = (await deliver(client, system_clock(), payload)).body["run"]
        run = await until_over(room, id_)
    pay = next(entry for entry in run.trace if entry.step == "pay")
    assert pay.exit == {"down": "failed", "refuses": "refused"}[trouble]
    assert run.trace[-1].step == "bye"


async def test_a_run_may_ask_how_busy_a_queue_is(tmp_path: Path) -> None:
    flow = """
format: 1
name: Orders
triggers: [{type: webhook, name: orders, secret: orders_key}]
start: busy
steps:
  busy:
    type: branch
    with: {paths: [{id: free, all: [{variable: queues.vip.waiting, operator: is, value: 0}]}]}
"""
    files = shop_files(flow)
    files["skipline.yaml"] += "queues: [{name: vip}]\n"
    async with inside(tmp_path, environ=ENVIRON) as room, client_of(room) as client:
        assert (await room.workspace.apply(files)).is_applied
        run = await until_over(room, (await deliver(client, system_clock())).body["run"])
    assert [entry.exit for entry in run.trace] == ["free"]
