"""Flows as editors draw them: opened as documents, changed by patches, exported as they were written."""

import asyncio
from pathlib import Path
from typing import Any

from api_client import Client, client_of
from inside_server import NUMBER, inside, workspace_files

FLOW = f"""\
# Ask the night team before you change this
format: 1
name: Loyalty line   # as the callers know it
triggers:
- {{type: incoming_call,  numbers: ["{NUMBER}"]}}
start: look_up

steps:
  # Our own system knows who calls
  look_up:
    type: fetch_variables
    name: "Look up customer"
    at: [120, 40]
    with:   # two seconds are enough
      source: loyalty
      path: '/customers/{{{{ contact.phone }}}}'
      keep: [{{from: /loyalty_status, as: loyalty_status, type: text, default: standard}}]
    next: {{found: tier, not_found: tier, failed: tier}}

  tier:
    type: branch
    with:
      paths:
        # Those who pay
        - {{id: vip,  name: Gold, all: [{{variable: loyalty_status, operator: is, value: gold}}]}}
    next: {{vip: to_vip, else: to_all}}
  to_vip:  {{type: forward_call, with: {{targets: ["sip:vip@127.0.0.1:5071"], ring_time: 20s}}, next: {{busy: to_all}}}}
  to_all:  {{type: forward_call, with: {{targets: ["sip:all@127.0.0.1:5071"]}}}}  # whoever is there
# The end
"""
RING = {"op": "replace", "path": ["steps", "to_vip", "with", "ring_time"], "value": "25s"}


async def _patch(client: Client, revision: int, *patches: dict[str, Any], id_: str = "") -> Any:
    return await client.send(
        "POST", "/flows/loyalty/patches", {"revision": revision, "patches": list(patches), "id": id_}
    )


async def test_a_patched_setting_changes_nothing_else_of_the_exported_file(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files(flow=FLOW)) as room, client_of(room) as client:
        opened = await client.get("/flows/loyalty/document")
        assert (opened["revision"], opened["based_on"], opened["has_draft"]) == (0, 1, False)
        assert opened["document"]["steps"]["look_up"]["at"] == [120, 40]
        assert (await _patch(client, 0, RING)).body["revision"] == 1
        assert (await client.get("/flows/loyalty/document"))["document"]["steps"]["to_vip"]["with"][
            "ring_time"
        ] == "25s"
        assert (await client.send("POST", "/flows/loyalty/publish", {})).status == 200
        exported = (await client.get("/workspace"))["files"]["flows/loyalty.yaml"]
    assert exported == FLOW.replace("ring_time: 20s", "ring_time: 25s")


async def test_exits_and_mistakes_are_told_for_steps_that_are_half_done(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files(flow=FLOW)) as room, client_of(room) as client:
        opened = await client.get("/flows/loyalty/document")
        assert opened["exits"]["tier"] == [
            {"name": "vip", "label": "Gold", "is_seldom": False},
            {"name": "else", "label": "Everyone else", "is_seldom": False},
        ]
        asked = {one["name"]: one["is_seldom"] for one in opened["exits"]["look_up"]}
        assert asked == {"found": False, "not_found": True, "failed": True}
        path = {"op": "add", "path": ["steps", "tier", "with", "paths", 1], "value": {"id": "new", "name": "New"}}
        ask = {"op": "add", "path": ["steps", "ask"], "value": {"type": "ask"}}
        odd = {"op": "add", "path": ["steps", "odd"], "value": {"type": "no_such_step"}}
        told = (await _patch(client, 0, path, ask, odd)).body
    assert [one["label"] for one in told["exits"]["tier"]] == ["Gold", "New", "Everyone else"]
    assert [one["name"] for one in told["exits"]["ask"]] == ["answered", "silence"]
    assert told["exits"]["odd"] == []
    found = {(one["code"], one["step"], tuple(one["path"])): one["is_error"] for one in told["issues"]}
    assert found["missing_key", "ask", ("steps", "ask", "with", "question")]
    assert found["unknown_step_type", "odd", ("steps", "odd", "type")]


async def test_mistakes_of_a_draft_are_told_in_the_language_of_whoever_edits_it(tmp_path: Path) -> None:
    def ring(value: str) -> dict[str, Any]:
        return {"op": "replace", "path": RING["path"], "value": value}

    async with inside(tmp_path, workspace_files(flow=FLOW)) as room, client_of(room) as client:
        ask = {"op": "add", "path": ["steps", "ask"], "value": {"type": "ask"}}
        odd = {"op": "add", "path": ["steps", "odd"], "value": {"type": "asc"}}
        bad = {"op": "add", "path": ["steps", "bad"], "value": {"type": "say", "with": {"text": "{{ contact.nmae }}"}}}
        wish = {"revision": 0, "patches": [ring("soon"), ask, odd, bad]}
        heard = {"Accept-Language": "es"}
        told = await client.ask("POST", "/api/v1/flows/loyalty/patches", json=wish, extra=heard)
        lost = {"revision": 1, "patches": [{"op": "remove", "path": ["steps", "nobody"]}]}
        refused = await client.ask("POST", "/api/v1/flows/loyalty/patches", json=lost, extra=heard)
    found = {(one["sentence"], one["fix"]) for one in told.body["issues"]}
    assert {
        ("falta `question`", "añada `question:`"),
        ("no hay ningún tipo de paso `asc`", "¿quiso decir ask?"),
        ("'soon' no es una duración", "escriba un número y una unidad, como 20s, 2m o 24h"),
        ("contact no tiene ninguna parte `nmae`, en el carácter 12", "¿quiso decir contact.name?"),
    } <= found, found
    assert refused.body["detail"] == "El cambio 1 (remove steps/nobody) no encaja: no hay tal lugar."


async def test_whoever_was_away_is_told_what_they_missed(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files(flow=FLOW)) as room, client_of(room) as client:
        await _patch(client, 0, RING, id_="a1")
        name = {"op": "replace", "path": ["name"], "value": "Other"}
        refused = await _patch(client, 0, name)
        assert (refused.status, refused.code, refused.body["revision"]) == (409, "stale", 1)
        assert refused.body["missed"] == [{"revision": 1, "by": "tests", "patches": [RING]}]
        assert (await _patch(client, 1, name)).body["revision"] == 2
        await client.send("PUT", "/flows/loyalty/draft", {"text": FLOW})
        whole = (await _patch(client, 1, name)).body["missed"]
        assert [(one["revision"], one["patches"][0]["path"]) for one in whole] == [(3, [])]
        assert whole[0]["patches"][0]["value"]["name"] == "Loyalty line"


async def test_patches_that_are_sent_again_are_not_made_again(tmp_path: Path) -> None:
    add = {"op": "add", "path": ["triggers", 0], "value": {"type": "webhook", "name": "x", "secret": "y"}}
    async with inside(tmp_path, workspace_files(flow=FLOW)) as room, client_of(room) as client:
        assert (await _patch(client, 0, add, id_="a1")).body["revision"] == 1
        assert (await _patch(client, 0, add, id_="a1")).body["revision"] == 1
        assert len((await client.get("/flows/loyalty/document"))["document"]["triggers"]) == 2


async def test_a_flow_is_not_emptied_by_accident_and_patches_must_fit(tmp_path: Path) -> None:
    refused = [
        ({"op": "replace", "path": ["steps"], "value": {}}, "emptied"),
        ({"op": "replace", "path": [], "value": {"steps": {}}}, "emptied"),
        ({"op": "remove", "path": []}, "emptied"),
        ({"op": "remove", "path": ["steps"]}, "bad_patches"),
        ({"op": "replace", "path": [], "value": None}, "bad_patches"),
        ({"op": "remove", "path": ["steps", "nobody"]}, "bad_patches"),
        ({"op": "add", "path": ["triggers", 9], "value": {"type": "webhook"}}, "bad_patches"),
        ({"op": "add", "path": ["steps", "x"], "value": {"name": "no type"}}, "bad_patches"),
        ({"op": "replace", "path": ["name"], "value": "x" * 1_100_000}, "bad_patches"),
        ({"op": "replace", "path": ["name"], "value": "\ud800"}, "bad_patches"),
        ({"op": "turn", "path": ["name"]}, "not_understood"),
    ]
    async with inside(tmp_path, workspace_files(flow=FLOW)) as room, client_of(room) as client:
        for patch, code in refused:
            answer = await _patch(client, 0, RING, patch)
            assert (answer.status, answer.code) == (422, code), patch
        assert not (await client.get("/flows/loyalty/document"))["has_draft"]
        assert (await client.ask("GET", "/api/v1/flows/other/document")).code == "not_found"


async def test_nobody_publishes_what_others_changed_unseen(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files(flow=FLOW)) as room, client_of(room) as client:
        await _patch(client, 0, RING)
        await _patch(client, 1, {"op": "replace", "path": ["name"], "value": "Other"})
        refused = await client.send("POST", "/flows/loyalty/publish", {"revision": 1})
        assert (refused.status, refused.code) == (409, "draft_changed")
        assert (await client.send("POST", "/flows/loyalty/publish", {"revision": 2})).status == 200
        assert (await client.send("POST", "/flows/loyalty/publish", {"revision": 2})).status == 404
        opened = await client.get("/flows/loyalty/document")
        assert (opened["revision"], opened["has_draft"], opened["document"]["name"]) == (2, False, "Other")


async def test_a_draft_that_cannot_be_drawn_is_told_and_not_patched(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files(flow=FLOW)) as room, client_of(room) as client:
        await client.send("PUT", "/flows/loyalty/draft", {"text": "steps: [a"})
        opened = await client.get("/flows/loyalty/document")
        assert (opened["document"], opened["issues"][0]["code"]) == (None, "bad_yaml")
        assert (await _patch(client, opened["revision"], RING)).code == "unreadable"


async def test_two_who_change_different_settings_at_once_both_succeed_in_the_end(tmp_path: Path) -> None:
    async def insist(client: Client, patch: dict[str, Any]) -> None:
        revision = 0
        for _ in range(20):
            answer = await _patch(client, revision, patch)
            if answer.status == 200:
                return
            revision = answer.body["revision"]
        raise AssertionError("never accepted")

    async with inside(tmp_path, workspace_files(flow=FLOW)) as room, client_of(room) as client:
        names = [{"op": "replace", "path": ["steps", key, "name"], "value": key.upper()} for key in ("tier", "to_all")]
        await asyncio.gather(*(insist(client, one) for one in [*names, RING]))
        opened = await client.get("/flows/loyalty/document")
    assert opened["revision"] == 3
    assert [opened["document"]["steps"][key]["name"] for key in ("tier", "to_all")] == ["TIER", "TO_ALL"]
