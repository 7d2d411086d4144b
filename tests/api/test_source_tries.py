"""Sources that are asked for real while a step is set up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from api_client import Client, client_of
from fake_system import serving
from inside_server import inside, workspace_files

from skipline.asking.answer_fields import MOST_FIELDS, fields_of
from skipline.asking.json_answer import understand_json
from skipline.host.lookups.remedies import Remedy, remedy_of
from skipline.model.lookup import HttpResponse

ASK = {"path": "/customers/{{ contact.phone }}", "variables": {"contact.phone": "+31 6/11"}}


def _customers(seen: list[str]) -> web.Application:
    async def customer(request: web.Request) -> web.Response:
        seen.append(f"{request.method} {request.raw_path}")
        if request.method == "GET" and len(seen) > 1:
            return web.json_response({"error": "down"}, status=500)
        return web.json_response({"name": "Ana", "orders": 12, "tags": ["a", "b"], "account": {"owner/id": None}})

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", customer)
    return app


@asynccontextmanager
async def company(folder: Path, seen: list[str]) -> AsyncIterator[tuple[str, Client]]:
    """The address of a system that notes what it is `seen` to be asked, and a client of a server that may ask it."""
    async with (
        serving(_customers(seen)) as url,
        inside(folder, workspace_files(url)) as room,
        client_of(room) as client,
    ):
        yield url, client


async def test_the_answer_is_laid_out_field_by_field(tmp_path: Path) -> None:
    seen: list[str] = []
    async with company(tmp_path, seen) as (_, client):
        asked = await client.send("POST", "/sources/loyalty/ask", ASK)
        assert asked.body["status"] == "ok", asked.body
        rows = {one["pointer"]: (one["type"], one["value"]) for one in asked.body["fields"]}
        assert rows["/name"] == ("text", "Ana")
        assert rows["/orders"] == ("number", "12")
        assert rows["/tags"] == ("list", "2")
        assert rows["/account/owner~1id"][0] == "nothing"
        assert seen == ["GET /customers/%2B31%206%2F11"]
        for _ in range(8):
            failed = (await client.send("POST", "/sources/loyalty/ask", ASK)).body
            assert (failed["status"], failed["fields"]) == ("error", [])
            assert "500" in failed["reason"]
        spanish = {"Accept-Language": "es"}
        heard = await client.ask("POST", "/api/v1/sources/loyalty/ask", json=ASK, extra=spanish)
        assert heard.body["reason"] == "loyalty respondió 500"
        empty = await client.ask("POST", "/api/v1/sources/loyalty/ask", json={**ASK, "variables": {}}, extra=spanish)
        assert empty.body["reason"].startswith("no se preguntó: una parte de su dirección no tiene valor")
        assert len(seen) == 10, "asked each time: nothing kept answers, and no breaker opens"
        posted = {
            **ASK,
            "method": "POST",
            "query": {"q": "{{ tier }}"},
            "variables": {"contact.phone": "1", "tier": "a b"},
        }
        assert (await client.send("POST", "/sources/loyalty/ask", posted)).body["status"] == "ok"
        assert seen[-1] == "POST /customers/1?q=a%20b"


async def test_what_cannot_be_asked_says_why(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        unknown = await client.send("POST", "/sources/other/ask", ASK)
        assert (unknown.status, unknown.code) == (404, "not_found")
        broken = await client.send("POST", "/sources/loyalty/ask", {"path": "/{{ contact.phone"})
        assert (broken.status, broken.code) == (422, "bad_text")
        nobody = (await client.send("POST", "/sources/loyalty/ask", {**ASK, "variables": {}})).body
        assert (nobody["status"], nobody["fields"]) == ("not_found", [])
        assert "has no value" in nobody["reason"]
        assert (await client.send("POST", "/sources/loyalty/ask", {"method": "TRACE"})).code == "not_understood"


async def test_a_source_is_asked_before_it_is_saved(tmp_path: Path) -> None:
    seen: list[str] = []
    async with company(tmp_path, seen) as (url, client):
        auth = {"type": "bearer", "secret": "crm_token"}
        entry = {"name": "crm", "type": "http", "base_url": url, "allow_private": True, "auth": auth}
        unset = (await client.send("POST", "/sources/ask", {**ASK, "entry": entry})).body
        assert (unset["status"], unset["remedy"], seen) == ("error", "unset", [])
        await client.send("PUT", "/secrets/crm_token", {"value": "hush"})
        asked = await client.send("POST", "/sources/ask", {**ASK, "entry": entry})
        assert asked.body["status"] == "ok", asked.text
        assert asked.body["remedy"] is None
        assert "hush" not in asked.text
        assert [one["name"] for one in await client.get("/sources")] == ["loyalty"], "it is not saved by that"
        trail = (await client.get("/audit?what=source_asked"))["entries"]
        assert trail[0]["about"] == "crm"
        assert trail[0]["detail"]["addresses"] == [url]


async def test_what_would_help_is_told_with_the_reason(tmp_path: Path) -> None:
    seen: list[str] = []
    async with company(tmp_path, seen) as (url, client):

        async def ask(**entry: object) -> Any:
            wish = {"path": "/x", "entry": {"name": "crm", "type": "http", **entry}}
            return (await client.send("POST", "/sources/ask", wish)).body

        assert (await ask(base_url=url))["remedy"] == "allow_private"
        assert (await ask(base_url="http://10.0.0.9"))["remedy"] == "allow_private"
        assert (await ask(base_url="http://169.254.169.254", allow_private=True))["remedy"] == "closed"
        assert seen == []


async def test_a_source_with_mistakes_is_not_asked_and_each_stands_at_its_place(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        entry = {"name": "crm", "type": "http", "base_url": "ftp://x", "auth": {"type": "basic", "secret": "s"}}
        answer = await client.send("POST", "/sources/ask", {"entry": entry})
        assert (answer.status, answer.code) == (422, "has_mistakes")
        paths = {tuple(one["path"]): one["code"] for one in answer.body["issues"]}
        assert paths == {
            ("sources", "crm", "base_url"): "wrong_value",
            ("sources", "crm", "auth", "user"): "missing_key",
        }


def test_what_a_source_refuses_is_told_as_its_credentials() -> None:
    for status in (401, 403):
        assert remedy_of(understand_json(HttpResponse(status=status)).reason) is Remedy.CREDENTIALS


def test_an_endless_answer_is_laid_out_as_far_as_people_read() -> None:
    many: Any = {f"key{number}": number for number in range(2_000)}
    assert len(fields_of(many)) == MOST_FIELDS
    assert [one.pointer for one in fields_of(list(range(9)))] == ["/0", "/1", "/2", "/3", "/4"]
    deep: Any = 1
    for _ in range(900):
        deep = {"a": deep}
    assert fields_of(deep)[-1].type == "map"
    assert fields_of("x")[0] == ("", "text", "x")
