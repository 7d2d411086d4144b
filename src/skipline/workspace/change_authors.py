"""Who made a difference between a draft and the live version, as far as the draft's newest revisions tell."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from skipline.model.flow_version import DraftChange
from skipline.workspace.flow_changes import FlowChange, Part

_Path = tuple[str | int, ...]


def find_author(change: FlowChange, newest_first: Iterable[DraftChange]) -> DraftChange | None:
    """The newest revision that touched what `change` is about; None: it is not known any more."""
    about = _about(change)
    return next((one for one in newest_first if _touches(one, about)), None)


def _about(change: FlowChange) -> tuple[_Path, ...]:
    match change.part:
        case Part.FLOW:
            return (("name",), ("description",))
        case Part.START:
            return (("triggers",), ("start",))
        case Part.STEP:
            return (("steps", change.step),)


def _touches(one: DraftChange, about: tuple[_Path, ...]) -> bool:
    if one.patches is None:
        return True
    return any(_overlap(path, wanted) for path in _paths(one.patches) for wanted in about)


def _paths(patches: Iterable[Mapping[str, Any]]) -> Iterator[_Path]:
    """Where patches change something; a card that is only moved changes nothing that is told."""
    for patch in patches:
        path = tuple(patch.get("path", ()))
        if path[:1] != ("steps",) or path[2:3] != ("at",):
            yield path


def _overlap(one: _Path, other: _Path) -> bool:
    """Whether one path leads to the other, or into it."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]
