"""What people call the types of steps and triggers, their settings and their exits: in English as they are written,
in other languages by the words of their pieces."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from skipline.base.sentence import Named
from skipline.flow.describing import FieldDescription, describe_fields, read_words
from skipline.flow.pieces import Piece
from skipline.workspace.reading import all_pieces

Words = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Labels:
    """What the settings of a piece, or of an object inside them, are called. `words` are the piece's by language."""

    words: Words
    fields: Mapping[str, FieldDescription]

    def of(self, key: str) -> str:
        """What a key is called; as it is written where it is no field of the piece."""
        written = str(key).replace("_", " ")
        return _named(written, self.words, self.fields[key].label) if key in self.fields else written

    def inside(self, key: str) -> "Labels":
        """The labels of what a field holds."""
        if key not in self.fields:
            return NO_LABELS
        field = self.fields[key]
        inner = [*field.parts, *(one for parts in field.variants.values() for one in parts)]
        return Labels(self.words, {one.name: one for one in inner})


NO_LABELS = Labels({}, {})


def name_of_step_type(type_: str) -> Named:
    """`Fetch variables`."""
    return _named(_plain(type_), _words(all_pieces().steps.get(type_)), "title")


def step_type_inside_a_sentence(type_: str) -> str:
    """`fetch variables`."""
    name = name_of_step_type(type_)
    return Named.with_others(name.lower(), name.others)


def name_of_trigger_type(type_: str, number: int = 1) -> str:
    """`Incoming call`, and `Incoming call 2` for the second of a flow."""
    words = _words(all_pieces().triggers.get(type_))
    more = f" {number}" if number > 1 else ""
    others = {language: f"{known['title']}{more}" for language, known in words.items() if "title" in known}
    return Named.with_others(f"{_plain(type_)}{more}", others)


def name_of_exit(type_: str, exit_: str) -> str:
    """What an exit of a type of step is called that nobody drew."""
    return _named(_plain(exit_), _words(all_pieces().steps.get(type_)), f"exit.{exit_}")


@cache
def labels_of_step(type_: str) -> Labels:
    """What the settings of a type of step are called."""
    return _labels(all_pieces().steps.get(type_))


@cache
def labels_of_trigger(type_: str) -> Labels:
    """What the settings of a type of trigger are called."""
    return _labels(all_pieces().triggers.get(type_))


def _labels(piece: Piece[Any] | None) -> Labels:
    if piece is None:
        return NO_LABELS
    return Labels(_words(piece), {one.name: one for one in describe_fields(piece.made_class)})


def _words(piece: Piece[Any] | None) -> Words:
    return {} if piece is None else read_words(piece)


def _named(name: str, words: Words, key: str) -> Named:
    return Named.with_others(name, {language: known[key] for language, known in words.items() if key in known})


def _plain(identifier: str) -> str:
    return identifier.replace("_", " ").capitalize()
