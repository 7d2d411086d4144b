"""Each ready-made source against a system with that maker's habits, over real HTTP."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from fake_crm import HubSpot, Salesforce, Shopify, Zendesk
from fake_system import serving
from lookup_room import look_up, open_lookups, these_secrets

from skipline.host.lookups import Lookups
from skipline.model.configuration import Source
from skipline.model.events import LookupStatus

ANA = "?phone=%2B31611111111"
NOBODY = "?phone=%2B31699999999"
SECRETS = these_secrets(sf="s3cret", hs="pat-1", zd="k", sh="shpat", wrong="wrong")


@asynccontextmanager
async def _asking(
    type_: str, application: web.Application, place: str, settings: Mapping[str, Any]
) -> AsyncIterator[Lookups]:
    async with serving(application) as url:
        whole = {place: url, "allow_private": True, **settings}
        source = Source(name="loyalty", type=type_, settings=whole, cache_seconds=0, stale_if_error_seconds=0)
        async with open_lookups(source, secrets=SECRETS) as lookups:
            yield lookups


def _salesforce(fake: Salesforce) -> Any:
    return _asking("salesforce", fake.application(), "instance", {"client_id": "skipline", "secret": "sf"})


async def test_salesforce_finds_a_number_however_it_was_typed() -> None:
    async with _salesforce(Salesforce()) as lookups:
        found, nobody = await look_up(lookups, ANA), await look_up(lookups, NOBODY)
    assert (found.status, found.value) == (LookupStatus.OK, {"Name": "Ana", "Account": {"Type": "Key"}, "matches": 1})
    assert nobody.status is LookupStatus.NOT_FOUND


async def test_a_session_that_salesforce_ended_is_renewed_once() -> None:
    fake = Salesforce()
    async with _salesforce(fake) as lookups:
        await look_up(lookups, ANA)
        fake.office.valid.clear()
        assert (await look_up(lookups, ANA)).status is LookupStatus.OK
    assert len(fake.office.granted) == 2


async def test_a_used_up_day_is_told_and_leaves_salesforce_alone() -> None:
    fake = Salesforce()
    fake.requests_left = 0
    async with _salesforce(fake) as lookups:
        answers = [await look_up(lookups, ANA, retries=0) for _ in range(6)]
    assert "REQUEST_LIMIT_EXCEEDED" in answers[0].reason
    assert "left alone" in answers[-1].reason


async def test_hubspot_finds_a_number_without_its_plus() -> None:
    settings = {"secret": "hs", "properties": ["lifecyclestage", "total_revenue"]}
    async with _asking("hubspot", HubSpot().application(), "base_url", settings) as lookups:
        found, nobody = await look_up(lookups, ANA), await look_up(lookups, NOBODY)
    expected = {"id": "51", "lifecyclestage": "customer", "total_revenue": "1200.5", "matches": 1}
    assert (found.status, found.value) == (LookupStatus.OK, expected)
    assert nobody.status is LookupStatus.NOT_FOUND


async def test_hubspot_says_when_it_gets_too_much() -> None:
    fake = HubSpot()
    fake.searches_left = 0
    async with _asking("hubspot", fake.application(), "base_url", {"secret": "hs"}) as lookups:
        answer = await look_up(lookups, ANA)
    assert (answer.status, answer.reason) == (LookupStatus.ERROR, "loyalty answered 429: it gets too many questions")


async def test_zendesk_finds_a_national_number_by_its_end() -> None:
    settings = {"user": "bot@acme.example", "secret": "zd"}
    async with _asking("zendesk", Zendesk().application(), "base_url", settings) as lookups:
        found, nobody = await look_up(lookups, ANA), await look_up(lookups, NOBODY)
    assert found.value["user_fields"] == {"tier": "gold"}
    assert nobody.status is LookupStatus.NOT_FOUND


async def test_zendesk_is_left_alone_for_as_long_as_it_says() -> None:
    fake = Zendesk()
    fake.searches_left = 1
    settings = {"user": "bot@acme.example", "secret": "zd"}
    async with _asking("zendesk", fake.application(), "base_url", settings) as lookups:
        answers = [await look_up(lookups, ANA) for _ in range(4)]
    assert [one.status for one in answers] == [LookupStatus.OK, *[LookupStatus.ERROR] * 3]
    assert "wants to be left alone" in answers[-1].reason
    assert fake.searched == 2


async def test_shopify_is_asked_again_when_it_throttles() -> None:
    fake = Shopify()
    fake.throttled_left = 1
    async with _asking("shopify", fake.application(), "shop", {"secret": "sh"}) as lookups:
        found, nobody = await look_up(lookups, ANA), await look_up(lookups, NOBODY)
    assert (found.value["numberOfOrders"], found.value["amountSpent"]["amount"]) == (12, 340.5)
    assert nobody.status is LookupStatus.NOT_FOUND


async def test_a_wrong_token_is_told_in_words() -> None:
    async with _asking("shopify", Shopify().application(), "shop", {"secret": "wrong"}) as lookups:
        answer = await look_up(lookups, ANA)
    assert (answer.status, answer.reason) == (LookupStatus.ERROR, "loyalty answered 401: check the sign-in")
