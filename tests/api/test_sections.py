"""The sections as an editor is told of them."""

from pathlib import Path
from typing import Any

from api_client import client_of
from centre_room import NUMBER
from inside_server import inside, workspace_files


async def test_every_section_tells_its_fields_types_and_words(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        told = {one["section"]: one for one in await client.get("/sections")}
    assert {section: one["key"] for section, one in told.items() if one["key"] != "name"} == {"numbers": "number"}
    assert [one["type"] for one in told["channels"]["types"]] == ["bird", "meta", "smpp", "twilio", "vonage"]
    assert "http" in {one["type"] for one in told["sources"]["types"]}
    wrap_up = _field(told["queues"], "wrap_up")
    assert (wrap_up["kind"], wrap_up["default"], wrap_up["part"]) == ("duration", "0s", "agents")
    assert told["queues"]["words"]["es"][f"part.{wrap_up['part']}"] == "Agentes"
    assert [part["name"] for part in _field(told["queues"], "overflow")["parts"]][:2] == ["after", "wait_exceeds"]
    assert _field(told["queues"], "policy")["choices"][0] == "target_ratio"
    assert told["queues"]["schema"]["properties"]["misses"]["maximum"] == 20


async def test_each_entry_has_the_live_flows_that_name_it(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        uses = await client.get("/sections/uses")
    assert uses["sources"] == {"loyalty": [{"flow": "loyalty", "name": "Loyalty line"}]}
    assert list(uses["numbers"]) == [NUMBER]
    assert "skills" not in uses


def _field(view: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in view["fields"] if one["name"] == name)
