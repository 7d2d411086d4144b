"""The steps and triggers there are, found by walking their packages, and how each is made from what was written."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from inspect import isclass
from types import MappingProxyType, ModuleType
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError

from skipline.base.pieces import walk_pieces
from skipline.flow.mistakes import ANY_KEY, Path, PieceMistakes, mistakes_of
from skipline.flow.outcome import Step, Trigger

Made = TypeVar("Made")


def written_name(field_name: str) -> str:
    """How a field is written in a flow file: `from_` is `from` there."""
    return field_name.rstrip("_")


_CONFIG = ConfigDict(extra="forbid", alias_generator=written_name, arbitrary_types_allowed=True)


class Piece(Generic[Made]):
    """One type of step or trigger: its dataclass, and how to make one from the settings in a file."""

    def __init__(self, type_: str, made_class: type[Made]) -> None:
        self.type = type_
        self.made_class = made_class

    @cached_property
    def _adapter(self) -> TypeAdapter[tuple[Made]]:
        # The tuple around it is there because pydantic takes a config for a plain dataclass only from outside.
        return TypeAdapter(tuple[self.made_class], config=_CONFIG)  # type: ignore[name-defined]

    @cached_property
    def keys(self) -> Mapping[Path, tuple[str, ...]]:
        """The keys of the settings and of each object inside them, by path without list positions; `ANY_KEY` stands
        for the keys of a map."""
        return MappingProxyType(dict(_keys_of(self.made_class, ())))

    def make(self, settings: Mapping[str, Any]) -> Made:
        """A step or trigger with these settings; `PieceMistakes` tells everything that is wrong with them."""
        try:
            return self._adapter.validate_python((settings,))[0]
        except ValidationError as error:
            raise PieceMistakes(mistakes_of(error, settings, self.keys)) from None

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the settings, for editors and for other programs that write flows."""
        whole = self._adapter.json_schema(by_alias=True)
        definitions = whole["$defs"]
        own = definitions.pop(self.made_class.__name__)
        return {**own, "title": self.type, "$defs": definitions} if definitions else {**own, "title": self.type}

    def fields(self) -> list[dict[str, Any]]:
        """What the editor draws a form from: each field's name, whether it is required, and what its piece says."""
        return [
            {
                "name": written_name(one.name),
                "is_required": one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING,
                **one.metadata,
            }
            for one in dataclasses.fields(self.made_class)  # type: ignore[arg-type]
        ]


StepPiece = Piece[Step]
TriggerPiece = Piece[Trigger]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All pieces there are, by type."""

    steps: Mapping[str, StepPiece]
    triggers: Mapping[str, TriggerPiece]


def read_catalogue(steps: ModuleType, triggers: ModuleType) -> Catalogue:
    """The pieces in two packages, such as `skipline.steps` and `skipline.triggers`."""
    return make_catalogue(
        {name: _class_with("run", module) for name, module in walk_pieces(steps, "step")},
        {name: _class_with("match", module) for name, module in walk_pieces(triggers, "trigger")},
    )


def make_catalogue(steps: Mapping[str, type[Step]], triggers: Mapping[str, type[Trigger]]) -> Catalogue:
    """A catalogue of these classes, by type name."""
    return Catalogue(
        MappingProxyType({name: Piece(name, found) for name, found in steps.items()}),
        MappingProxyType({name: Piece(name, found) for name, found in triggers.items()}),
    )


def _class_with(method: str, module: ModuleType) -> type[Any]:
    """The one dataclass that `module` itself defines with this method."""
    found = [
        one
        for one in vars(module).values()
        if isclass(one)
        and one.__module__ == module.__name__
        and dataclasses.is_dataclass(one)
        and callable(getattr(one, method, None))
    ]
    if len(found) != 1:
        raise TypeError(f"{module.__name__} should define one dataclass with a method `{method}`, not {len(found)}")
    return found[0]


def _keys_of(made_class: type[Any], path: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    yield path, tuple(written_name(one.name) for one in dataclasses.fields(made_class))
    for name, hint in get_type_hints(made_class).items():
        for inner_path, inner in _dataclasses_in(hint, (*path, written_name(name))):
            yield from _keys_of(inner, inner_path)


def _dataclasses_in(hint: Any, path: Path) -> Iterator[tuple[Path, type[Any]]]:
    if isclass(hint) and dataclasses.is_dataclass(hint):
        yield path, hint
    for inner in get_args(hint):
        yield from _dataclasses_in(inner, (*path, ANY_KEY) if get_origin(hint) is dict else path)
