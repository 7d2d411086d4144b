"""Two people change the workspace in the same instant, each through a node of their own where nodes share a database:
nothing is lost, and nothing is overwritten unseen."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from api_client import Answer, Client, client_of
from centre_room import FLOW, NUMBER
from inside_server import Inside, inside, workspace_files
from postgres_server import PostgresServer

from skipline.api.app import create_app
from skipline.host.shared_office import SharedOffice
from skipline.store import workspace as stored

ROUNDS, MORE_ROUNDS = 3, 8
OTHER = "+31207654321"
NIGHT = FLOW.replace("Loyalty line", "Night line").replace(NUMBER, OTHER)
MORE = "queues: [{name: vip}]\nagents: [{name: ana, queues: [vip], phone: {user: ana, password_secret: ana_sip}}]\n"


def files() -> dict[str, str]:
    found = workspace_files(more=MORE)
    found["skipline.yaml"] = found["skipline.yaml"].replace(
        "trunk: carrier}]", f'trunk: carrier}}, {{number: "{OTHER}"}}]'
    )
    return {**found, "flows/night.yaml": NIGHT}


@dataclass(frozen=True, slots=True)
class People:
    """Two who change the same workspace, and the servers through which they do."""

    rooms: tuple[Inside, Inside]
    clients: tuple[Client, Client]

    async def at_once(self, first: tuple[Any, ...], second: tuple[Any, ...], **extra: str) -> list[Answer]:
        """Each sends a change as soon as both are ready."""
        barrier = asyncio.Barrier(2)
        asked = zip(self.clients, (first, second), strict=True)
        return await asyncio.gather(*(_send(barrier, client, *wish, extra=extra) for client, wish in asked))

    async def agree(self) -> dict[str, list[str]]:
        """The names in each section, once both servers have what the database holds."""
        async with asyncio.timeout(20):
            kept = await self.rooms[0].database.read(stored.read)
            while not all(room.workspace.in_force == kept for room in self.rooms):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.02)
        sections = ("tiers", "queues", "sources")
        return {one: [entry["name"] for entry in await self.clients[1].get(f"/{one}")] for one in sections}


async def _send(
    barrier: asyncio.Barrier, client: Client, method: str, path: str, body: Any = None, *, extra: dict[str, str]
) -> Answer:
    await barrier.wait()
    headers = {name.replace("_", "-"): value for name, value in extra.items()}
    return await client.ask(method, f"/api/v1{path}", json=body, extra=headers)


@asynccontextmanager
async def one_node(folder: Path) -> AsyncIterator[People]:
    async with inside(folder, files()) as room, client_of(room) as client:
        yield People((room, room), (client, client))


@asynccontextmanager
async def two_nodes(folder: Path, url: str) -> AsyncIterator[People]:
    async with inside(folder / "north", files(), place=url, name="north", shares=True) as north:
        (folder / "south").mkdir()
        shutil.copy(folder / "north" / "master.key", folder / "south")
        async with (
            inside(folder / "south", place=url, name="south", shares=True) as south,
            client_of(north) as first,
            client_of(south, create_app(None)) as second,
        ):
            yield People((north, south), (first, second))


@pytest.fixture
def url(postgres: PostgresServer, migrated: str) -> str:
    return postgres.make_database(template=migrated)


@pytest.fixture(params=["sqlite", "postgres"])
def shared_url(request: pytest.FixtureRequest) -> str | None:
    """Where two nodes meet; None: there is one, on SQLite."""
    found: str | None = request.getfixturevalue("url") if request.param == "postgres" else None
    return found


@pytest.fixture
async def people(shared_url: str | None, tmp_path: Path) -> AsyncIterator[People]:
    async with two_nodes(tmp_path, shared_url) if shared_url else one_node(tmp_path) as found:
        yield found


async def test_changes_of_different_entries_in_the_same_instant_are_all_kept(people: People) -> None:
    wanted = {"gold"}
    for number in range(MORE_ROUNDS):
        names = (f"north{number}", f"south{number}")
        first, second = (("PUT", f"/tiers/{name}", {"target": "30s"}) for name in names)
        assert [one.status for one in await people.at_once(first, second)] == [200, 200]
        wanted |= set(names)
        gone = f"north{number}"
        changed = ("PUT", f"/tiers/south{number}", {"target": f"{number + 1}s"})
        assert [one.status for one in await people.at_once(("DELETE", f"/tiers/{gone}"), changed)] == [204, 200]
        wanted -= {gone}
    assert set((await people.agree())["tiers"]) == wanted
    said = {one["name"]: one["target"] for one in await people.clients[0].get("/tiers")}
    assert {said[f"south{number}"] for number in range(MORE_ROUNDS)} == {
        f"{number + 1}s" for number in range(MORE_ROUNDS)
    }


async def test_of_two_changes_of_one_entry_in_the_same_instant_one_is_refused(people: People) -> None:
    path = "/tiers/gold"
    for number in range(ROUNDS):
        await people.agree()
        seen = (await people.clients[number % 2].ask("GET", f"/api/v1{path}")).headers["etag"]
        wishes = [("PUT", path, {"target": f"{target}s"}) for target in (100 + number, 200 + number)]
        answers = await people.at_once(*wishes, If_Match=seen)
        kept, refused = sorted(answers, key=lambda one: one.status)
        assert (kept.status, refused.status, refused.code) == (200, 412, "changed_meanwhile")
        assert refused.body["entry"] == kept.body
        await people.agree()
        assert await people.clients[1].get(path) == kept.body


async def test_of_two_new_entries_of_one_name_in_the_same_instant_one_is_refused(people: People) -> None:
    for number in range(ROUNDS):
        path = f"/tiers/new{number}"
        wishes = [("PUT", path, {"target": target}) for target in ("1s", "2s")]
        answers = await people.at_once(*wishes, If_None_Match="*")
        kept, refused = sorted(answers, key=lambda one: one.status)
        assert (kept.status, refused.status, refused.code) == (200, 412, "already_there")
        assert refused.body["entry"] == kept.body


async def test_no_two_changes_in_the_same_instant_leave_a_mistake_together(people: People) -> None:
    source = {"type": "http", "base_url": "http://127.0.0.1:9", "allow_private": True}
    for number in range(ROUNDS):
        ready = [("PUT", "/sources/spare", source), ("POST", "/flows/night/publish", {"text": NIGHT})]
        assert [one.status for one in await people.at_once(*ready)] == [200, 200]
        await people.agree()
        leans = NIGHT.replace("source: loyalty", "source: spare").replace("Hello", f"Hello {number}")
        publishes = ("POST", "/flows/night/publish", {"text": leans})
        published, deleted = await people.at_once(publishes, ("DELETE", "/sources/spare"))
        assert (published.status, deleted.status) in ((200, 422), (422, 204))
        assert ("spare" in (await people.agree())["sources"]) == (published.status == 200)


async def test_flows_and_settings_that_change_in_the_same_instant_keep_each_other(people: People) -> None:
    for number in range(ROUNDS):
        text = NIGHT.replace("Hello", f"Hello {number}")
        publishes = ("POST", "/flows/night/publish", {"text": text})
        answers = await people.at_once(publishes, ("PUT", f"/tiers/tier{number}", {"target": "5s"}))
        assert [one.status for one in answers] == [200, 200]
        returns = ("POST", "/flows/night/rollback", {"version": 1})
        answers = await people.at_once(returns, ("DELETE", f"/tiers/tier{number}"))
        assert [one.status for one in answers] == [200, 204]
        assert (await people.agree())["tiers"] == ["gold"]
        assert (await people.clients[1].get("/flows/night"))["version"] == 1


async def test_of_two_flows_that_take_one_number_in_the_same_instant_one_is_refused(people: People) -> None:
    without = await people.clients[0].get("/workspace")
    del without["files"]["flows/night.yaml"]
    for number in range(ROUNDS):
        assert (await people.clients[number % 2].send("POST", "/workspace/apply", without)).status == 200
        await people.agree()
        names = (f"dusk{number}", f"dawn{number}")
        wishes = [("POST", f"/flows/{name}/publish", {"text": NIGHT}) for name in names]
        kept, refused = sorted(await people.at_once(*wishes), key=lambda one: one.status)
        assert (kept.status, refused.status, refused.code) == (200, 409, "number_taken")
        assert refused.body["flow"] == kept.body["flow"]


async def test_a_whole_workspace_is_applied_though_the_node_knows_an_older_one(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SharedOffice, "announce", lambda _: None)
    async with two_nodes(tmp_path, url) as people:
        before = await people.clients[1].get("/workspace")
        assert (await people.clients[0].send("PUT", "/tiers/silver", {"target": "30s"})).status == 200
        assert [one["name"] for one in await people.clients[1].get("/tiers")] == ["gold"], "the south has not heard"
        applied = await people.clients[1].send("POST", "/workspace/apply", before)
        assert len(applied.body["changes"]) == 1
        configuration, _ = await people.rooms[0].database.read(stored.read)
        assert [one.name for one in configuration.tiers] == ["gold"]


async def test_secrets_and_who_is_shut_out_reach_the_phones_of_every_node(tmp_path: Path, url: str) -> None:
    async with two_nodes(tmp_path, url) as people:
        (north, _), south = people.clients, people.rooms[1].worker
        assert (await north.send("PUT", "/secrets/ana_sip", {"value": "hush"})).status == 204
        told = await south.configured(lambda it: bool(it.configuration.passwords))
        assert told.configuration.passwords == {"ana_sip": "hush"}
        invited = await north.send("POST", "/users", {"name": "ana", "role": "agent", "agent": "ana"})
        user = invited.body["user"]["id"]
        south.got.clear()
        assert (await north.send("PATCH", f"/users/{user}", {"is_disabled": True})).status == 200
        await south.configured(lambda it: not it.configuration.phones)
