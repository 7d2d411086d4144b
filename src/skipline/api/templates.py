"""The flows that one can begin from, as they would be drawn."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from skipline.api.access import allows
from skipline.api.document_views import ExitView
from skipline.api.services import Running
from skipline.flow.exits import exits_in
from skipline.model.access import Permission
from skipline.model.configuration import Configuration
from skipline.workspace.reading import all_pieces
from skipline.workspace.templates import Template, draw_template

router = APIRouter(prefix="/templates", tags=["flows"])


class TemplateView(BaseModel):
    """A flow to begin from. `document` has the shape of a flow file; `exits` are those of its steps, in their order."""

    template: Template
    document: dict[str, Any]
    exits: dict[str, list[ExitView]]


@router.get("")
@allows(Permission.FLOWS_READ)
async def list_templates(
    services: Running, language: Annotated[str, Query(max_length=20)] = "en"
) -> list[TemplateView]:
    """Every template as `POST /flows` would begin with it now; `language` is that of the words that callers hear."""
    return await asyncio.to_thread(_all, services.workspace.configuration, language)


def _all(known: Configuration, language: str) -> list[TemplateView]:
    return [_view(template, known, language) for template in Template]


def _view(template: Template, known: Configuration, language: str) -> TemplateView:
    document = draw_template(template, "", known, language)
    exits = exits_in(document, {}, all_pieces())
    return TemplateView(
        template=template,
        document=document,
        exits={key: [ExitView(**one._asdict()) for one in found] for key, found in exits.items()},
    )
