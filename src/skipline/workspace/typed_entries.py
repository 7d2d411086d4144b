"""Entries of which a part is the same for every type and the rest is their piece's own, such as sources."""

import dataclasses
from collections.abc import Callable, Collection, Mapping
from inspect import isclass
from types import ModuleType
from typing import Any, Generic, TypeVar

from skipline.base.sentence import say
from skipline.base.spelling import advice
from skipline.flow.mistakes import Mistake, PieceMistakes
from skipline.flow.pieces import Piece

Form = TypeVar("Form")


class TypedEntries(Generic[Form]):
    """How the entries of one section are read. `form` has the keys that all of them may have, `word` is what people
    call one of them."""

    def __init__(self, form: Piece[Form], word: str) -> None:
        self._form, self._word = form, word
        self._common = frozenset(form.keys[()])

    def read(
        self, entry: Mapping[str, Any], types: Collection[str], find: Callable[[str], Piece[Any] | None]
    ) -> tuple[Form, dict[str, Any]]:
        """The form of an entry, and the settings of its type; raises `PieceMistakes` with all that is wrong.

        `types` are those there are; `find` gives the piece of one, None when it is none.
        """
        common = {key: value for key, value in entry.items() if key in self._common}
        settings = {key: value for key, value in entry.items() if key not in self._common}
        mistakes: list[Mistake] = []
        form: Form | None = self._made(self._form, common, mistakes)
        type_ = entry.get("type")
        piece = find(type_) if isinstance(type_, str) else None
        if piece is not None:
            self._made(piece, settings, mistakes)
        elif isinstance(type_, str):
            sentence = (
                say("there is no source type `{type}`", type=type_)
                if self._word == "source"
                else say("there is no channel type `{type}`", type=type_)
            )
            mistakes.append(Mistake(("type",), f"unknown_{self._word}_type", sentence, advice(type_, types)))
        if mistakes or form is None:
            raise PieceMistakes(mistakes)
        return form, settings

    def _made(self, piece: Piece[Any], settings: Mapping[str, Any], mistakes: list[Mistake]) -> Any:
        try:
            return piece.make(settings)
        except PieceMistakes as found:
            mistakes += [self._with_all_keys(mistake, piece) for mistake in found.mistakes]
            return None

    def _with_all_keys(self, mistake: Mistake, piece: Piece[Any]) -> Mistake:
        """A key unknown to the type may be a slip for a key that all entries have."""
        if mistake.code != "unknown_key" or len(mistake.path) != 1:
            return mistake
        right = self._common | set(piece.keys[()])
        return dataclasses.replace(mistake, fix=advice(str(mistake.path[0]), right))


def class_with(method: str, module: ModuleType) -> type[Any]:
    """The one class that `module` itself defines with this method."""
    own: list[type[Any]] = [one for one in vars(module).values() if isclass(one) and one.__module__ == module.__name__]
    (found,) = [one for one in own if callable(getattr(one, method, None))]
    return found
