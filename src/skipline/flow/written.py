"""Finds, in any piece, the texts, formulas, rows and variable names that stand in it, going by annotations alone."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from skipline.expr.rows import Row
from skipline.flow.fields import Formula, Template, VariableName
from skipline.flow.mistakes import Path
from skipline.flow.pieces import written_name


class Mark(StrEnum):
    """What a value means to the flow."""

    TEXT = "text"
    FORMULA = "formula"
    ROW = "row"
    VARIABLE = "variable"


@dataclass(frozen=True, slots=True)
class Written:
    """One value that the flow compiles or checks. `path` starts at the piece's settings; `field` is what the nearest
    `fields.field(...)` around it says (label, kind and more)."""

    path: Path
    mark: Mark
    value: Any
    field: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One field of a piece, or of an object inside it."""

    path: Path
    value: Any
    field: Mapping[str, Any]
    owner: Any

    @property
    def kind(self) -> str:
        return str(self.field.get("kind", ""))


class _Itself:
    """A piece as a key: pieces are frozen but hold maps, so they have no hash. The key keeps its piece alive."""

    __slots__ = ("piece",)

    def __init__(self, piece: object) -> None:
        self.piece = piece

    def __hash__(self) -> int:
        return id(self.piece)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and other.piece is self.piece


def marked_values(piece: object) -> tuple[Written, ...]:
    """Every text, formula, row and variable name in `piece`."""
    return _marked_values(_Itself(piece))


def field_values(piece: object) -> tuple[FieldValue, ...]:
    """Every field of `piece` and of the objects inside it, but for the inside of rows."""
    return _field_values(_Itself(piece))


# Some thirty checks ask for the values of the same pieces, one check after the other.
@lru_cache(maxsize=512)
def _marked_values(itself: _Itself) -> tuple[Written, ...]:
    return tuple(written for one in field_values(itself.piece) for written in _marked_in(one))


def _marked_in(field: FieldValue) -> Iterator[Written]:
    owner_class: Any = type(field.owner)
    hint = _hints(owner_class)[field.path[-1]]
    for path, mark, value in _marked(hint, field.value, field.path):
        yield Written(path, mark, value, field.field)


@lru_cache(maxsize=512)
def _field_values(itself: _Itself) -> tuple[FieldValue, ...]:
    return tuple(_fields_within(itself.piece, ()))


def _fields_within(piece: object, path: Path) -> Iterator[FieldValue]:
    for one in dataclasses.fields(piece):  # type: ignore[arg-type]
        value, here = getattr(piece, one.name), (*path, written_name(one.name))
        yield FieldValue(here, value, one.metadata, piece)
        for inner_path, inner in _objects(value, here):
            yield from _fields_within(inner, inner_path)


def _objects(value: Any, path: Path) -> Iterator[tuple[Path, object]]:
    if isinstance(value, tuple | list):
        for number, item in enumerate(value):
            yield from _objects(item, (*path, number))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _objects(item, (*path, key))
    elif dataclasses.is_dataclass(value) and not isinstance(value, Row):
        yield path, value


_MARKS: dict[Any, Mark] = {Template: Mark.TEXT, Formula: Mark.FORMULA, VariableName: Mark.VARIABLE}


def _marked(hint: Any, value: Any, path: Path) -> Iterator[tuple[Path, Mark, Any]]:
    if isinstance(value, Row):
        yield path, Mark.ROW, value
    elif isinstance(value, str):
        if (mark := _mark_of(hint)) is not None:
            yield path, mark, value
    elif isinstance(value, tuple | list):
        for number, item in enumerate(value):
            yield from _marked(_inner(hint, (tuple, list)), item, (*path, number))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _marked(_inner(hint, (dict, Mapping)), item, (*path, key))


def _mark_of(hint: Any) -> Mark | None:
    """The mark of a text with this annotation, seen through `X | None` and `Annotated`."""
    for candidate in (hint, *get_args(hint)):
        if candidate in _MARKS:
            return _MARKS[candidate]
    return None


def _inner(hint: Any, origins: tuple[Any, ...]) -> Any:
    """The annotation of what is inside a list or map annotation, seen through `X | None` and `Annotated`."""
    for candidate in (hint, *get_args(hint)):
        if isinstance(get_origin(candidate), type) and issubclass(get_origin(candidate), origins):
            inner = [one for one in get_args(candidate) if one is not Ellipsis]
            return inner[-1] if inner else NoneType
    return NoneType


@cache
def _hints(owner: Any) -> Mapping[str | int, Any]:
    return {written_name(name): hint for name, hint in get_type_hints(owner, include_extras=True).items()}
