"""The demo company's API, asked over HTTP and through the look-ups that callers meet."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from lookup_room import TurnedClock, look_up, open_lookups, source_at

from skipline.cli.demo.company import Company, Mode, open_company
from skipline.model.events import LookupStatus

PETRA = {
    "name": "Petra Platina",
    "loyalty_status": "platinum",
    "orders": 214,
    "lifetime_value": 48200.5,
    "account_manager": "Ana",
}


@asynccontextmanager
async def open_api() -> AsyncIterator[tuple[str, aiohttp.ClientSession]]:
    async with open_company(Company()) as url, aiohttp.ClientSession() as session:
        yield url, session


async def ask(session: aiohttp.ClientSession, url: str) -> tuple[int, Any]:
    async with session.get(url) as response:
        return response.status, await response.json()


@pytest.mark.parametrize("phone", ["+31611111111", "%2B31611111111"])
async def test_a_customer_is_told_by_telephone_number(phone: str) -> None:
    async with open_api() as (url, session):
        assert await ask(session, f"{url}/customers/{phone}") == (200, PETRA)


async def test_a_stranger_is_a_404() -> None:
    async with open_api() as (url, session):
        status, _ = await ask(session, f"{url}/customers/+31600000000")
    assert status == 404


async def test_its_mode_is_told_and_changed() -> None:
    async with open_api() as (url, session):
        async with session.post(f"{url}/_demo/mode", json={"mode": "garbage"}) as response:
            assert response.status == 200
        assert await ask(session, f"{url}/_demo/mode") == (200, {"mode": "garbage"})
        async with session.get(f"{url}/customers/+31611111111") as response:
            assert response.content_type == "text/html"


@pytest.mark.parametrize("body", ["", "[]", '{"mode": "sideways"}', '{"mode": "ok", "more": 1}', "\ud7ff"])
async def test_a_mode_that_is_none_is_refused(body: str) -> None:
    async with open_api() as (url, session):
        async with session.post(f"{url}/_demo/mode", data=body.encode()) as response:
            assert response.status == 400
            assert "ok, slow, down, garbage" in (await response.json())["error"]
        assert await ask(session, f"{url}/_demo/mode") == (200, {"mode": "ok"})


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        (Mode.SLOW, "loyalty did not answer within 500 ms"),
        (Mode.DOWN, "loyalty closed the connection before it answered"),
        (Mode.GARBAGE, "loyalty answered 200 with text/html that is not JSON"),
    ],
)
async def test_however_it_is_broken_the_last_known_answer_stands_in(mode: Mode, reason: str) -> None:
    company, clock = Company(), TurnedClock()
    async with open_company(company) as url, open_lookups(source_at(url), clock=clock) as lookups:
        first = await look_up(lookups, "/customers/%2B31611111111")
        company.behave(mode)
        clock.turn(minutes=6)
        answered = await look_up(lookups, "/customers/%2B31611111111")
    assert (first.status, first.value) == (LookupStatus.OK, PETRA)
    assert (answered.status, answered.value) == (LookupStatus.STALE, PETRA)
    assert answered.reason == f"{reason}; its answer of 6 min ago stands in"


async def test_who_was_kept_waiting_is_answered_when_the_mode_changes() -> None:
    company = Company()
    company.behave(Mode.SLOW)
    async with open_company(company) as url, open_lookups(source_at(url, time_limit_seconds=8.0)) as lookups:
        asking = asyncio.create_task(look_up(lookups, "/customers/%2B31611111111"))
        await asyncio.sleep(0.05)
        company.behave(Mode.OK)
        answered = await asking
    assert answered.status is LookupStatus.OK
