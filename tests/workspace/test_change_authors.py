"""Who made a difference, as far as a draft's revisions tell."""

from typing import Any

import pytest

from skipline.model.flow_version import DraftChange
from skipline.workspace.change_authors import find_author
from skipline.workspace.flow_changes import ChangeKind, FlowChange, Part

STEP = FlowChange(Part.STEP, ChangeKind.CHANGED, "", "bye")


def _made(author: str, *paths: list[Any] | None) -> DraftChange:
    patches = [{"op": "replace", "path": path} for path in paths if path is not None]
    return DraftChange(revision=1, author=author, patches=patches if None not in paths else None)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (STEP, ["steps", "bye", "with", "text"]),
        (STEP, ["steps", "bye"]),
        (STEP, ["steps"]),
        (STEP, []),
        (FlowChange(Part.START, ChangeKind.CHANGED, ""), ["triggers", 0, "numbers"]),
        (FlowChange(Part.START, ChangeKind.CHANGED, ""), ["start"]),
        (FlowChange(Part.FLOW, ChangeKind.CHANGED, ""), ["name"]),
    ],
)
def test_it_is_who_touched_it_last(change: FlowChange, path: list[Any]) -> None:
    newest_first = [_made("ana", ["steps", "hello", "with"]), _made("ben", path), _made("carla", path)]
    found = find_author(change, newest_first)
    assert found is not None
    assert found.author == "ben"


def test_who_only_moved_the_card_changed_nothing_and_who_replaced_all_changed_everything() -> None:
    moved = _made("ana", ["steps", "bye", "at"])
    assert find_author(STEP, [moved]) is None
    replaced = find_author(STEP, [moved, _made("ben", None)])
    assert replaced is not None
    assert replaced.author == "ben"
