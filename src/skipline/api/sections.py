"""The sections of `skipline.yaml`, as an editor needs to know them to draw their forms."""

from functools import cache
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from skipline.api.access import allows
from skipline.api.pieces import FieldView, field_view
from skipline.api.services import Running
from skipline.flow.describing import describe_fields, read_words
from skipline.flow.pieces import Piece
from skipline.model.access import Permission
from skipline.workspace.describing import SectionDescription, describe_sections
from skipline.workspace.uses import named_in

router = APIRouter(prefix="/sections", tags=["sections"])


class EntryTypeView(BaseModel):
    """A type of source or channel: its fields stand beside those that every entry of the section has. `words` are
    `title`, `about` and the labels of its fields, by language."""

    type: str
    group: str
    words: dict[str, dict[str, str]]
    fields: list[FieldView]
    schema_: dict[str, Any] = Field(alias="schema")


class SectionView(BaseModel):
    """One section. `key` is the field that names an entry. `words` are its texts by language and key: `title` (of all),
    `one`, `new`, `about`, the labels of its fields, `LABEL.about` where a field needs a hint, and `part.NAME` for the
    parts of its form; each field says its `part`. `types` are those of sources and channels alone."""

    section: str
    key: str
    words: dict[str, dict[str, str]]
    fields: list[FieldView]
    schema_: dict[str, Any] = Field(alias="schema")
    types: list[EntryTypeView]


@router.get("")
@allows(Permission.WORKSPACE_READ)
async def list_sections() -> list[SectionView]:
    """Every section that this server has. They change with its release alone."""
    return _all_views()


class UseView(BaseModel):
    """A live flow that names an entry: its key and its title."""

    flow: str
    name: str


@router.get("/uses")
@allows(Permission.WORKSPACE_READ)
async def list_uses(services: Running) -> dict[str, dict[str, list[UseView]]]:
    """The live flows that name each entry, by section and by the entry's name; what no flow names is left out."""
    uses: dict[str, dict[str, list[UseView]]] = {}
    for live in services.workspace.live_flows():
        for section, name in named_in(live.flow):
            view = UseView(flow=live.key, name=live.flow.name)
            uses.setdefault(section, {}).setdefault(name, []).append(view)
    return uses


@cache
def _all_views() -> list[SectionView]:
    return [_view(one) for one in describe_sections()]


def _view(one: SectionDescription) -> SectionView:
    return SectionView(
        section=one.section,
        key=one.key,
        words={language: dict(words) for language, words in one.words.items()},
        fields=[field_view(field) for field in one.fields],
        schema=one.piece.schema(),
        types=[_type_view(piece) for piece in one.types],
    )


def _type_view(piece: Piece[Any]) -> EntryTypeView:
    return EntryTypeView(
        type=piece.type,
        group=str(getattr(piece.made_class, "group", "")),
        words=read_words(piece),
        fields=[field_view(field) for field in describe_fields(piece.made_class)],
        schema=piece.schema(),
    )
