"""Webhooks over real HTTP: what is taken, what is refused, and what of it is shown. On both databases."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from api_client import Client, client_of
from hook_room import ENVIRON, ORDER, deliver, shop_files, signed, until_over
from inside_server import Inside, inside

from skipline.api.hooks import LARGEST_BODY_BYTES
from skipline.base.clock import system_clock
from skipline.model.durable import Arrival
from skipline.model.run import StartedBy
from skipline.store.errors import StorageFailed


@asynccontextmanager
async def shop(
    folder: Path, place: Path | str | None = None, *, name: str = "node", **environ: str
) -> AsyncIterator[tuple[Inside, Client]]:
    """A server with the flow `orders`, and a client of it; `name` tells it from others on the same tables."""
    async with (
        inside(folder, shop_files(), place=place, environ=environ or ENVIRON, name=name) as room,
        client_of(room) as client,
    ):
        yield room, client


async def _last(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = await client.get("/webhooks/orders/last-delivery")
    return found


async def test_a_signed_delivery_starts_a_run(tmp_path: Path, place: Path | str) -> None:
    async with shop(tmp_path / "data", place) as (room, client):
        answer = await deliver(client, system_clock())
        assert (answer.status, answer.body["repeated"]) == (202, False)
        run = await until_over(room, answer.body["run"])
        assert (run.flow, run.contact.phone, run.contact.name, run.contact.tier) == (
            "orders",
            "+31611111111",
            "Ana",
            "standard",
        )
        assert run.started_by == StartedBy(type="webhook", details={"name": "orders", "delivery": "d1"})


async def test_the_record_tells_the_trigger_and_masks_what_is_personal(tmp_path: Path) -> None:
    async with shop(tmp_path) as (room, client):
        answer = await deliver(client, system_clock())
        await until_over(room, answer.body["run"])
        run = await client.get(f"/runs/{answer.body['run']}")
        assert run["trigger"] == {
            "type": "webhook",
            "call": None,
            "to": None,
            "trunk": None,
            "details": {"name": "orders", "delivery": "d1"},
        }
        assert (run["outcome"], run["variables"]) == ("ended", {"total": 12.5, "email": "•••"})
        known, greet = run["trace"]
        assert (known["exit"], greet["detail"]["note"]) == ("mail", "Order of 12.5 by Ana")
        assert "email is •••" in known["detail"]["why"]
        (listed,) = (await client.get("/runs?flow=orders"))["runs"]
        assert (listed["trigger"], listed["call"], listed["phone"]) == ("webhook", None, "+31611111111")


async def test_a_delivery_counts_once(tmp_path: Path, place: Path | str) -> None:
    async with shop(tmp_path / "data", place) as (room, client):
        now = system_clock()
        answers = await asyncio.gather(*(deliver(client, now) for _ in range(5)))
        assert sorted(answer.status for answer in answers) == [200, 200, 200, 200, 202]
        (run,) = {answer.body["run"] for answer in answers}
        await until_over(room, run)
        again = await deliver(client, now, payload={"other": "body"})
        assert (again.status, again.body) == (200, {"run": run, "repeated": True})
        assert (await deliver(client, now, delivery="d2")).status == 202
        assert len((await client.get("/runs"))["runs"]) == 2


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"webhook_signature": "v1,AAAA"}, 403, "bad_signature"),
        ({"webhook_signature": ""}, 403, "bad_signature"),
        ({"webhook_id": "d9"}, 403, "bad_signature"),
        ({"content_type": "text/plain"}, 415, "wrong_content_type"),
        ({"body": b"{not json"}, 400, "not_json"),
        ({"body": b"[" * 100_000}, 400, "not_json"),
        ({"body": b""}, 400, "not_json"),
        ({"body": b" " * (LARGEST_BODY_BYTES + 1)}, 413, "too_large"),
        ({"name": "returns"}, 404, "unknown_webhook"),
    ],
    ids=["signature", "none", "other id", "type", "no json", "deep", "empty", "large", "name"],
)
async def test_what_does_not_count_is_told_why(tmp_path: Path, changed: dict[str, Any], status: int, code: str) -> None:
    async with shop(tmp_path) as (_, client):
        answer = await deliver(client, system_clock(), **changed)
        assert (answer.status, answer.code) == (status, code)
        assert answer.body["detail"].endswith(".")
        assert (await client.get("/runs"))["runs"] == []


async def test_an_old_signature_is_a_replay(tmp_path: Path) -> None:
    async with shop(tmp_path) as (_, client):
        answer = await deliver(client, system_clock() - timedelta(minutes=6))
        assert (answer.status, answer.code) == (403, "bad_signature")


@pytest.mark.parametrize("secret", ["", "short", "whsec_short"])
async def test_without_a_secret_nothing_counts_and_the_sender_comes_again(tmp_path: Path, secret: str) -> None:
    async with shop(tmp_path, SKIPLINE_SECRET_ORDERS_KEY=secret, SKIPLINE_OTHER="x") as (_, client):
        answer = await deliver(client, system_clock())
        assert (answer.status, answer.code) == (503, "no_secret")
        assert int(answer.headers["retry-after"]) > 0
        assert "orders_key" not in answer.text, "a stranger learns no names of secrets"
        (webhook,) = await client.get("/webhooks")
        assert webhook == {
            "name": "orders",
            "flow": "orders",
            "address": "/hooks/webhook/orders",
            "secret": "orders_key",
            "has_secret": bool(secret),
        }


async def test_what_cannot_be_kept_is_to_come_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with shop(tmp_path) as (room, client):

        async def fail(arrival: Arrival) -> None:
            raise StorageFailed("the disk is full")

        monkeypatch.setattr(room.services.durable, "receive", fail)
        answer = await deliver(client, system_clock())
        assert (answer.status, answer.code) == (503, "storage_failed")
        assert int(answer.headers["retry-after"]) > 0
        assert "disk" not in answer.text
        monkeypatch.undo()
        assert (await deliver(client, system_clock())).status == 202


async def test_only_posts_are_deliveries(tmp_path: Path) -> None:
    async with shop(tmp_path) as (_, client):
        assert (await client.ask("GET", "/hooks/webhook/orders", token="")).status == 405


async def test_the_last_delivery_is_shown_value_by_value(tmp_path: Path) -> None:
    async with shop(tmp_path) as (_, client):
        before = await _last(client)
        assert (before["flow"], before["accepted"], before["refused"]) == ("orders", None, None)
        answer = await deliver(client, system_clock())
        accepted = (await _last(client))["accepted"]
        assert (accepted["id"], accepted["run"]) == ("d1", answer.body["run"])
        assert accepted["bytes"] == len(json.dumps(ORDER))
        shown = {one["pointer"]: (one["type"], one["value"], one["kept_as"]) for one in accepted["values"]}
        assert shown == {
            "/customer/phone": ("text", "+31611111111", None),
            "/customer/name": ("text", "Ana", None),
            "/customer/email": ("text", "•••", "email"),
            "/order/total": ("text", "12.50", "total"),
            "/order/lines": ("list", None, None),
            "/order/lines/0/sku": ("text", "a/b", None),
            "/order/lines/0/count": ("number", 2, None),
            "/order/note": ("any", None, None),
            "/at": ("time", "2026-05-04T12:00:00Z", None),
        }
        assert [one["pointer"] for one in accepted["values"] if one["is_masked"]] == ["/customer/email"]


async def test_a_personal_value_is_masked_wherever_it_stands(tmp_path: Path) -> None:
    async with shop(tmp_path) as (_, client):
        twice = {"customer": {"email": "ana@example.com"}, "reply_to": "ana@example.com", "other": "ben@example.com"}
        await deliver(client, system_clock(), payload=twice)
        accepted = (await _last(client))["accepted"]
        assert "ana@example.com" not in json.dumps(accepted)
        assert [one["value"] for one in accepted["values"]] == ["•••", "•••", "ben@example.com"]


async def test_a_refused_delivery_shows_why_and_nothing_of_its_body(tmp_path: Path) -> None:
    async with shop(tmp_path) as (_, client):
        await deliver(client, system_clock())
        await deliver(client, system_clock(), payload={"forged": "Eve"}, webhook_signature="v1,AAAA")
        last = await _last(client)
        assert last["accepted"]["id"] == "d1"
        assert (last["refused"]["code"], last["refused"]["bytes"]) == ("bad_signature", 17)
        assert last["refused"]["reason"] == "This does not count: the signature is not right for this body."
        assert (last["refused"]["values"], "Eve" in json.dumps(last)) == ([], False)
        await deliver(client, system_clock(), body=b" " * (LARGEST_BODY_BYTES + 1))
        assert (await _last(client))["refused"]["code"] == "too_large"


async def test_the_last_delivery_outlives_the_server(tmp_path: Path, place: Path | str) -> None:
    async with shop(tmp_path / "data", place) as (room, client):
        await deliver(client, system_clock())
        await room.services.webhooks.deliveries.settle()
    async with shop(tmp_path / "data", place, name="next") as (_, client):
        assert (await _last(client))["accepted"]["id"] == "d1"


async def test_the_last_delivery_is_for_those_with_a_key(tmp_path: Path) -> None:
    async with shop(tmp_path) as (_, client):
        assert (await client.ask("GET", "/api/v1/webhooks/orders/last-delivery", token="")).status == 401
        answer = await client.ask("GET", "/api/v1/webhooks/returns/last-delivery")
        assert (answer.status, answer.code) == (404, "not_found")


async def test_a_flow_that_is_taken_down_is_no_more_to_be_reached(tmp_path: Path) -> None:
    async with shop(tmp_path) as (room, client):
        files = shop_files()
        del files["flows/orders.yaml"]
        assert (await room.workspace.apply(files)).is_applied
        assert (await deliver(client, system_clock())).code == "unknown_webhook"


async def test_a_body_is_checked_as_the_bytes_that_came(tmp_path: Path) -> None:
    spaced = b'{ "order" : {"total":\t7 } }'
    async with shop(tmp_path) as (room, client):
        answer = await deliver(client, system_clock(), body=spaced)
        assert (await until_over(room, answer.body["run"])).variables["total"] == 7
        headers = signed(b'{"order":{"total":7}}', system_clock(), delivery="d2")
        other = await client.ask("POST", "/hooks/webhook/orders", token="", data=spaced, extra=headers)
        assert other.code == "bad_signature"


@pytest.mark.parametrize(
    "body",
    [
        b'{"customer": {"phone": "\\u0000", "name": "\\u0000\\u202e", "email": "\\u0000"}}',
        b'{"order": {"total": 123456789012345678901234567890}, "customer": {"email": 18446744073709551616}}',
        b'{"order": {"total": -0.0, "total": 1e308}, "customer": {"phone": [], "name": {}, "email": [[[]]]}}',
        b'{"": {"~": {"/": 1}}, "customer": {"phone": 31611111111, "name": true}}',
        b"[" * 60 + b"]" * 60,
        b'"' + b"x" * 900_000 + b'"',
        b"null",
    ],
    ids=["nul", "huge", "odd", "names", "deep", "long", "null"],
)
async def test_whatever_is_signed_is_taken_and_shown(tmp_path: Path, place: Path | str, body: bytes) -> None:
    async with shop(tmp_path / "data", place) as (room, client):
        answer = await deliver(client, system_clock(), body=body)
        assert answer.status == 202
        assert (await until_over(room, answer.body["run"])).outcome == "ended"
        assert (await _last(client))["accepted"]["id"] == "d1"
        assert (await client.get(f"/runs/{answer.body['run']}"))["outcome"] == "ended"
