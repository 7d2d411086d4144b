"""Flows that are begun from a template."""

from pathlib import Path
from typing import Any

import pytest
from api_client import client_of
from inside_server import inside, workspace_files

from skipline.workspace.templates import Template, free_key

MORE = """\
agents: [{name: ana, queues: [vip, general]}]
queues: [{name: vip}, {name: general, overflow: {after: 2m}}]
hours: [{name: office, zone: Europe/Amsterdam, week: {monday-friday: ["09:00-17:00"]}}]
"""


@pytest.mark.parametrize("template", [one for one in Template if one is not Template.EMPTY])
async def test_a_flow_from_a_template_needs_a_number_and_nothing_else(tmp_path: Path, template: Template) -> None:
    begin: dict[str, Any] = {"name": "Línea de ventas", "template": template, "language": "es"}
    files = workspace_files(more=MORE)
    files["skipline.yaml"] = files["skipline.yaml"].replace("trunks: [{", 'trunks: [{server: "127.0.0.1:5099", ')
    async with inside(tmp_path, files) as room, client_of(room) as client:
        begun = (await client.send("POST", "/flows", begin)).body
        assert (begun["flow"], begun["document"]["name"], begun["revision"]) == ("linea_de_ventas", begin["name"], 1)
        path = ["triggers", 0, "numbers"]
        errors = [one for one in begun["issues"] if one["is_error"]]
        assert {tuple(one["path"]) for one in errors} == {tuple(path)}, errors
        patch = {"op": "replace", "path": path, "value": ["+31201234999"]}
        told = (await client.send("POST", f"/flows/{begun['flow']}/patches", {"revision": 1, "patches": [patch]})).body
        assert [one["code"] for one in told["issues"] if one["is_error"]] == ["unknown_number"]
        listed = {one["flow"]: one for one in await client.get("/flows")}
    assert (listed["linea_de_ventas"]["name"], listed["linea_de_ventas"]["newest_version"]) == (begin["name"], 0)
    assert not listed["loyalty"]["has_draft"]


async def test_an_empty_flow_can_be_drawn_from_its_first_step_on_and_back(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        begun = (await client.send("POST", "/flows", {"name": "New", "key": "new"})).body
        assert begun["document"]["steps"] == {}
        step = {"op": "add", "path": ["steps", "bye"], "value": {"type": "hang_up"}}
        start = {"op": "replace", "path": ["start"], "value": "bye"}
        added = await client.send("POST", "/flows/new/patches", {"revision": 1, "patches": [step, start]})
        assert (added.status, added.body["revision"]) == (200, 2)
        gone = {"op": "remove", "path": ["steps", "bye"]}
        nowhere = {"op": "replace", "path": ["start"], "value": None}
        undone = await client.send("POST", "/flows/new/patches", {"revision": 2, "patches": [nowhere, gone]})
        assert (undone.status, undone.body["exits"]) == (200, {})


async def test_a_flow_is_not_begun_over_another_or_under_a_bad_key(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        assert (await client.send("POST", "/flows", {"name": "x", "key": "loyalty"})).code == "flow_exists"
        assert (await client.send("POST", "/flows", {"name": "x", "key": "a/b"})).code == "bad_name"
        assert (await client.send("POST", "/flows", {"name": "Loyalty"})).body["flow"] == "loyalty_2"


def test_a_key_is_made_of_what_letters_there_are() -> None:
    assert [free_key(name, {"flow"}) for name in ("Ventes & été", "热线", "x" * 99)] == [
        "ventes_ete",
        "flow_2",
        "x" * 55,
    ]
