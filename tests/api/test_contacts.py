"""Contacts through the API: found, corrected, made one and two again, with all of it on record. And what accounts
heard."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from api_client import Client, client_of
from channel_folder import add_letters
from inside_server import Inside, inside
from letters_room import ENVIRON, deliver, letter_files, until_handled, wrote

from skipline.model.message import Channel
from skipline.model.messaging import Noted, Sender


@pytest.fixture(autouse=True, scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> None:
    add_letters(tmp_path_factory.mktemp("channels"))


def files() -> dict[str, str]:
    found = letter_files()
    return {**found, "skipline.yaml": found["skipline.yaml"] + "\ntiers: [{name: gold, target: 10s}]\n"}


@asynccontextmanager
async def shop(folder: Path, place: Path | str | None = None) -> AsyncIterator[tuple[Inside, Client]]:
    async with inside(folder, files(), place=place, environ=ENVIRON) as room, client_of(room) as client:
        yield room, client


async def _two_people(room: Inside, client: Client) -> tuple[str, str]:
    """Ana by WhatsApp and Ben by SMS; gives their ids."""
    ana = Sender(id="US.1", phone="+551187654321", name="Ana")
    await deliver(client, wrote("Hello, where is my order please?", 1, sender=ana))
    await until_handled(room.database)
    ben = Sender(id="+31622222222", phone="+31622222222", name="Ben 100%")
    await deliver(client, wrote("hi", 2, sender=ben, channel=Channel.SMS))
    await until_handled(room.database)
    found = {one["name"]: one["id"] for one in (await client.get("/contacts"))["contacts"]}
    return found["Ana"], found["Ben 100%"]


async def _names(client: Client, query: str) -> list[str]:
    return [one["name"] for one in (await client.get(f"/contacts?{query}"))["contacts"]]


async def test_contacts_are_found_by_what_is_known_of_them(tmp_path: Path, place: Path | str) -> None:
    async with shop(tmp_path / "data", place) as (room, client):
        ana, _ = await _two_people(room, client)
        answer = await client.send("PATCH", f"/contacts/{ana}", {"tags": ["vip", "100%", "vip"], "tier": "gold"})
        assert answer.status == 200, answer.text
        assert answer.body["contact"]["tags"] == ["vip", "100%"]
        for query in ("text=ana", "text=US.1", "phone=%2B5511987654321", "tag=vip", "tag=100%25", "tier=gold"):
            assert await _names(client, query) == ["Ana"], query
        for query in ("text=nobody", "phone=%2B31600000000", "tag=v", "tag=ip", "tier=silver", "text=_"):
            assert await _names(client, query) == [], query
        assert await _names(client, "text=100%25") == ["Ben 100%"]
        first = await client.get("/contacts?limit=1")
        second = await client.get(f"/contacts?limit=1&cursor={first['next_cursor']}")
        assert [one["name"] for page in (first, second) for one in page["contacts"]] == ["Ben 100%", "Ana"]
        assert second["next_cursor"] is None


async def test_a_contact_shows_all_that_is_known_and_who_changed_it(tmp_path: Path) -> None:
    async with shop(tmp_path) as (room, client):
        ana, _ = await _two_people(room, client)
        changed = await client.send("PATCH", f"/contacts/{ana}", {"name": " Ana Maria ", "phone": "+31611111111"})
        file: dict[str, Any] = changed.body
        assert (file["contact"]["name"], file["contact"]["phone"], file["contact"]["language"]) == (
            "Ana Maria",
            "+31611111111",
            "en",
        )
        assert [(one["account"], one["channel"], one["provider_id"]) for one in file["addresses"]] == [
            ("shop", "whatsapp", "US.1")
        ]
        assert [(one["channel"], one["state"]) for one in file["conversations"]] == [("whatsapp", "bot")]
        (change,) = file["changes"]
        assert (change["deed"], change["author"]) == ("changed", "tests")
        assert change["detail"] == {"before": {"name": "Ana", "phone": "+551187654321"}}
        again = await client.send("PATCH", f"/contacts/{ana}", {"name": "Ana Maria"})
        assert again.body["changes"] == file["changes"]


async def test_two_contacts_become_one_and_two_again(tmp_path: Path, place: Path | str) -> None:
    async with shop(tmp_path / "data", place) as (room, client):
        ana, ben = await _two_people(room, client)
        merged = await client.send("POST", f"/contacts/{ben}/merge", {"into": ana, "why": "same mail"})
        assert merged.status == 200, merged.text
        assert merged.body["merged"] == [ben]
        assert len(merged.body["addresses"]) == len(merged.body["conversations"]) == 2
        assert await _names(client, "") == ["Ana"]
        deeds = {(one["contact"], one["deed"], one["author"], one["detail"]["why"]) for one in merged.body["changes"]}
        assert deeds == {(ben, "merged", "tests", "same mail"), (ana, "merged", "tests", "same mail")}
        for contact, into in ((ben, ana), (ana, ben), (ana, ana)):
            refused = await client.send("POST", f"/contacts/{contact}/merge", {"into": into})
            assert (refused.status, refused.code) == (409, "not_mergeable")
        apart = await client.send("POST", f"/contacts/{ben}/unmerge", {"why": "no"})
        assert apart.body["contact"]["merged_into"] == ""
        assert sorted(await _names(client, "")) == ["Ana", "Ben 100%"]
        assert (await client.send("POST", f"/contacts/{ben}/unmerge")).code == "not_mergeable"


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"tier": "silver"}, 422),
        ({"phone": "hello"}, 422),
        ({"language": "english please"}, 422),
        ({"merged_into": "x"}, 422),
        ({"tags": [""]}, 422),
    ],
)
async def test_what_cannot_be_is_refused(tmp_path: Path, wish: dict[str, Any], status: int) -> None:
    async with shop(tmp_path) as (room, client):
        ana, _ = await _two_people(room, client)
        assert (await client.send("PATCH", f"/contacts/{ana}", wish)).status == status
        assert (await client.send("PATCH", "/contacts/nobody", {"name": "x"})).code == "contact_unknown"
        assert (await client.ask("GET", "/api/v1/contacts/nobody")).code == "contact_unknown"
        assert (await client.ask("GET", "/api/v1/contacts", token="")).status == 401


async def test_an_account_tells_whether_anything_arrives_and_what(tmp_path: Path) -> None:
    async with shop(tmp_path) as (room, client):
        before = await client.get("/channels/shop/deliveries")
        assert (before["state"], before["events"]) == ("waiting", [])
        assert before["address"] == "https://chat.example.com/hooks/letters/shop"
        message = wrote("hello", 1)
        await deliver(client, message, Noted(key="n", at=message.at, kind="quality", text="fine"))
        await until_handled(room.database)
        after = await client.get("/channels/shop/deliveries")
        assert (after["state"], after["missing_secrets"]) == ("heard", [])
        assert [(one["kind"], one["text"], one["is_handled"]) for one in after["events"]] == [
            ("quality", "fine", True),
            ("Received", "hello", True),
        ]
        assert (await client.ask("GET", "/api/v1/channels/nobody/deliveries")).status == 404
        assert [one["name"] for one in await client.get("/channels")] == ["shop"]


async def test_an_account_without_its_secret_says_so(tmp_path: Path) -> None:
    async with inside(tmp_path, files(), environ={}) as room, client_of(room) as client:
        found = await client.get("/channels/shop/deliveries")
        assert (found["state"], found["missing_secrets"]) == ("not_ready", ["shop_key"])
