"""Signing in to a source with a token: fetched once, renewed when it is refused, never in the way of the limit."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from fake_system import TokenOffice, serving
from lookup_room import look_up, open_lookups, these_secrets

from skipline.host.lookups import Lookups
from skipline.model.configuration import Source
from skipline.model.events import LookupStatus


def _application(office: TokenOffice, asked: list[str]) -> web.Application:
    async def customer(request: web.Request) -> web.Response:
        asked.append(request.headers.get("Authorization", ""))
        if not office.admits(request):
            return web.json_response({"error": "INVALID_SESSION_ID"}, status=401)
        return web.json_response({"tier": "gold"})

    application = web.Application()
    application.router.add_post("/oauth/token", office.grant)
    application.router.add_get("/customers/{id}", customer)
    return application


@asynccontextmanager
async def _signed_in(
    office: TokenOffice, asked: list[str], secret: str = "s3cret", path: str = "/oauth/token"
) -> AsyncIterator[Lookups]:
    async with serving(_application(office, asked)) as url:
        auth = {"type": "oauth2", "token_url": f"{url}{path}", "client_id": "skipline", "secret": "crm"}
        settings = {"base_url": url, "allow_private": True, "auth": auth}
        source = Source(name="loyalty", type="http", settings=settings, cache_seconds=0, stale_if_error_seconds=0)
        async with open_lookups(source, secrets=these_secrets(crm=secret)) as lookups:
            yield lookups


async def test_a_token_is_fetched_once_for_many_questions() -> None:
    office = TokenOffice()
    async with _signed_in(office, asked := []) as lookups:
        answers = await asyncio.gather(*(look_up(lookups, f"/customers/{number}") for number in range(5)))
    assert [answer.status for answer in answers] == [LookupStatus.OK] * 5
    assert office.granted == ["token1"]
    assert asked == ["Bearer token1"] * 5


async def test_a_token_that_is_refused_is_renewed_once() -> None:
    office = TokenOffice()
    async with _signed_in(office, asked := []) as lookups:
        await look_up(lookups, "/customers/1")
        office.valid.clear()
        answer = await look_up(lookups, "/customers/2")
    assert answer.status is LookupStatus.OK
    assert asked == ["Bearer token1", "Bearer token1", "Bearer token2"]


async def test_a_token_is_renewed_before_it_runs_out() -> None:
    office = TokenOffice(seconds=0)
    async with _signed_in(office, []) as lookups:
        await look_up(lookups, "/customers/1")
        await look_up(lookups, "/customers/2")
    assert office.granted == ["token1", "token2"]


async def test_a_wrong_secret_is_told_in_words_and_nothing_of_it_is_shown() -> None:
    async with _signed_in(TokenOffice(), asked := [], secret="wr0ng") as lookups:
        answer = await look_up(lookups, "/customers/1")
    assert answer.status is LookupStatus.ERROR
    assert "could not be signed in to: its sign-in answered 401" in answer.reason
    assert "wr0ng" not in answer.reason
    assert asked == []


async def test_a_sign_in_that_is_not_there_is_told() -> None:
    async with _signed_in(TokenOffice(), [], path="/nowhere") as lookups:
        answer = await look_up(lookups, "/customers/1")
    assert answer.status is LookupStatus.ERROR
    assert "its sign-in answered 404" in answer.reason


async def test_a_token_without_a_sensible_end_counts_for_a_while() -> None:
    for seconds in ("soon", None, "3600"):
        async with _signed_in(TokenOffice(seconds=seconds), []) as lookups:
            assert (await look_up(lookups, "/customers/1")).status is LookupStatus.OK
