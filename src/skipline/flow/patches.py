"""Changes to a flow's document as an editor sends them: small, by path, each checked before any is kept.

A patch is as `immer` makes it: `op` is add, replace or remove, `path` leads from the top; in a list `add` puts in front
of what stands there, and `length` as the last part of a path cuts a list short.
"""

import copy
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

from skipline.base.sentence import say

Document = dict[str, Any]
MOST_PATCHES = 5_000


class Patch(msgspec.Struct, frozen=True, kw_only=True):
    """One change. `value` counts for add and replace."""

    op: Literal["add", "replace", "remove"]
    path: tuple[str | int, ...]
    value: Any = None


class PatchRefused(Exception):
    """A patch does not fit the document, or would leave none; nothing was changed. `code` is stable."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def apply_patches(document: Document, patches: Iterable[Patch]) -> Document:
    """The document after `patches`, in their order; `document` itself stays as it is. Raises `PatchRefused`."""
    changed: Any = copy.deepcopy(document)
    for number, patch in enumerate(patches, 1):
        had_steps = bool(changed.get("steps"))
        changed = _apply(changed, patch, number)
        if not isinstance(changed, dict):
            raise PatchRefused("bad_patches", say("Patch {number} leaves no flow: it is no map.", number=number))
        if had_steps and len(patch.path) < 2 and not changed.get("steps", True):
            raise _emptied(number)
    if (why := _misshapen(changed)) is not None:
        raise PatchRefused("bad_patches", say("These patches leave no flow: {why}.", why=why))
    return changed  # type: ignore[no-any-return]


def is_document(value: Any) -> bool:
    """Whether plain data has the shape of a flow that can be drawn, whatever mistakes are in it."""
    return _misshapen(value) is None


def _misshapen(value: Any) -> str | None:
    if not isinstance(value, Mapping) or not isinstance(value.get("steps"), Mapping):
        return say("a flow has `steps`, a map")
    for key, step in value["steps"].items():
        if not isinstance(step, Mapping) or not isinstance(step.get("type"), str):
            return say("step {key} has no `type`", key=key)
        if not all(isinstance(step.get(part) or {}, Mapping) for part in ("with", "next")):
            return say("`with` and `next` of step {key} are maps", key=key)
    triggers = value.get("triggers", [])
    if not isinstance(triggers, list) or not all(isinstance(one, Mapping) for one in triggers):
        return say("`triggers` is a list of maps")
    return None if isinstance(value.get("name", ""), str) else say("`name` is a text")


def _apply(document: Any, patch: Patch, number: int) -> Any:
    if not patch.path:
        if patch.op == "remove":
            raise PatchRefused("emptied", say("Patch {number} takes the whole flow away.", number=number))
        return copy.deepcopy(patch.value)
    around = document
    for part in patch.path[:-1]:
        around = _inside(around, part, patch, number)
    if isinstance(around, dict):
        _change_map(around, str(patch.path[-1]), patch, number)
    elif isinstance(around, list):
        _change_list(around, patch.path[-1], patch, number)
    else:
        raise _lost(patch, number)
    return document


def _inside(around: Any, part: str | int, patch: Patch, number: int) -> Any:
    if isinstance(around, dict) and str(part) in around:
        return around[str(part)]
    place = _place(part)
    if isinstance(around, list) and place is not None and place < len(around):
        return around[place]
    raise _lost(patch, number)


def _change_map(around: Document, key: str, patch: Patch, number: int) -> None:
    if patch.op != "remove":
        around[key] = copy.deepcopy(patch.value)
    elif key in around:
        del around[key]
    else:
        raise _lost(patch, number)


def _change_list(around: list[Any], key: str | int, patch: Patch, number: int) -> None:
    place = _place(key)
    if key == "length" and patch.op == "replace" and isinstance(patch.value, int) and 0 <= patch.value <= len(around):
        del around[patch.value :]
    elif place is not None and patch.op == "add" and place <= len(around):
        around.insert(place, copy.deepcopy(patch.value))
    elif place is not None and patch.op == "replace" and place < len(around):
        around[place] = copy.deepcopy(patch.value)
    elif place is not None and patch.op == "remove" and place < len(around):
        del around[place]
    else:
        raise _lost(patch, number)


def _place(part: str | int) -> int | None:
    """A place in a list, from 0."""
    return int(part) if str(part).isdecimal() and len(str(part)) < 10 else None


def _lost(patch: Patch, number: int) -> PatchRefused:
    names = {"number": number, "op": patch.op, "where": "/".join(map(str, patch.path))}
    sentence = say("Patch {number} ({op} {where}) does not fit: there is no such place.", **names)
    return PatchRefused("bad_patches", sentence)


def _emptied(number: int) -> PatchRefused:
    sentence = say(
        "Patch {number} takes all steps away at once: remove each by its name if that is meant.", number=number
    )
    return PatchRefused("emptied", sentence)
