"""The ways out of every step of a flow that is being drawn, for steps with mistakes too."""

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import suppress
from types import SimpleNamespace
from typing import Any, NamedTuple

from skipline.flow.describing import read_words
from skipline.flow.drawing import exits_of
from skipline.flow.outcome import Step
from skipline.flow.pieces import Catalogue, StepPiece, written_name


class Exit(NamedTuple):
    """A way out. `label` is what somebody called it, else the piece's word for it in English; a seldom one is drawn
    only while it leads somewhere."""

    name: str
    label: str
    is_seldom: bool


def exits_in(document: Mapping[str, Any], made: Mapping[Any, Step], catalogue: Catalogue) -> dict[str, list[Exit]]:
    """The exits of each step of a document, in order. `made` are those of its steps that could be made; of the others
    the exits are those that what is written would give; of unknown types none."""
    found = {}
    for key, step in document["steps"].items():
        piece, settings = catalogue.steps.get(step["type"]), step.get("with") or {}
        names = () if piece is None else exits_of(made[key]) if key in made else _guessed(piece, settings)
        found[str(key)] = [] if piece is None else [_exit(piece, settings, name) for name in names]
    return found


def _exit(piece: StepPiece, settings: Mapping[str, Any], name: str) -> Exit:
    return Exit(name, _label(piece, settings, name), name in getattr(piece.made_class, "seldom_exits", ()))


def _guessed(piece: StepPiece, settings: Mapping[str, Any]) -> tuple[str, ...]:
    own_exits = getattr(piece.made_class, "own_exits", None)
    names = piece.made_class.exits
    if own_exits is not None:
        # What is written there may be of another shape altogether.
        with suppress(AttributeError, TypeError, ValueError):
            names = tuple(own_exits(_stand_in(piece.made_class, settings)))
    return tuple(dict.fromkeys(name for name in names if isinstance(name, str) and name))


def _stand_in(made_class: Any, settings: Mapping[str, Any]) -> SimpleNamespace:
    """Something with the fields of a step, as they are written, right or wrong; what is missing is empty."""
    values: dict[str, Any] = {}
    for one in dataclasses.fields(made_class):
        empty = () if one.default is dataclasses.MISSING else one.default
        if one.default_factory is not dataclasses.MISSING:
            empty = one.default_factory()
        values[one.name] = _loose(settings.get(written_name(one.name), empty))
    return SimpleNamespace(**values)


def _loose(value: Any) -> Any:
    """Objects in a list with their keys as attributes; those without an id have no exit yet."""
    if not isinstance(value, list):
        return value
    objects = [one for one in value if isinstance(one, Mapping) and isinstance(one.get("id"), str)]
    return tuple(SimpleNamespace(**one) for one in objects)


def _label(piece: StepPiece, settings: Mapping[str, Any], name: str) -> str:
    called = next((title for id_, title in _titles(settings) if id_ == name and title), "")
    return called or read_words(piece).get("en", {}).get(f"exit.{name}", "") or name


def _titles(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The ids that stand in settings, each with the name or title beside it."""
    for value in settings.values():
        for one in value if isinstance(value, list) else ():
            if isinstance(one, Mapping) and isinstance(one.get("id"), str):
                yield one["id"], str(one.get("name") or one.get("title") or "")
