"""Makes a source's settings from its configuration, with the piece of its type."""

import dataclasses
from collections.abc import Callable
from inspect import isclass
from types import ModuleType
from typing import TypeGuard

import skipline.sources
from skipline.base.pieces import walk_pieces
from skipline.flow.pieces import Piece
from skipline.model.configuration import Source
from skipline.model.lookup import SourceSettings


def source_builder() -> Callable[[Source], SourceSettings]:
    """A maker of settings that knows every type of source there is.

    It raises `PieceMistakes` for settings that the workspace's checks would not have let pass, and `LookupError` for a
    type that is not there.
    """
    pieces = {name: Piece(name, _settings_class(module)) for name, module in walk_pieces(skipline.sources, "source")}

    def build(source: Source) -> SourceSettings:
        return pieces[source.type].make(source.settings)

    return build


def _settings_class(module: ModuleType) -> type[SourceSettings]:
    for found in vars(module).values():
        if isclass(found) and found.__module__ == module.__name__ and _is_settings(found):
            return found
    raise TypeError(f"{module.__name__} should define one dataclass with a method `ask`")


def _is_settings(found: type[object]) -> TypeGuard[type[SourceSettings]]:
    return dataclasses.is_dataclass(found) and callable(getattr(found, "ask", None))
