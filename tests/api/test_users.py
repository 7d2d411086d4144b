"""Users over the API: invited, changed, shut out, and never by somebody below them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from api_client import Client, client_of
from inside_server import PUBLIC_URL, Inside, inside
from queue_company import FILES
from sign_in_room import PASSWORD, Browser, browser_of, signed_in

from skipline.model.access import Role


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[tuple[Inside, Client, Browser]]:
    async with inside(folder, FILES) as room, client_of(room) as client, browser_of(client) as browser:
        yield room, client, await signed_in(room, browser, "olga", Role.OWNER)


async def add(browser: Browser, **wish: Any) -> dict[str, Any]:
    made = await browser.send("POST", "/users", wish)
    assert made.status == 201, made.text
    found: dict[str, Any] = made.body
    return found


async def test_somebody_new_chooses_a_password_by_the_link_that_they_are_given(tmp_path: Path) -> None:
    async with served(tmp_path) as (_, client, owner), browser_of(client) as new:
        made = await add(owner, name="ana", role="agent", agent="ana")
        address, _, token = made["link"].partition("#/link/")
        assert address == f"{PUBLIC_URL}/"
        entered = await new.send("POST", "/session/link", {"token": token})
        assert (entered.body["role"], entered.body["agent"], entered.body["needs_password"]) == ("agent", "ana", True)
        assert (await new.send("PUT", "/session/password", {"password": PASSWORD})).status == 204
        listed = {one["name"]: one for one in (await owner.send("GET", "/users")).body}
        assert (listed["ana"]["has_password"], listed["ana"]["disabled_at"]) == (True, None)
        assert token not in str(listed)


async def test_who_forgot_their_password_gets_a_new_link(tmp_path: Path) -> None:
    async with served(tmp_path) as (_, client, owner), browser_of(client) as other:
        made = await add(owner, name="ana", role="editor")
        again = await owner.send("POST", f"/users/{made['user']['id']}/link")
        tokens = [one.rpartition("/")[2] for one in (made["link"], again.body["link"])]
        assert (await other.send("POST", "/session/link", {"token": tokens[0]})).code == "wrong_link"
        assert (await other.send("POST", "/session/link", {"token": tokens[1]})).status == 200


async def test_admins_touch_no_owner(tmp_path: Path) -> None:
    async with served(tmp_path) as (room, client, owner), browser_of(client) as browser:
        admin = await signed_in(room, browser, "adam", Role.ADMIN)
        users = {one["name"]: one["id"] for one in (await admin.send("GET", "/users")).body}
        refused = [
            await admin.send("POST", "/users", {"name": "eve", "role": "owner"}),
            await admin.send("PATCH", f"/users/{users['adam']}", {"role": "owner"}),
            await admin.send("PATCH", f"/users/{users['olga']}", {"is_disabled": True}),
            await admin.send("POST", f"/users/{users['olga']}/link"),
            await admin.send("DELETE", f"/users/{users['olga']}/codes"),
            await admin.send("DELETE", f"/users/{users['olga']}"),
            await admin.send("POST", "/keys", {"name": "x", "role": "owner"}),
        ]
        assert {one.code for one in refused} == {"forbidden"}
        assert (await admin.send("POST", "/users", {"name": "eve", "role": "admin"})).status == 201
        assert (await owner.send("PATCH", f"/users/{users['adam']}", {"role": "auditor"})).status == 200
        assert (await admin.send("POST", "/users", {"name": "kim", "role": "editor"})).code == "forbidden"


async def test_the_last_owner_stays(tmp_path: Path) -> None:
    async with served(tmp_path) as (_, _client, owner):
        (me,) = (await owner.send("GET", "/users")).body
        for change in ({"role": "admin"}, {"is_disabled": True}):
            assert (await owner.send("PATCH", f"/users/{me['id']}", change)).code == "last_owner"
        assert (await owner.send("DELETE", f"/users/{me['id']}")).code == "last_owner"
        assert (await owner.send("GET", "/session")).status == 200


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"name": "ana", "role": "agent"}, "agent_needed"),
        ({"name": "ana", "role": "agent", "agent": "nobody"}, "unknown_agent"),
        ({"name": "OLGA", "role": "editor"}, "user_name_taken"),
        ({"name": " ", "role": "editor"}, "not_understood"),
        ({"name": "x" * 101, "role": "editor"}, "not_understood"),
        ({"name": "ana", "role": "king"}, "not_understood"),
        ({"name": "ana"}, "not_understood"),
    ],
)
async def test_a_wish_that_makes_no_sense_is_refused(tmp_path: Path, wish: dict[str, str], code: str) -> None:
    async with served(tmp_path) as (_, _client, owner):
        refused = await owner.send("POST", "/users", wish)
        assert refused.code == code
        assert len((await owner.send("GET", "/users")).body) == 1


async def test_who_is_deleted_is_gone(tmp_path: Path) -> None:
    async with served(tmp_path) as (room, client, owner), browser_of(client) as browser:
        ana = await signed_in(room, browser, "ana", Role.EDITOR)
        (found,) = [one for one in (await owner.send("GET", "/users")).body if one["name"] == "ana"]
        assert (await owner.send("DELETE", f"/users/{found['id']}")).status == 204
        assert (await ana.send("GET", "/session")).status == 401
        assert (await owner.send("GET", f"/users/{found['id']}")).code == "user_unknown"
        await add(owner, name="ana", role="editor")


async def test_the_phone_of_an_agent_who_is_shut_out_registers_no_more(tmp_path: Path) -> None:
    async with served(tmp_path) as (room, _, owner):
        made = await add(owner, name="ana", role="agent", agent="ana")

        async def phones_without_ana() -> list[str]:
            told = await room.worker.configured(lambda one: "ana" not in {at.user for at in one.configuration.phones})
            return [at.user for at in told.configuration.phones]

        path = f"/users/{made['user']['id']}"
        assert (await owner.send("PATCH", path, {"is_disabled": True})).status == 200
        assert await phones_without_ana() == ["ben"]
        assert (await owner.send("PATCH", path, {"is_disabled": False})).status == 200
        told = await room.worker.configured(lambda one: len(one.configuration.phones) == 2)
        assert [at.user for at in told.configuration.phones] == ["ana", "ben"]
