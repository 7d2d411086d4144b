"""The pieces that flows are made of, as an editor needs to know them."""

from functools import cache
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from skipline.api.access import allows
from skipline.flow.describing import FieldDescription, channels_for, describe_fields, read_words
from skipline.flow.pieces import Piece
from skipline.model.access import Permission
from skipline.workspace.reading import all_pieces

router = APIRouter(prefix="/pieces", tags=["pieces"])


class FieldView(BaseModel):
    """One field of a piece. `kind` says how it is edited, `label` is a key of the piece's words; `default` is what
    holds when it is left out, as it would be written; `choices`: all that may be written, empty: anything of its kind;
    `parts`: the fields of each object in it; where that may be one of several, `variants` are the other fields of each
    by its `type`. What the piece says besides stands beside them, such as `most_seconds`."""

    model_config = ConfigDict(extra="allow")

    name: str
    kind: str
    label: str
    is_required: bool
    default: Any = None
    choices: list[str] = []
    parts: list["FieldView"] = []
    variants: dict[str, list["FieldView"]] = {}


class PieceView(BaseModel):
    """A type of step or trigger. `words` are its texts by language and key: `title`, `about`, the labels of its fields,
    `exit.NAME` for its exits. Without `has_own_exits` its exits are `exits`; with it they depend on what is written,
    and a flow's document tells them. `channels`: where it works; `way_round`: what to do elsewhere instead. `schema` is
    the JSON Schema of its settings."""

    type: str
    group: str
    words: dict[str, dict[str, str]]
    fields: list[FieldView]
    exits: list[str]
    has_own_exits: bool
    channels: list[str]
    way_round: str
    schema_: dict[str, Any] = Field(alias="schema")


class PiecesView(BaseModel):
    """Every piece there is, by type."""

    steps: list[PieceView]
    triggers: list[PieceView]


@router.get("")
@allows(Permission.FLOWS_READ)
async def list_pieces() -> PiecesView:
    """Every step and trigger that this server has. They change with its release alone."""
    return _all_views()


@cache
def _all_views() -> PiecesView:
    pieces = all_pieces()
    return PiecesView(
        steps=[_view(one) for one in pieces.steps.values()],
        triggers=[_view(one) for one in pieces.triggers.values()],
    )


def _view(piece: Piece[Any]) -> PieceView:
    made = piece.made_class
    return PieceView(
        type=piece.type,
        group=str(getattr(made, "group", "")),
        words=read_words(piece),
        fields=[field_view(one) for one in describe_fields(made)],
        exits=list(getattr(made, "exits", ())),
        has_own_exits=callable(getattr(made, "own_exits", None)),
        channels=list(channels_for(piece)),
        way_round=str(getattr(made, "way_round", "")),
        schema=piece.schema(),
    )


def field_view(one: FieldDescription) -> FieldView:
    """A field as the API shows it."""
    return FieldView(
        name=one.name,
        kind=one.kind,
        label=one.label,
        is_required=one.is_required,
        default=one.default,
        choices=list(one.choices),
        parts=[field_view(part) for part in one.parts],
        variants={type_: [field_view(part) for part in parts] for type_, parts in one.variants.items()},
        **one.more,
    )
