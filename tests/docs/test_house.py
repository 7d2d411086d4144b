"""The page about the house shows the rooms that there are, on the floors that are held."""

import tomllib

from doc_pages import ROOT

HOUSE = (ROOT / "docs" / "explain" / "house.md").read_text(encoding="utf-8")


def test_every_room_is_shown() -> None:
    rooms = [file.parent.name for file in (ROOT / "src" / "skipline").glob("*/__init__.py")]
    assert len(rooms) > 10
    assert [room for room in rooms if f"\n  {room}/" not in HOUSE] == []


def test_the_floors_are_those_that_are_held() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (floors,) = [one["layers"] for one in project["tool"]["importlinter"]["contracts"] if one["type"] == "layers"]
    assert " > ".join(floors) in " ".join(HOUSE.split())
