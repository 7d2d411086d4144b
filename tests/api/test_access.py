"""Nothing under `/api` answers without a valid key; errors are problem documents and tell no secrets."""

from pathlib import Path

import pytest
from api_client import client_of
from inside_server import inside, workspace_files

from skipline.api.app import create_app
from skipline.api.flows import FlowText

_HOOK = """
format: 1
name: Orders
triggers:
  - {type: webhook, name: new_orders, secret: orders_key}
start: note
steps:
  note: {type: note, with: {text: An order came}}
"""


async def test_basic_credentials_are_no_key(tmp_path: Path) -> None:
    async with (
        inside(tmp_path) as room,
        client_of(room) as client,
        client.session.get(
            f"{client.url}/api/v1/flows", headers={"Authorization": f"Basic {client.token}"}
        ) as response,
    ):
        assert response.status == 401


async def test_health_is_open_and_says_when_calls_can_be_taken(tmp_path: Path) -> None:
    async with inside(tmp_path) as room, client_of(room) as client:
        alive = await client.ask("GET", "/healthz", token="")
        ready = await client.ask("GET", "/readyz", token="")
        assert (alive.status, alive.body) == (200, {"status": "alive"})
        assert (ready.status, ready.body) == (200, {"status": "ready"})
        room.voice.ready.clear()
        waiting = await client.ask("GET", "/readyz", token="")
        assert (waiting.status, waiting.body["status"]) == (503, "waiting for the voice worker")


async def test_a_key_works_until_it_is_revoked(tmp_path: Path) -> None:
    async with inside(tmp_path) as room, client_of(room) as client:
        made = await client.send("POST", "/keys", {"name": "reports"})
        assert made.status == 201
        assert (await client.ask("GET", "/api/v1/runs", token=made.body["token"])).status == 200
        assert (await client.send("DELETE", f"/keys/{made.body['id']}")).status == 204
        assert (await client.ask("GET", "/api/v1/runs", token=made.body["token"])).status == 401
        again = await client.send("DELETE", f"/keys/{made.body['id']}")
        assert (again.status, again.code) == (404, "not_found")


async def test_a_token_is_shown_once(tmp_path: Path) -> None:
    async with inside(tmp_path) as room, client_of(room) as client:
        made = await client.send("POST", "/keys", {"name": "reports"})
        listed = await client.ask("GET", "/api/v1/keys")
        assert made.body["token"] not in listed.text
        assert [key["name"] for key in listed.body] == ["tests", "reports"]
        assert listed.body[1]["hint"] == made.body["token"][-4:]


@pytest.mark.parametrize("wish", [{"name": ""}, {"name": "x" * 101}, {}, {"name": "x", "admin": True}, [], None])
async def test_a_key_needs_a_name_and_nothing_else(tmp_path: Path, wish: object) -> None:
    async with inside(tmp_path) as room, client_of(room) as client:
        answer = await client.send("POST", "/keys", wish)
        assert (answer.status, answer.code) == (422, "not_understood")
        assert answer.body["mistakes"][0]["sentence"]


async def test_a_secret_goes_in_and_is_never_shown(tmp_path: Path) -> None:
    async with inside(tmp_path) as room, client_of(room) as client:
        put = await client.send("PUT", "/secrets/loyalty_token", {"value": "hush-hush"})
        assert (put.status, put.text) == (204, "")
        listed = await client.ask("GET", "/api/v1/secrets")
        assert [secret["name"] for secret in listed.body] == ["loyalty_token"]
        assert "hush" not in listed.text
        assert room.services.secrets.value("loyalty_token") == "hush-hush"
        assert (await client.ask("GET", "/api/v1/secrets/loyalty_token")).status == 404
        assert b"hush-hush" not in (tmp_path / "skipline.db").read_bytes()


async def test_a_secret_tells_who_needs_it_and_whether_it_is_there(tmp_path: Path) -> None:
    hook = {**workspace_files(), "flows/orders.yaml": _HOOK}
    auth = {"type": "bearer", "secret": "crm_token"}
    entry = {"type": "http", "base_url": "https://crm.example.com", "auth": auth}
    environ = {"SKIPLINE_SECRET_ORDERS_KEY": "given"}
    async with inside(tmp_path, hook, environ=environ) as room, client_of(room) as client:
        assert (await client.send("PUT", "/sources/crm", entry)).status == 200
        await client.send("PUT", "/secrets/spare", {"value": "hush-hush"})
        listed = {one["name"]: one for one in await client.get("/secrets")}
        assert {name: (one["updated_at"] is None, one["is_given"]) for name, one in listed.items()} == {
            "crm_token": (True, False),
            "orders_key": (True, True),
            "spare": (False, False),
        }
        assert listed["crm_token"]["used_by"] == [{"section": "sources", "name": "crm"}]
        assert listed["orders_key"]["used_by"] == [{"section": "flows", "name": "orders"}]
        assert listed["spare"]["used_by"] == []


async def test_a_refused_secret_is_not_repeated_in_the_answer(tmp_path: Path) -> None:
    async with inside(tmp_path) as room, client_of(room) as client:
        for wish in ({"value": ["hush-hush"]}, {"value": "", "hush": "hush-hush"}, {"value": "hush-hush" * 2000}):
            answer = await client.send("PUT", "/secrets/loyalty_token", wish)
            assert (answer.status, answer.code) == (422, "not_understood")
            assert "hush-hush" not in answer.text


async def test_a_secret_can_be_replaced_and_forgotten(tmp_path: Path) -> None:
    async with inside(tmp_path) as room, client_of(room) as client:
        await client.send("PUT", "/secrets/a", {"value": "one"})
        await client.send("PUT", "/secrets/a", {"value": "two"})
        assert room.services.secrets.value("a") == "two"
        assert (await client.send("DELETE", "/secrets/a")).status == 204
        assert await client.get("/secrets") == []
        assert (await client.send("DELETE", "/secrets/a")).status == 204


@pytest.mark.parametrize("name", ["a%20b", "-x", "x" * 61, "%C3%A9", "a%00"])
async def test_a_secret_has_a_plain_name(tmp_path: Path, name: str) -> None:
    async with inside(tmp_path) as room, client_of(room) as client:
        assert (await client.send("PUT", f"/secrets/{name}", {"value": "x"})).status == 422


async def test_unknown_places_and_methods_are_problem_documents(tmp_path: Path) -> None:
    async with inside(tmp_path) as room, client_of(room) as client:
        for method, path, status, code in (
            ("GET", "/nowhere", 404, "not_found"),
            ("GET", "/api/v1/bananas", 404, "not_found"),
            ("GET", "/api/v1/bananas/1", 404, "not_found"),
            ("GET", "/api/v1/runs/unknown", 404, "not_found"),
            ("GET", "/api/v1/calls/unknown", 404, "not_found"),
            ("GET", "/api/v1/flows/unknown", 404, "not_found"),
            ("POST", "/api/v1/runs", 405, "method_not_allowed"),
            ("DELETE", "/healthz", 405, "method_not_allowed"),
        ):
            answer = await client.ask(method, path)
            assert (answer.status, answer.code) == (status, code), path


async def test_a_body_that_is_no_json_is_told_so(tmp_path: Path) -> None:
    async with inside(tmp_path) as room, client_of(room) as client:
        for data in (b"{", b"\xff\xfe", b"", b"[" * 100_000):
            answer = await client.ask("POST", "/api/v1/keys", data=data)
            assert (answer.status, answer.code) == (422, "not_understood"), data[:10]


async def test_strangers_cannot_choose_the_size_of_a_body(tmp_path: Path) -> None:
    async with inside(tmp_path) as room, client_of(room) as client:
        answer = await client.ask("POST", "/api/v1/keys", token="", data=b"x" * (33 << 20))
        assert answer.status == 413


async def test_our_own_mistake_says_nothing_of_the_inside(tmp_path: Path) -> None:
    async with inside(tmp_path) as room, client_of(room) as client:
        room.services.workspace.export = None  # type: ignore[method-assign, assignment]
        answer = await client.ask("GET", "/api/v1/workspace")
        assert (answer.status, answer.code) == (500, "our_mistake")
        assert "NoneType" not in answer.text


async def test_a_database_in_trouble_is_a_503_with_its_code(tmp_path: Path) -> None:
    async with inside(tmp_path) as room, client_of(room) as client:
        limit = await room.database.write(lambda it: it.exec_driver_sql("PRAGMA page_count").scalar())
        await room.database.write(lambda it: it.exec_driver_sql(f"PRAGMA max_page_count={limit}").scalar())
        answers = [await client.send("PUT", f"/secrets/s{number}", {"value": "x" * 9000}) for number in range(12)]
        failed = [answer for answer in answers if answer.status != 204]
        assert failed
        assert {(answer.status, answer.code) for answer in failed} == {(503, "storage_failed")}


def test_the_description_covers_every_route_in_words() -> None:
    paths = create_app(None).openapi()["paths"]
    for path, methods in paths.items():
        for method, described in methods.items():
            assert described["summary"], (method, path)
            assert described["description"].endswith((".", ".`")), (method, path)
            assert described["tags"], (method, path)
    assert FlowText.__name__ in str(create_app(None).openapi()["components"]["schemas"])


async def test_the_description_is_served_with_its_key_scheme(tmp_path: Path) -> None:
    async with inside(tmp_path) as room, client_of(room) as client:
        described = await client.get("/openapi.json")
        assert described["openapi"].startswith("3.")
        assert described["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
        without_key = {
            path
            for path, methods in described["paths"].items()
            for one in methods.values()
            if "/api/" in path and "security" not in one
        }
        assert all(path.startswith("/api/v1/session") for path in without_key), without_key
