"""Flows through the API: checked, published, rolled back, and never half."""

from pathlib import Path
from typing import Any

import pytest
from api_client import Client, client_of
from centre_room import FLOW, NUMBER, VIP, arrived
from faulty_server import FaultyServer, hangs
from inside_server import inside, workspace_files

from skipline.model.ids import CallId

NEWER = FLOW.replace(VIP, "sip:vip2@127.0.0.1:5071")
NEWEST = FLOW.replace(VIP, "sip:vip3@127.0.0.1:5071")
WRONG = FLOW.replace("source: loyalty", "source: loyality")
_PATH = "{id: vip, name: VIP, all: [{variable: loyalty_status, operator: is, value: gold}]}"
SHADOWED = FLOW.replace(_PATH, f"{_PATH}, {_PATH.replace('id: vip', 'id: gold')}").replace(
    "{vip: greet", "{vip: greet, gold: greet"
)


async def _publish(client: Client, text: str, flow: str = "loyalty") -> Any:
    answer = await client.send("POST", f"/flows/{flow}/publish", {"text": text, "note": "because"})
    assert answer.status == 200, answer.text
    return answer.body


async def test_publishing_makes_a_new_version_live(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        published = await _publish(client, NEWER)
        assert (published["version"], published["is_live"], published["text"]) == (2, True, NEWER)
        assert (published["author"], published["note"], published["numbers"]) == ("tests", "because", [NUMBER])
        assert published["claims"] == []
        [listed] = await client.get("/flows")
        assert (listed["live_version"], listed["newest_version"], listed["name"]) == (2, 2, "Loyalty line")
        assert [one["version"] for one in await client.get("/flows/loyalty/versions")] == [2, 1]
        assert room.host.centre.flows[NUMBER].flow.version == 2
        await room.worker.configured(lambda it: "sip:vip2@127.0.0.1:5071" in it.configuration.watched_targets)


async def test_publishing_what_is_live_already_changes_nothing(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        assert (await _publish(client, FLOW))["version"] == 1
        assert len(await client.get("/flows/loyalty/versions")) == 1


async def test_a_flow_with_mistakes_is_refused_with_their_lines(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        answer = await client.send("POST", "/flows/loyalty/publish", {"text": WRONG})
        assert (answer.status, answer.code) == (422, "has_mistakes")
        [issue] = answer.body["issues"]
        assert (issue["file"], issue["line"], issue["code"]) == ("flows/loyalty.yaml", 10, "unknown_source")
        assert "loyalty" in issue["fix"]
        assert (await client.get("/flows/loyalty"))["version"] == 1


async def test_checking_finds_the_same_and_changes_nothing(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        answer = await client.send("POST", "/flows/loyalty/check", {"text": WRONG})
        assert [(one["line"], one["code"], one["severity"]) for one in answer.body] == [(10, "unknown_source", "error")]
        assert (await client.send("POST", "/flows/other/check", {"text": "][" * 1000})).body[0]["severity"] == "error"
        assert [one["flow"] for one in await client.get("/flows")] == ["loyalty"]


async def test_a_number_belongs_to_one_flow(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        answer = await client.send("POST", "/flows/thief/publish", {"text": FLOW})
        assert (answer.status, answer.code) == (409, "number_taken")
        assert [one["flow"] for one in await client.get("/flows")] == ["loyalty"]


async def test_rolling_back_goes_to_the_version_before_or_to_the_one_named(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        await _publish(client, NEWER)
        await _publish(client, NEWEST)
        back = await client.send("POST", "/flows/loyalty/rollback", {})
        assert (back.body["version"], back.body["text"], back.body["is_live"]) == (2, NEWER, True)
        named = await client.send("POST", "/flows/loyalty/rollback", {"version": 1})
        assert named.body["version"] == 1
        assert room.host.centre.flows[NUMBER].flow.version == 1
        assert (await client.get("/workspace"))["files"]["flows/loyalty.yaml"] == FLOW


@pytest.mark.parametrize(
    ("flow", "wish", "status", "code"),
    [
        ("loyalty", {}, 409, "nothing_to_roll_back_to"),
        ("loyalty", {"version": 9}, 404, "flow_unknown"),
        ("loyalty", {"version": 10**30}, 422, "not_understood"),
        ("loyalty", {"version": -1}, 422, "not_understood"),
        ("nothing", {}, 404, "flow_unknown"),
        ("nothing", {"version": 1}, 404, "flow_unknown"),
        ("loyalty", {"version": "one"}, 422, "not_understood"),
    ],
)
async def test_what_cannot_be_rolled_back_is_told(
    tmp_path: Path, flow: str, wish: dict[str, Any], status: int, code: str
) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        answer = await client.send("POST", f"/flows/{flow}/rollback", wish)
        assert (answer.status, answer.code) == (status, code)
        assert (await client.get("/flows/loyalty"))["version"] == 1


async def test_a_version_that_asks_a_source_which_is_gone_cannot_come_back(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        crm = FLOW.replace("source: loyalty", "source: crm")
        put = await client.send("PUT", "/sources/crm", {"type": "http", "base_url": "https://crm.example.com"})
        assert put.status == 200, put.text
        await _publish(client, crm)
        await _publish(client, FLOW)
        assert (await client.send("DELETE", "/sources/crm")).status == 204
        answer = await client.send("POST", "/flows/loyalty/rollback", {"version": 2})
        assert (answer.status, answer.code) == (422, "has_mistakes")
        assert answer.body["issues"][0]["code"] == "unknown_source"
        assert (await client.get("/flows/loyalty"))["version"] == 1


@pytest.mark.parametrize("flow", ["a b", "x.story", "-x", "%C3%A9", "..%2Fx"])
async def test_a_flow_has_a_plain_key(tmp_path: Path, flow: str) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        answer = await client.send("POST", f"/flows/{flow}/publish", {"text": FLOW})
        assert answer.status in (404, 422)
        assert answer.code
        assert [one["flow"] for one in await client.get("/flows")] == ["loyalty"]


async def test_a_call_in_progress_stays_on_its_version_while_the_next_takes_the_new_one(tmp_path: Path) -> None:
    async with (
        FaultyServer(hangs) as company,
        inside(tmp_path, workspace_files(company.url, time_limit="1s")) as room,
        client_of(room) as client,
    ):
        room.worker.tell(arrived())
        await company.first_request()
        await _publish(client, NEWER)
        serving = room.host.centre.runs[CallId("call1")]
        assert (serving.run.version, serving.flow.version) == (1, 1)
        assert room.host.centre.flows[NUMBER].flow.version == 2


async def test_applying_an_export_changes_nothing(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        exported = await client.get("/workspace")
        applied = await client.send("POST", "/workspace/apply", exported)
        assert (applied.status, applied.body) == (200, {"changes": [], "warnings": []})
        assert await client.get("/workspace") == exported


async def test_applying_says_what_changed_and_takes_down_what_is_missing(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        files = workspace_files()
        del files["flows/loyalty.yaml"]
        applied = await client.send("POST", "/workspace/apply", {"files": files})
        assert (applied.status, len(applied.body["changes"])) == (200, 1)
        assert room.host.centre.flows == {}
        [listed] = await client.get("/flows")
        assert (listed["live_version"], listed["newest_version"]) == (None, 1)
        assert (await client.get("/flows/loyalty"))["is_live"] is False
        await room.worker.configured(lambda it: it.configuration.live_numbers == ())


async def test_a_workspace_with_one_mistake_is_not_applied_at_all(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        before = await client.get("/workspace")
        files = workspace_files("http://127.0.0.1:10", flow=WRONG)
        answer = await client.send("POST", "/workspace/apply", {"files": files})
        assert (answer.status, answer.code) == (422, "has_mistakes")
        assert "flows/loyalty.yaml:10: unknown_source:" in answer.body["detail"]
        assert await client.get("/workspace") == before


@pytest.mark.parametrize("wish", [{}, {"files": []}, {"files": {"skipline.yaml": 1}}, {"files": {}, "force": True}])
async def test_what_is_no_workspace_is_told(tmp_path: Path, wish: dict[str, Any]) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        answer = await client.send("POST", "/workspace/apply", wish)
        assert (answer.status, answer.code) == (422, "not_understood")


async def test_an_empty_folder_is_a_mistake_and_no_order_to_delete_everything(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        answer = await client.send("POST", "/workspace/apply", {"files": {}})
        assert (answer.status, answer.body["issues"][0]["code"]) == (422, "no_workspace")
        assert len(await client.get("/flows")) == 1


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("es-MX,es;q=0.9,en;q=0.5", "el camino `gold` no se toma nunca, porque `vip`, que está encima, coincide antes"),
        ("fr, id;q=0.2", "jalur `gold` tidak pernah diambil, karena `vip` di atasnya cocok lebih dulu"),
        ("fr", "path `gold` is never taken, because `vip` above it matches first"),
        ("zh;q=nonsense", "path `gold` is never taken, because `vip` above it matches first"),
    ],
)
async def test_mistakes_are_told_in_the_language_of_whoever_asks(tmp_path: Path, asked: str, sentence: str) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        heard, wish = {"Accept-Language": asked}, {"text": SHADOWED}
        answer = await client.ask("POST", "/api/v1/flows/loyalty/check", json=wish, extra=heard)
        assert [one["sentence"] for one in answer.body] == [sentence]
        refused = await client.ask("POST", "/api/v1/flows/loyalty/publish", json=wish, extra=heard)
        assert refused.code == "has_mistakes"
        assert sentence in refused.body["detail"]
        assert refused.body["issues"][0]["sentence"] == sentence
