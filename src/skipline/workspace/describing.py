"""What an editor needs to know of the sections of `skipline.yaml`: the fields of an entry, its types, their words."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from skipline.flow.describing import FieldDescription, describe_fields, read_words
from skipline.flow.pieces import Piece
from skipline.workspace.channels import AccountForm, channel_types, find_channel
from skipline.workspace.forms import HoursForm, NumberForm, TableForm, TierForm, TrunkForm
from skipline.workspace.queue_forms import AgentForm, QueueForm, SkillForm
from skipline.workspace.sources import SourceForm, source_pieces

Words = Mapping[str, Mapping[str, str]]

FORMS: Mapping[str, type[Any]] = {
    "tiers": TierForm,
    "trunks": TrunkForm,
    "numbers": NumberForm,
    "sources": SourceForm,
    "tables": TableForm,
    "hours": HoursForm,
    "queues": QueueForm,
    "skills": SkillForm,
    "agents": AgentForm,
    "channels": AccountForm,
}
"""The keys that each entry of a section may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionDescription:
    """One section. `key` is the field that names an entry; `piece` makes one; `types` are those of sources and channels
    alone, whose fields stand beside the section's own. `words` are its texts by language and key: `title` (of all),
    `one`, `new`, `about`, the labels of its fields, `LABEL.about` where a field needs a hint, `LABEL.CHOICE`, and
    `part.NAME` for the parts that its form is drawn in."""

    section: str
    key: str
    words: Words
    piece: Piece[Any]
    fields: tuple[FieldDescription, ...]
    types: tuple[Piece[Any], ...]


def describe_sections() -> tuple[SectionDescription, ...]:
    """Every section. The types of channels are imported for it."""
    return tuple(_describe(section, form) for section, form in FORMS.items())


def _describe(section: str, form: type[Any]) -> SectionDescription:
    piece: Piece[Any] = Piece(section.removesuffix("s"), form)
    return SectionDescription(
        section=section,
        key="number" if section == "numbers" else "name",
        words=words_of(section),
        piece=piece,
        fields=tuple(one for one in describe_fields(form) if not one.more.get("is_of_files")),
        types=_types_of(section),
    )


def _types_of(section: str) -> tuple[Piece[Any], ...]:
    if section == "sources":
        return tuple(source_pieces().values())
    if section == "channels":
        return tuple(piece for type_ in channel_types() if (piece := find_channel(type_)) is not None)
    return ()


@cache
def words_of(section: str) -> Words:
    """The words of a section by language, from the files beside this module: their keys begin with its name there."""
    start = f"{section}."
    return {
        language: {key.removeprefix(start): word for key, word in words.items() if key.startswith(start)}
        for language, words in read_words(Piece("section", TierForm)).items()
    }
