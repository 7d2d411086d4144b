"""A number moves to another flow when that is published: both change together, or neither."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from api_client import Client, client_of
from centre_room import CALLER, FLOW, NUMBER
from inside_server import Inside, inside, workspace_files

from skipline.model.flow_version import FlowContent
from skipline.store import flows

OTHER, THIRD = "+31207654321", "+31208888888"
NUMBERS = f'numbers: ["{NUMBER}"]'
NIGHT = FLOW.replace("Loyalty line", "Night line").replace(NUMBERS, f'numbers: ["{OTHER}", "{THIRD}"]')
GREEDY = FLOW.replace(NUMBERS, f'numbers: ["{NUMBER}", "{OTHER}"]')


@asynccontextmanager
async def room_of(folder: Path, place: Path | str) -> AsyncIterator[tuple[Inside, Client]]:
    files = {**workspace_files(), "flows/night.yaml": NIGHT}
    more = "".join(f', {{number: "{number}"}}' for number in (OTHER, THIRD))
    files["skipline.yaml"] = files["skipline.yaml"].replace("trunk: carrier}]", "trunk: carrier}" + more + "]")
    async with inside(folder / "data", files, place=place) as room, client_of(room) as client:
        yield room, client


async def publish(client: Client, text: str, flow: str = "loyalty", **wish: Any) -> Any:
    return await client.send("POST", f"/flows/{flow}/publish", {"text": text, **wish})


def owners(room: Inside) -> dict[str, str]:
    return {number: live.key for number, live in room.host.centre.flows.items()}


async def test_a_number_in_use_is_refused_with_the_flow_that_has_it(tmp_path: Path, place: Path | str) -> None:
    async with room_of(tmp_path, place) as (room, client):
        for wish in ({}, {"takes_over": {OTHER: "somebody"}}, {"takes_over": {THIRD: "night"}}):
            refused = await publish(client, GREEDY, **wish)
            assert (refused.status, refused.code) == (409, "number_taken")
            assert (refused.body["number"], refused.body["flow"]) == (OTHER, "night")
        assert owners(room) == {NUMBER: "loyalty", OTHER: "night", THIRD: "night"}
        assert (await client.get("/flows/loyalty"))["version"] == 1


async def test_a_number_that_is_taken_over_moves_in_one_moment(tmp_path: Path, place: Path | str) -> None:
    async with room_of(tmp_path, place) as (room, client):
        answer = await publish(client, GREEDY, takes_over={OTHER: "night"}, note="one line")
        assert answer.status == 200, answer.text
        assert answer.body["taken_over"] == [
            {"flow": "night", "name": "Night line", "numbers": [OTHER], "before": 1, "version": 2}
        ]
        assert owners(room) == {NUMBER: "loyalty", OTHER: "loyalty", THIRD: "night"}
        night = await client.get("/flows/night")
        assert (night["version"], night["numbers"], night["note"]) == (2, [THIRD], f"{OTHER} moved to loyalty")
        assert night["text"] == NIGHT.replace(f'"{OTHER}", ', "")
        assert (answer.body["note"], answer.body["created_at"]) == ("one line", night["created_at"])
        [told] = (await client.get("/audit?what=flow_published"))["entries"]
        assert told["detail"]["taken_over"] == {OTHER: "night"}
        assert len(told["detail"]["changes"]) == 2


async def test_a_draft_says_what_it_would_take(tmp_path: Path) -> None:
    async with room_of(tmp_path, tmp_path / "data") as (_, client):
        assert await client.get("/flows/loyalty/takeovers") == []
        both = GREEDY.replace(f'"{OTHER}"', f'"{OTHER}", "{THIRD}"')
        assert (await client.send("PUT", "/flows/loyalty/draft", {"text": both, "revision": 0})).status == 200
        [found] = await client.get("/flows/loyalty/takeovers")
        assert (found["flow"], found["numbers"], found["left"]) == ("night", [OTHER, THIRD], [])
        assert (found["is_idle"], found["why"]) == (True, "")
        published = await client.send(
            "POST", "/flows/loyalty/publish", {"takes_over": {OTHER: "night", THIRD: "night"}}
        )
        assert published.status == 200, published.text
        assert (await client.get("/flows/night"))["is_live"]
        assert (await client.ask("GET", "/api/v1/flows/nothing/takeovers")).status == 404


async def test_a_draft_that_takes_a_number_over_is_tested_as_it_would_be_published(tmp_path: Path) -> None:
    async with room_of(tmp_path, tmp_path / "data") as (_, client):
        story = {"caller": {"phone": CALLER, "to": OTHER}, "sources": {"loyalty": "not_found"}}
        tried = await client.send("POST", "/flows/loyalty/try", {"text": GREEDY, "story": story})
        assert tried.status == 200, tried.text
        assert tried.body["outcome"] is not None
        played = await client.send("POST", "/flows/loyalty/stories/play", {"text": GREEDY})
        assert (played.status, played.body["failed"]) == (200, 0), played.text


async def test_a_rollback_gives_the_number_back_together_or_says_that_nobody_answers_it(
    tmp_path: Path, place: Path | str
) -> None:
    async with room_of(tmp_path, place) as (room, client):
        await publish(client, GREEDY, takes_over={OTHER: "night"})
        alone = await client.send("POST", "/flows/night/rollback", {"version": 1})
        assert (alone.status, alone.code) == (409, "number_taken")
        stale = {"version": 1, "together": {"night": {"version": 1, "instead_of": 1}}}
        refused = await client.send("POST", "/flows/loyalty/rollback", stale)
        assert (refused.status, refused.code) == (409, "live_version_changed")
        assert owners(room)[OTHER] == "loyalty"
        wish = {"version": 1, "together": {"night": {"version": 1, "instead_of": 2}}}
        back = await client.send("POST", "/flows/loyalty/rollback", wish)
        assert (back.status, back.body["version"], back.body["freed"]) == (200, 1, [])
        assert owners(room) == {NUMBER: "loyalty", OTHER: "night", THIRD: "night"}
        await publish(client, GREEDY, takes_over={OTHER: "night"})
        lonely = await client.send("POST", "/flows/loyalty/rollback", {"version": 1})
        assert (lonely.status, lonely.body["freed"]) == (200, [OTHER])
        assert OTHER not in owners(room)


async def test_a_flow_that_would_be_left_with_a_mistake_keeps_its_number(tmp_path: Path) -> None:
    async with room_of(tmp_path, tmp_path / "data") as (room, client):
        odd = FlowContent(flow="odd", name="Odd", text="][", numbers=("+31206666666",))
        await room.database.write(flows.publish, odd, room.services.clock())
        await room.workspace.reload()
        greedy = FLOW.replace(NUMBERS, 'numbers: ["+31206666666"]')
        refused = await publish(client, greedy, takes_over={"+31206666666": "odd"})
        assert (refused.status, refused.code) == (409, "takeover_breaks")
        assert "Odd" in refused.body["detail"]
        assert (await client.get("/flows/loyalty"))["version"] == 1


async def test_two_who_publish_at_once_lose_nothing_of_each_other(tmp_path: Path) -> None:
    async with room_of(tmp_path, tmp_path / "data") as (room, client):
        newer = NIGHT.replace("Hello", "Good night")
        taking = publish(client, GREEDY, takes_over={OTHER: "night"})
        answers = [await one for one in (taking, publish(client, newer, "night"))]
        assert [one.status for one in answers] == [200, 409]
        assert owners(room)[OTHER] == "loyalty"
