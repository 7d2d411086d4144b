"""What an editor needs to know of a piece: its fields, those inside them, what may be chosen, its words, its exits."""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args, get_origin, get_type_hints

from pydantic_core import to_jsonable_python

from skipline.base.durations import write_duration
from skipline.expr.rows import Row
from skipline.flow.outcome import CALL, CARRIED
from skipline.flow.pieces import Piece, written_name

LANGUAGES = ("en", "es", "pt", "zh", "id")
"""The languages in which pieces have words; English comes first and is there for all."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FieldDescription:
    """One field. `default` is as it would be written; `choices` are all that may be written, empty: anything of its
    kind; `parts` are the fields of the object, or of each object of the list or map, that it holds; where that may be
    one of several, `variants` has the other fields of each by its `type`, and `parts` are none; `more` is what the
    piece says besides, such as `most_seconds`."""

    name: str
    kind: str
    label: str
    is_required: bool
    default: Any
    choices: tuple[str, ...]
    parts: tuple["FieldDescription", ...]
    variants: Mapping[str, tuple["FieldDescription", ...]]
    more: Mapping[str, Any]


def describe_fields(made_class: type[Any]) -> tuple[FieldDescription, ...]:
    """The fields of a piece's dataclass, or of one inside it, in their order."""
    hints = get_type_hints(made_class, include_extras=True)
    return tuple(_describe(one, hints[one.name]) for one in dataclasses.fields(made_class))


def read_words(piece: Piece[Any]) -> dict[str, dict[str, str]]:
    """The words of a piece by language, from the files beside it. A language that a piece does not have is left out."""
    return _read_words(piece.made_class.__module__.rpartition(".")[0])


def channels_for(piece: Piece[Any]) -> tuple[str, ...]:
    """The channels on which a step works, or the one of a trigger."""
    one = getattr(piece.made_class, "channel", None)
    if one is not None:
        return (str(one),)
    return tuple(getattr(piece.made_class, "channels", (CALL, "message", *sorted(CARRIED - {CALL}))))


def _describe(one: "dataclasses.Field[Any]", hint: Any) -> FieldDescription:
    said = dict(one.metadata)
    kind = str(said.pop("kind", "text"))
    inner = tuple(dict.fromkeys(_objects_in(hint)))
    return FieldDescription(
        name=written_name(one.name),
        kind=kind,
        label=str(said.pop("label", "")),
        is_required=one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING,
        default=_default(one, kind),
        choices=tuple(_choices_in(hint)),
        parts=describe_fields(inner[0]) if len(inner) == 1 else (),
        variants=dict(map(_variant, inner)) if len(inner) > 1 else {},
        more=said,
    )


def _variant(made_class: type[Any]) -> tuple[str, tuple[FieldDescription, ...]]:
    """The `type` of one of several objects, and its other fields."""
    fields = {one.name: one for one in describe_fields(made_class)}
    (type_,) = fields.pop("type").choices
    return type_, tuple(fields.values())


def _default(one: "dataclasses.Field[Any]", kind: str) -> Any:
    value = one.default
    if one.default_factory is not dataclasses.MISSING:
        value = one.default_factory()
    if value is dataclasses.MISSING:
        return None
    return write_duration(value) if kind == "duration" and value is not None else to_jsonable_python(value)


def _objects_in(hint: Any) -> Iterator[type[Any]]:
    """The dataclasses that an annotation holds, seen through lists, maps, `X | None` and `Annotated`."""
    if dataclasses.is_dataclass(hint):
        if hint is not Row and isinstance(hint, type):
            yield hint
        return
    for inner in get_args(hint) if get_origin(hint) is not Literal else ():
        yield from _objects_in(inner)


def _choices_in(hint: Any) -> Iterator[str]:
    """What may be written where an annotation names all there is, alone or in a list."""
    if isinstance(hint, type) and issubclass(hint, Enum):
        yield from (str(one.value) for one in hint)
    elif get_origin(hint) is Literal:
        yield from map(str, get_args(hint))
    elif get_origin(hint) is not dict:
        for inner in get_args(hint):
            yield from _choices_in(inner)


@cache
def _read_words(package: str) -> dict[str, dict[str, str]]:
    found = {language: files(package) / f"words.{language}.json" for language in LANGUAGES}
    return {
        language: json.loads(file.read_text(encoding="utf-8")) for language, file in found.items() if file.is_file()
    }
