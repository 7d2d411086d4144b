"""Old flows open for ever: every format that was left behind has a rung and a flow kept in it."""

import sys
from pathlib import Path

import pytest
from flow_room import WORKSPACE, real_catalogue

from skipline.flow import ladder, reading
from skipline.flow.document import FORMAT
from skipline.flow.issue import format_issue
from skipline.flow.ladder import all_rungs, can_climb, climb, rungs_of
from skipline.flow.loading import load_flow
from skipline.flow.reading import read_flow

UPGRADES = Path(__file__).parent.parent / "flows" / "upgrades"


def test_there_is_a_flow_of_every_format_and_a_rung_between() -> None:
    assert [int(file.stem) for file in sorted(UPGRADES.glob("*.yaml"))] == list(range(1, FORMAT + 1))
    assert sorted(all_rungs()) == list(range(1, FORMAT))


@pytest.mark.parametrize("file", sorted(UPGRADES.glob("*.yaml")), ids=lambda file: file.stem)
def test_a_flow_of_every_format_opens(file: Path) -> None:
    loaded = load_flow(file.read_text(), file.name, real_catalogue(), WORKSPACE)
    assert loaded.is_sound, "\n".join(map(format_issue, loaded.issues))


_SECOND = """
def upgrade(flow):
    return {**flow, "steps": {name: {**step, "type": step["kind"]} for name, step in flow["boxes"].items()}}
"""
_FIRST = """
def upgrade(flow):
    return {key: value for key, value in flow.items() if key != "nodes"} | {"boxes": flow["nodes"]}
"""


def test_a_flow_climbs_rung_by_rung(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "pretended_upgrades"
    package.mkdir()
    for name, text in {"__init__": "", "from_1": _FIRST, "from_2": _SECOND, "notes": "x = 1"}.items():
        (package / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    import pretended_upgrades  # type: ignore[import-not-found]

    rungs = rungs_of(pretended_upgrades)
    assert sorted(rungs) == [1, 2]
    old = {"format": 1, "nodes": {"bye": {"kind": "hang_up"}}}
    new = climb(old, rungs, top=3)
    assert (new["format"], new["steps"]["bye"]["type"]) == (3, "hang_up")
    assert old == {"format": 1, "nodes": {"bye": {"kind": "hang_up"}}}
    assert climb({**new}, rungs, top=3) == new
    assert [can_climb(number, rungs, top=3) for number in (0, 1, 2, 3, 4)] == [False, True, True, True, False]
    sys.modules.pop("pretended_upgrades")


def test_reading_climbs_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def upgrade(flow: dict[str, object]) -> dict[str, object]:
        return {**flow, "name": flow["title"]} | {"title": None}

    def without_title(flow: dict[str, object]) -> dict[str, object]:
        return {key: value for key, value in upgrade(flow).items() if key != "title"}

    monkeypatch.setattr(ladder, "all_rungs", lambda: {0: without_title})
    text = "format: 0\ntitle: Old\nstart: bye\nsteps:\n  bye: {type: hang_up, nexd: {}}\n"
    read = read_flow(text, "old.yaml")
    assert read.document is not None
    assert read.document.name == "Old"
    assert [(issue.line, issue.code) for issue in read.issues] == [(5, "unknown_key")]


@pytest.mark.parametrize(
    ("number", "code"), [("0", "unknown_format"), ("-3", "unknown_format"), ("99", "unknown_format")]
)
def test_a_format_that_nobody_wrote_is_told(number: str, code: str) -> None:
    read = reading.read_flow(f"format: {number}\nname: x\nstart: a\nsteps: {{}}\n", "x.yaml")
    assert [issue.code for issue in read.issues] == [code]
    assert read.document is None
