"""Fakes of the systems that companies keep their customers in, each with its maker's habits and traps."""

import base64
import re
from typing import Any

from aiohttp import web
from fake_system import TokenOffice


class Salesforce:
    """Searches numbers as they were typed; ends sessions when told to; counts a day's requests."""

    def __init__(self) -> None:
        self.office = TokenOffice()
        self.requests_left = 1_000
        self.people = [{"phone": "+31 (6) 1111-1111", "Name": "Ana", "Account": {"Type": "Key"}}]

    def application(self) -> web.Application:
        application = web.Application()
        application.router.add_post("/services/oauth2/token", self.office.grant)
        application.router.add_get("/services/data/{version}/parameterizedSearch/", self._search)
        return application

    async def _search(self, request: web.Request) -> web.Response:
        if not self.office.admits(request):
            return web.json_response([{"errorCode": "INVALID_SESSION_ID", "message": "expired"}], status=401)
        if self.requests_left <= 0:
            return web.json_response([{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "..."}], status=403)
        self.requests_left -= 1
        wanted = request.query["q"]
        found = [one for one in self.people if re.sub(r"\D", "", str(one["phone"])) == wanted]
        kept = [{"attributes": {"type": "Contact"}, **{k: v for k, v in one.items() if k != "phone"}} for one in found]
        return web.json_response({"searchRecords": kept})


class HubSpot:
    """Brings only the properties that are named, as texts; takes so many searches and no more."""

    def __init__(self) -> None:
        self.searches_left = 1_000
        self.people = [{"mobilephone": "31611111111", "lifecyclestage": "customer", "total_revenue": "1200.5"}]

    def application(self) -> web.Application:
        application = web.Application()
        application.router.add_post("/crm/objects/2026-03/contacts/search", self._search)
        return application

    async def _search(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != "Bearer pat-1":
            return web.json_response({"category": "INVALID_AUTHENTICATION"}, status=401)
        if self.searches_left <= 0:
            return web.json_response({"policyName": "SECONDLY"}, status=429)
        self.searches_left -= 1
        asked = await request.json()
        if len(asked["filterGroups"]) > 5:
            return web.json_response({"message": "too many filter groups"}, status=400)
        found = [one for one in self.people if any(_is_like(one, group) for group in asked["filterGroups"])]
        results = [
            {"id": "51", "properties": {name: one[name] for name in asked["properties"] if name in one}}
            for one in found
        ]
        return web.json_response({"total": len(results), "results": results})


def _is_like(person: dict[str, str], group: dict[str, Any]) -> bool:
    return all(person.get(one["propertyName"]) == one["value"] for one in group["filters"])


class Zendesk:
    """Finds numbers by digits with a star in front; a plus finds nobody. Says for how long it wants none."""

    def __init__(self) -> None:
        self.searches_left, self.searched = 1_000, 0
        self.people = [{"id": 7, "phone": "0611111111", "tags": ["vip"], "user_fields": {"tier": "gold"}}]

    def application(self) -> web.Application:
        application = web.Application()
        application.router.add_get("/api/v2/search.json", self._search)
        return application

    async def _search(self, request: web.Request) -> web.Response:
        known_as = base64.b64encode(b"bot@acme.example/token:k").decode()
        if request.headers.get("Authorization") != f"Basic {known_as}":
            return web.json_response({"error": "Couldn't authenticate you"}, status=401)
        self.searched += 1
        if self.searched > self.searches_left:
            told = {"error": "APIRateLimitExceeded"}
            return web.json_response(told, status=429, headers={"Retry-After": "58"})
        match = re.search(r"role:end-user phone:\*(\d+)$", request.query["query"])
        found = [one for one in self.people if match and str(one["phone"]).endswith(match[1])]
        return web.json_response({"count": len(found), "results": found})


class Shopify:
    """Answers 200 to everything, throttling included; writes numbers as texts."""

    def __init__(self) -> None:
        self.throttled_left = 0

    def application(self) -> web.Application:
        application = web.Application()
        application.router.add_post("/admin/api/2026-01/graphql.json", self._answer)
        return application

    async def _answer(self, request: web.Request) -> web.Response:
        if request.headers.get("X-Shopify-Access-Token") != "shpat":
            return web.json_response({"errors": "[API] Invalid API key or access token"}, status=401)
        if self.throttled_left:
            self.throttled_left -= 1
            return web.json_response({"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]})
        asked = await request.json()
        is_ana = asked["variables"]["identifier"].get("phoneNumber") == "+31611111111"
        spent = {"amount": "340.50", "currencyCode": "EUR"}
        customer = {"numberOfOrders": "12", "amountSpent": spent, "tags": ["vip"]} if is_ana else None
        return web.json_response({"data": {"customerByIdentifier": customer}})
