"""Routes tell the audit what people do, with who they are and where they came from, and without secrets."""

import json
from pathlib import Path
from typing import Any

import pytest
from api_client import Client, client_of
from centre_room import FLOW
from inside_server import Inside, inside, workspace_files
from sign_in_room import PASSWORD, add_person, browser_of

from skipline.model.access import Role
from skipline.model.audit import Deed
from skipline.store import api_keys
from skipline.store.audit_check import verify

SECRET = "hush-hush-9371"


async def told(client: Client, **wanted: str) -> list[dict[str, Any]]:
    """The entries that are all that is wanted, oldest first."""
    query = "&".join(f"{name}={value}" for name, value in {"limit": "500", **wanted}.items())
    answer = await client.send("GET", f"/audit?{query}")
    assert answer.status == 200, answer.text
    return list(reversed(answer.body["entries"]))


async def key_of(room: Inside, role: Role) -> str:
    made = await room.database.write(api_keys.create, role, room.services.clock(), room.services.ids, role=role)
    return made.token


async def test_a_hundred_deeds_are_all_told_in_one_chain(place: Path | str, tmp_path: Path) -> None:
    async with inside(tmp_path / "data", place=place) as room, client_of(room) as client:
        for number in range(50):
            assert (await client.send("PUT", f"/secrets/s{number}", {"value": SECRET})).status == 204
        for number in range(50):
            assert (await client.send("DELETE", f"/secrets/s{number}")).status == 204
        found = await told(client)
        assert [one["about"] for one in found] == [f"s{number}" for number in range(50)] * 2
        assert [one["deed"] for one in found] == ["secret_set"] * 50 + ["secret_removed"] * 50
        assert {one["address"] for one in found} == {"127.0.0.1"} and {one["role"] for one in found} == {"admin"}
        assert all(one["who"] and one["who_id"] for one in found)
        assert [one["number"] for one in found] == list(range(1, 101))
        assert (await room.database.read(verify)).flaws == ()
        assert SECRET not in json.dumps(found)


async def test_ways_in_and_out_are_told_and_no_password_is(place: Path | str, tmp_path: Path) -> None:
    async with inside(tmp_path / "data", place=place) as room, client_of(room) as client, browser_of(client) as browser:
        await add_person(room, "ana", Role.EDITOR)
        assert (await browser.sign_in("ana", "wrong " + PASSWORD)).status == 401
        assert (await browser.sign_in(PASSWORD, "ana")).status == 401
        assert (await browser.sign_in("ana")).status == 200
        body = {"password": "nine purple lanterns", "current": PASSWORD}
        assert (await browser.send("PUT", "/session/password", body)).status == 204
        assert (await browser.send("DELETE", "/session")).status == 204
        found = await told(client)
        assert [(one["deed"], one["who"]) for one in found] == [
            ("sign_in_failed", "ana"),
            ("sign_in_failed", ""),
            ("signed_in", "ana"),
            ("password_chosen", "ana"),
            ("signed_out", "ana"),
        ]
        assert PASSWORD not in json.dumps(found) and "lanterns" not in json.dumps(found)


async def test_wrong_links_and_locked_names_are_told_once_a_minute(tmp_path: Path) -> None:
    async with inside(tmp_path) as room, client_of(room) as client, browser_of(client) as browser:
        for _ in range(4):
            assert (await browser.send("POST", "/session/link", {"token": "nothing"})).status == 401
        for _ in range(9):
            await browser.sign_in("ana", "wrong")
        whys = [one["detail"]["why"] for one in await told(client, what="sign_in_failed")]
        assert whys == ["wrong_link", *["wrong_sign_in"] * 5, "too_many_tries"]


async def test_users_and_keys_are_told_with_what_they_were(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        user = (await client.send("POST", "/users", {"name": "mia", "role": "editor"})).body["user"]["id"]
        assert (await client.send("POST", f"/users/{user}/link")).status == 201
        assert (await client.send("PATCH", f"/users/{user}", {"role": "publisher"})).status == 200
        assert (await client.send("DELETE", f"/users/{user}")).status == 204
        key = await client.send("POST", "/keys", {"name": "wall", "role": "auditor"})
        assert (await client.send("DELETE", f"/keys/{key.body['id']}")).status == 204
        assert (await client.send("DELETE", f"/keys/{key.body['id']}")).status == 404
        found = await told(client)
        assert [(one["deed"], one["about"]) for one in found] == [
            ("user_added", "mia"),
            ("link_made", "mia"),
            ("user_changed", "mia"),
            ("user_deleted", "mia"),
            ("key_made", "wall"),
            ("key_revoked", "wall"),
        ]
        changed = found[2]["detail"]
        assert (changed["before"]["role"], changed["wish"]) == ("editor", {"role": "publisher"})
        assert key.body["token"] not in json.dumps(found)


async def test_flows_and_configuration_are_told(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        newer = FLOW.replace("5071", "5072") if "5071" in FLOW else FLOW + "\n# newer\n"
        published = await client.send("POST", "/flows/loyalty/publish", {"text": newer, "note": "why not"})
        assert published.status == 200, published.text
        assert (await client.send("POST", "/flows/loyalty/rollback", {})).status == 200
        assert (await client.send("PUT", "/flows/loyalty/draft", {"text": "x"})).status == 200
        assert (await client.send("DELETE", "/flows/loyalty/draft")).status == 204
        assert (await client.send("DELETE", "/flows/loyalty/draft")).status == 204
        assert (await client.send("PUT", "/tiers/silver", {"target": "20s"})).status == 200
        files = (await client.send("GET", "/workspace")).body["files"]
        assert (await client.send("POST", "/workspace/apply", {"files": files})).status == 200
        assert (await client.send("POST", "/workspace/apply", {"files": workspace_files()})).status == 200
        assert (await client.send("POST", "/sources/loyalty/ask", {"path": "/x"})).status == 200
        found = await told(client)
        assert [(one["deed"], one["about"]) for one in found] == [
            ("flow_published", "loyalty"),
            ("flow_rolled_back", "loyalty"),
            ("draft_discarded", "loyalty"),
            ("configuration_changed", "tiers/silver"),
            ("workspace_applied", ""),
            ("source_asked", "loyalty"),
        ]
        assert found[0]["detail"]["note"] == "why not" and found[0]["detail"]["count"] == 1
        assert found[1]["detail"] == {"before": 2, "after": 1}
        assert "silver" in json.dumps(found[4]["detail"]["changes"])


async def test_refused_permissions_are_told_of_once_a_minute(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        editor = await key_of(room, Role.EDITOR)
        for _ in range(5):
            assert (await client.ask("GET", "/api/v1/audit", token=editor)).status == 403
        for number in range(60):
            assert (await client.ask("DELETE", f"/api/v1/secrets/s{number}", token=editor)).status == 403
        found = await told(client, what="refused")
        assert len(found) == 30
        assert (found[0]["who"], found[0]["about"]) == ("editor", "GET /api/v1/audit")


@pytest.mark.parametrize("role", list(Role))
async def test_auditors_and_those_above_read_it_and_nobody_else(tmp_path: Path, role: Role) -> None:
    async with inside(tmp_path) as room, client_of(room) as client:
        answer = await client.ask("GET", "/api/v1/audit", token=await key_of(room, role))
        assert (answer.status == 200) is (role in (Role.OWNER, Role.ADMIN, Role.AUDITOR))


async def test_entries_are_found_by_who_what_and_when_page_by_page(tmp_path: Path) -> None:
    async with inside(tmp_path) as room, client_of(room) as client:
        for number in range(5):
            await client.send("PUT", f"/secrets/s{number}", {"value": SECRET})
        await client.send("DELETE", "/secrets/s0")
        found = await told(client)
        assert [one["about"] for one in await told(client, what=Deed.SECRET_REMOVED)] == ["s0"]
        assert await told(client, who="nobody") == []
        assert len(await told(client, who=found[0]["who_id"])) == 6
        assert [one["number"] for one in await told(client, after=found[3]["at"])] == [5, 6]
        first = (await client.send("GET", "/audit?limit=4")).body
        rest = (await client.send("GET", f"/audit?limit=4&cursor={first['next_cursor']}")).body
        assert [one["number"] for one in first["entries"] + rest["entries"]] == [6, 5, 4, 3, 2, 1]
        assert rest["next_cursor"] is None
        assert (await client.send("GET", "/audit?cursor=x")).code == "cursor_unreadable"
        assert (await client.send("GET", "/audit?what=dancing")).status == 422
