"""Signing in and out: by password, by link, with codes; guessing, fixation, other pages, and who is shut out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from api_client import Answer, Client, client_of
from inside_server import Inside, inside
from queue_company import FILES
from sign_in_room import PASSWORD, Browser, add_person, browser_of, is_signed_in, signed_in

from skipline.base.clock import system_clock
from skipline.base.one_time_codes import code_of, read_secret, step_at
from skipline.model.access import Role
from skipline.store import one_time_links, users

pytestmark = pytest.mark.timeout(90)


class Clock:
    """The time of day, and what was added to it."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return system_clock() + self.ahead


@asynccontextmanager
async def served(folder: Path, clock: Clock | None = None) -> AsyncIterator[tuple[Inside, Client, Browser]]:
    async with (
        inside(folder, FILES, clock=clock or system_clock) as room,
        client_of(room) as client,
        browser_of(client) as browser,
    ):
        yield room, client, browser


async def test_who_signs_in_is_who_they_are_until_they_sign_out(tmp_path: Path) -> None:
    async with served(tmp_path) as (room, _, browser):
        await add_person(room, "Ana", Role.EDITOR)
        assert (await browser.send("GET", "/session")).code == "unauthorised"
        entered = await browser.sign_in("ana")
        assert entered.status == 200
        assert {key: entered.body[key] for key in ("name", "role", "agent", "needs_password", "has_codes")} == {
            "name": "Ana",
            "role": "editor",
            "agent": None,
            "needs_password": False,
            "has_codes": False,
        }
        assert "flows.edit" in entered.body["permissions"] and "flows.publish" not in entered.body["permissions"]
        assert (await browser.send("GET", "/session")).body == entered.body
        assert (await browser.send("GET", "/flows")).status == 200
        assert (await browser.send("GET", "/users")).code == "forbidden"
        token = browser.cookie()
        assert (await browser.send("DELETE", "/session")).status == 204
        assert (await browser.send("GET", "/flows")).code == "unauthorised"
        assert not await is_signed_in(room, token)
        assert (await browser.send("DELETE", "/session")).status == 204


async def test_the_cookie_is_for_no_script_and_no_other_page(tmp_path: Path) -> None:
    async with served(tmp_path) as (room, _, browser):
        await add_person(room, "ana")
        plain = (await browser.sign_in("ana")).headers["set-cookie"]
        assert plain.startswith("skipline=") and "Secure" not in plain
        safe = (await _secure(browser)).headers["set-cookie"]
        assert safe.startswith("__Host-skipline=")
        assert "Secure" in safe and "Domain" not in safe
        for written in (plain, safe):
            assert "HttpOnly" in written and "SameSite=lax" in written and "Path=/" in written


def _is_written(text: str, folder: Path) -> bool:
    return any(text.encode() in file.read_bytes() for file in folder.iterdir() if file.is_file())


async def _secure(browser: Browser) -> Answer:
    """Sign in as through a proxy on this machine that speaks HTTPS."""
    return await browser.send(
        "POST", "/session", {"name": "ana", "password": PASSWORD}, **{"X-Forwarded-Proto": "https"}
    )


async def test_no_password_is_taken_in_clear_text_over_a_network(tmp_path: Path) -> None:
    async with served(tmp_path) as (room, _, browser):
        await add_person(room, "ana")
        wish = {"name": "ana", "password": PASSWORD}
        for host, status in (("pbx.example.com", 403), ("192.0.2.7:8080", 403), ("localhost:8080", 200)):
            assert (await browser.send("POST", "/session", wish, Host=host)).status == status
        assert (await browser.send("POST", "/session", wish, Host="pbx.example.com")).code == "https_needed"


async def test_nobody_learns_which_names_there_are(tmp_path: Path) -> None:
    async with served(tmp_path) as (room, _, browser):
        await add_person(room, "ana")
        gone = await add_person(room, "gone")
        await room.database.write(users.change, gone.id, system_clock(), role=Role.EDITOR, is_disabled=True)
        await room.database.write(users.add, "invited", Role.EDITOR, "", system_clock(), room.services.ids)
        wrong = [
            await browser.sign_in(*one) for one in (("ana", "x"), ("nobody", "x"), ("gone", PASSWORD), ("invited", ""))
        ]
        assert {(one.status, one.text) for one in wrong} == {(401, wrong[0].text)}
        assert wrong[0].code == "wrong_sign_in"


async def test_a_password_is_held_against_a_hash_even_where_there_is_nobody(tmp_path: Path) -> None:
    async with served(tmp_path) as (room, _, browser):
        held, is_right = [], room.services.passwords.is_right

        async def watched(hashed: str | None, password: str) -> bool:
            held.append(hashed)
            return await is_right(hashed, password)

        room.services.passwords.is_right = watched  # type: ignore[method-assign]
        assert (await browser.sign_in("nobody")).status == 401
        assert held == [None]


async def test_guessing_ends_after_five_tries_right_or_wrong(tmp_path: Path) -> None:
    clock = Clock()
    async with served(tmp_path, clock) as (room, _, browser):
        await add_person(room, "ana")
        for _ in range(5):
            assert (await browser.sign_in("ana", "wrong wrong wrong")).code == "wrong_sign_in"
        for password in ("wrong wrong wrong", PASSWORD):
            refused = await browser.sign_in("ANA", password)
            assert (refused.status, refused.code) == (429, "too_many_tries")
            assert 50 < int(refused.headers["retry-after"]) <= 61
        assert (await browser.sign_in("nobody", "x")).status == 401
        clock.ahead = timedelta(minutes=1, seconds=1)
        assert (await browser.sign_in("ana")).status == 200
        assert (await browser.sign_in("ana", "wrong wrong wrong")).code == "wrong_sign_in"
        assert (await browser.sign_in("ana")).status == 200


async def test_of_a_hundred_guesses_at_once_five_are_looked_at(tmp_path: Path) -> None:
    async with served(tmp_path) as (room, _, browser):
        await add_person(room, "ana")
        guesses = await asyncio.gather(*(browser.sign_in("ana", f"guess number {n}") for n in range(100)))
        assert sorted(one.status for one in guesses) == [401] * 5 + [429] * 95


async def test_one_address_has_twenty_guesses_at_all_names_together(tmp_path: Path) -> None:
    async with served(tmp_path) as (room, _, browser):
        await add_person(room, "ana")
        guesses = [await browser.sign_in(f"name{number}", "x") for number in range(25)]
        assert [one.status for one in guesses] == [401] * 20 + [429] * 5
        assert (await browser.sign_in("ana")).status == 429


async def test_a_session_that_somebody_put_there_before_is_not_the_one_after(tmp_path: Path) -> None:
    async with served(tmp_path) as (room, client, browser):
        await signed_in(room, browser, "mallory", Role.AGENT, "ana")
        planted = browser.cookie()
        await add_person(room, "olga")
        assert (await browser.sign_in("olga")).status == 200
        assert browser.cookie() != planted
        assert not await is_signed_in(room, planted)
        made_up = {"Cookie": "skipline=made-up"}
        assert (await client.ask("GET", "/api/v1/session", token="", extra=made_up)).status == 401


async def test_a_change_needs_the_proof_of_our_own_page(tmp_path: Path) -> None:
    async with served(tmp_path) as (room, client, browser):
        await signed_in(room, browser, "ana", Role.OWNER)
        proof, browser.csrf = browser.csrf, ""
        for method, path, wish in (
            ("PUT", "/flows/a/draft", {"text": "x"}),
            ("DELETE", "/session", None),
            ("POST", "/keys", {"name": "x"}),
            ("PUT", "/session/password", {"password": "x"}),
            ("POST", "/session/codes", None),
        ):
            assert (await browser.send(method, path, wish)).code == "no_proof"
            assert (await browser.send(method, path, wish, **{"X-CSRF-Token": "0" * 64})).code == "no_proof"
        assert (await browser.send("GET", "/flows")).status == 200
        browser.csrf = proof
        foreign = await browser.send("PUT", "/flows/a/draft", {"text": "x"}, Origin="https://evil.example")
        assert (foreign.status, foreign.code) == (403, "foreign_origin")
        own = await browser.send("PUT", "/flows/a/draft", {"text": "x"}, Origin=client.url)
        assert own.status == 200
        assert own.body["author"] == "ana"


async def test_another_page_can_sign_nobody_in(tmp_path: Path) -> None:
    async with served(tmp_path) as (room, _, browser):
        user = await add_person(room, "ana")
        link = await room.database.write(one_time_links.make, user.id, system_clock(), needs_password=False)
        for path, wish in (("/session", {"name": "ana", "password": PASSWORD}), ("/session/link", {"token": link})):
            refused = await browser.send("POST", path, wish, Origin="https://evil.example")
            assert refused.code == "foreign_origin"
        assert (await browser.send("POST", "/session/link", {"token": link})).status == 200


async def test_a_key_needs_no_proof_and_a_wrong_one_is_not_helped_by_a_cookie(tmp_path: Path) -> None:
    async with served(tmp_path) as (room, client, browser):
        await signed_in(room, browser, "ana", Role.OWNER)
        assert (await client.send("PUT", "/flows/a/draft", {"text": "x"})).status == 200
        assert (await browser.send("GET", "/flows", Authorization="Bearer sk_wrong")).status == 401
        assert (await browser.send("GET", "/flows", Authorization="Basic eDp5")).status == 401


async def test_an_invitation_opens_once_and_a_password_is_chosen_there(tmp_path: Path) -> None:
    async with served(tmp_path) as (room, client, browser):
        owner = await room.database.write(users.add, "olga", Role.OWNER, "", system_clock(), room.services.ids)
        token = await room.database.write(one_time_links.make, owner.id, system_clock(), needs_password=True)
        entered = await browser.send("POST", "/session/link", {"token": token})
        assert (entered.status, entered.body["needs_password"]) == (200, True)
        assert (await browser.send("POST", "/session/link", {"token": token})).code == "wrong_link"
        for weak in (
            "short",
            "password1234",
            "1234567890123",
            "Iloveyou!!!!",
            "aaaaaaaaaaaaaa",
            "skipline2030!",
            "x" * 257,
        ):
            refused = await browser.send("PUT", "/session/password", {"password": weak})
            assert (refused.status, refused.code) == (422, "weak_password"), weak
            assert weak not in refused.text
        assert (await browser.send("PUT", "/session/password", {"password": PASSWORD})).status == 204
        assert (await browser.send("GET", "/session")).body["needs_password"] is False
        async with browser_of(client) as elsewhere:
            assert (await elsewhere.sign_in("olga")).status == 200


async def test_a_new_password_takes_the_old_one_and_ends_other_sessions(tmp_path: Path) -> None:
    async with served(tmp_path) as (room, client, browser), browser_of(client) as other:
        await signed_in(room, browser, "ana", Role.EDITOR)
        assert (await other.sign_in("ana")).status == 200
        new = "eight brown bicycles"
        for current in ("", "wrong wrong wrong"):
            refused = await browser.send("PUT", "/session/password", {"password": new, "current": current})
            assert (refused.status, refused.code) == (403, "wrong_password")
        changed = await browser.send("PUT", "/session/password", {"password": new, "current": PASSWORD})
        assert changed.status == 204
        assert (await browser.send("GET", "/session")).status == 200
        assert (await other.send("GET", "/session")).status == 401
        assert (await other.sign_in("ana")).code == "wrong_sign_in"
        assert (await other.sign_in("ana", new)).status == 200


async def test_an_open_screen_is_no_place_to_guess_the_password(tmp_path: Path) -> None:
    async with served(tmp_path) as (room, _, browser):
        await signed_in(room, browser, "ana", Role.EDITOR)
        wish = {"password": "eight brown bicycles", "current": "wrong wrong wrong"}
        answers = [await browser.send("PUT", "/session/password", wish) for _ in range(6)]
        assert [one.status for one in answers] == [403] * 5 + [429]


async def test_passwords_are_stored_as_argon2id_and_repeated_nowhere(tmp_path: Path) -> None:
    async with served(tmp_path) as (room, _, browser):
        user = await add_person(room, "ana")
        known = await room.database.read(users.find_credentials, user.id)
        assert known is not None and known.password is not None
        assert known.password.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert "argon2" not in repr(known)
        refused = await browser.send("POST", "/session", {"name": "ana", "password": PASSWORD, "x": PASSWORD})
        assert refused.status == 422 and PASSWORD not in refused.text
        assert not _is_written(PASSWORD, tmp_path)


async def test_who_is_disabled_is_out_at_once_socket_and_all(tmp_path: Path) -> None:
    async with served(tmp_path) as (room, client, browser):
        await signed_in(room, browser, "ana", Role.SUPERVISOR)
        ticket = (await browser.send("POST", "/live/tickets")).body["ticket"]
        listed = {one["name"]: one["id"] for one in await client.get("/users")}
        async with browser.client.session.ws_connect(
            f"{client.url}/api/v1/live?ticket={ticket}&topics=agents"
        ) as socket:
            assert (await socket.receive_json())["data"]["kind"] == "subscribed"
            changed = await client.send("PATCH", f"/users/{listed['ana']}", {"is_disabled": True})
            assert changed.status == 200 and changed.body["disabled_at"]
            assert (await browser.send("GET", "/session")).status == 401
            async with asyncio.timeout(10):
                while (heard := await socket.receive()).type is aiohttp.WSMsgType.TEXT:
                    pass
            assert (heard.type, heard.data) == (aiohttp.WSMsgType.CLOSE, 1008)
        assert (await browser.sign_in("ana")).code == "wrong_sign_in"


async def test_codes_are_asked_for_once_one_was_shown(tmp_path: Path) -> None:
    clock = Clock()
    async with served(tmp_path, clock) as (room, client, browser):
        await signed_in(room, browser, "ana", Role.EDITOR)
        begun = (await browser.send("POST", "/session/codes")).body
        assert begun["secret"] in begun["address"]
        secret = read_secret(begun["secret"])
        assert (await browser.send("PUT", "/session/codes", {"code": "000000"})).code == "wrong_code"
        async with browser_of(client) as other:
            assert (await other.sign_in("ana")).status == 200
        shown = code_of(secret, step_at(clock()))
        assert (await browser.send("PUT", "/session/codes", {"code": shown})).status == 204
        assert (await browser.send("POST", "/session/codes")).code == "has_codes"
        async with browser_of(client) as other:
            needed = await other.sign_in("ana")
            assert (needed.status, needed.code) == (401, "code_needed")
            assert (await other.sign_in("ana", "wrong wrong wrong")).code == "wrong_sign_in"
            assert (await other.sign_in("ana", code=shown)).code == "wrong_sign_in", "a code opens once"
            clock.ahead = timedelta(seconds=60)
            later = code_of(secret, step_at(clock()))
            assert (await other.sign_in("ana", code=later)).status == 200
            assert (await other.sign_in("ana", code=later)).code == "wrong_sign_in"
        assert (await browser.send("POST", "/session/codes/end", {"password": "wrong"})).code == "wrong_password"
        assert (await browser.send("POST", "/session/codes/end", {"password": PASSWORD})).status == 204
        assert (await browser.sign_in("ana")).status == 200


async def test_codes_are_guessed_no_more_often_than_passwords(tmp_path: Path) -> None:
    async with served(tmp_path) as (room, client, browser):
        await signed_in(room, browser, "ana", Role.EDITOR)
        secret = read_secret((await browser.send("POST", "/session/codes")).body["secret"])
        shown = {"code": code_of(secret, step_at(system_clock()))}
        assert (await browser.send("PUT", "/session/codes", shown)).status == 204
        async with browser_of(client) as other:
            answers = []
            for number in range(7):
                await other.sign_in("ana")
                answers.append((await other.sign_in("ana", code=f"{number:06}")).status)
            assert answers == [401] * 5 + [429] * 2


async def test_the_secret_of_codes_is_closed_in_the_vault(tmp_path: Path) -> None:
    async with served(tmp_path) as (room, client, browser):
        await signed_in(room, browser, "ana", Role.EDITOR)
        secret = (await browser.send("POST", "/session/codes")).body["secret"]
        assert not _is_written(secret, tmp_path)
        (listed,) = await client.get("/users")
        assert listed["has_codes"] is False
