"""Two people change the same entry: nobody's work is overwritten unseen; and mistakes are told by their place."""

import asyncio
from pathlib import Path

from api_client import client_of
from inside_server import inside, workspace_files

_GOLD = "/api/v1/tiers/gold"


async def test_an_entry_is_changed_only_as_it_was_seen(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        seen = (await client.ask("GET", _GOLD)).headers["etag"]
        first = await client.ask("PUT", _GOLD, json={"target": "15s"}, extra={"If-Match": seen})
        assert (first.status, first.headers["etag"] != seen) == (200, True)
        second = await client.ask("PUT", _GOLD, json={"target": "99s"}, extra={"If-Match": seen})
        assert (second.status, second.code) == (412, "changed_meanwhile")
        assert second.body["entry"] == {"name": "gold", "target": "15s"}
        assert second.body["tag"] == first.headers["etag"]
        again = await client.ask("PUT", _GOLD, json={"target": "99s"}, extra={"If-Match": second.body["tag"]})
        assert again.body["target"] == "99s"


async def test_an_entry_that_was_removed_meanwhile_is_not_brought_back(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        seen = (await client.ask("GET", _GOLD)).headers["etag"]
        await client.send("PUT", "/tiers/silver", {"target": "30s"})
        stale = await client.ask("DELETE", _GOLD, extra={"If-Match": '"of-another-time"'})
        assert (stale.status, stale.code) == (412, "changed_meanwhile")
        assert (await client.ask("DELETE", _GOLD, extra={"If-Match": seen})).status == 204
        late = await client.ask("PUT", _GOLD, json={"target": "15s"}, extra={"If-Match": seen})
        assert (late.status, late.code, late.body["entry"]) == (412, "changed_meanwhile", None)
        assert [one["name"] for one in await client.get("/tiers")] == ["silver"]


async def test_a_new_entry_takes_no_other_ones_name(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        taken = await client.ask("PUT", _GOLD, json={"target": "1s"}, extra={"If-None-Match": "*"})
        assert (taken.status, taken.code, taken.body["entry"]["name"]) == (412, "already_there", "gold")
        path = "/api/v1/tiers/silver"
        new = await client.ask("PUT", path, json={"target": "1s"}, extra={"If-None-Match": "*"})
        assert new.status == 200


async def test_people_who_change_different_entries_at_once_lose_nothing(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        names = [f"tier{number}" for number in range(6)]
        puts = (client.send("PUT", f"/tiers/{name}", {"target": "30s"}) for name in names)
        assert {answer.status for answer in await asyncio.gather(*puts)} == {200}
        assert {one["name"] for one in await client.get("/tiers")} == {"gold", *names}


async def test_a_refusal_says_where_each_mistake_is(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        wrong = {"policy": "stirct", "overflow": {"after": "soon"}}
        refused = await client.send("PUT", "/queues/vip", wrong)
        assert [one["path"] for one in refused.body["issues"]] == [
            ["queues", "vip", "policy"],
            ["queues", "vip", "overflow", "after"],
        ]
        named = await client.send("DELETE", "/sources/loyalty")
        (issue,) = named.body["issues"]
        assert issue["is_error"]
        assert (issue["file"], issue["path"][0], issue["code"]) == ("flows/loyalty.yaml", "steps", "unknown_source")
