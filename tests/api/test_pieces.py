"""The pieces as an editor is told of them."""

from pathlib import Path
from typing import Any

from api_client import client_of
from inside_server import inside, workspace_files

from skipline.flow.describing import LANGUAGES


async def test_every_piece_tells_its_fields_words_and_exits(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        told = await client.get("/pieces")
    steps = {one["type"]: one for one in told["steps"]}
    assert {one["type"] for one in told["triggers"]} >= {"incoming_call", "schedule"}
    assert steps["say"]["exits"] == ["done"]
    assert not steps["say"]["has_own_exits"]
    assert steps["branch"]["has_own_exits"]
    assert steps["forward_call"]["channels"] == ["call"]
    assert "add_to_queue" in steps["forward_call"]["way_round"]
    ring_time = _field(steps["forward_call"], "ring_time")
    assert (ring_time["kind"], ring_time["default"], ring_time["most_seconds"]) == ("duration", "20s", 180)
    assert _field(steps["fetch_variables"], "method")["choices"][:2] == ["GET", "POST"]
    assert [part["name"] for part in _field(steps["branch"], "paths")["parts"]][:3] == ["id", "name", "all"]
    assert steps["branch"]["schema"]["required"] == ["paths"]


async def test_every_label_and_exit_has_words_in_every_language(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        told = await client.get("/pieces")
    missing = [
        (piece["type"], language, key)
        for piece in (*told["steps"], *told["triggers"])
        for language in LANGUAGES
        for key in _keys(piece)
        if key not in piece["words"].get(language, {})
    ]
    assert missing == []


def _field(piece: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in piece["fields"] if one["name"] == name)


def _keys(piece: dict[str, Any]) -> list[str]:
    return ["title", "about", *_labels(piece["fields"]), *(f"exit.{name}" for name in piece["exits"])]


def _labels(fields: list[dict[str, Any]]) -> list[str]:
    return [label for one in fields for label in (one["label"], *_labels(one["parts"]))]
