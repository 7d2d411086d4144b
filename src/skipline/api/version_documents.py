"""Versions of flows as they are drawn: what a run went through is shown on the version it ran on."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel

from skipline.api.access import allows
from skipline.api.document_views import ExitView, findings_view
from skipline.api.errors import Refused
from skipline.api.services import Running
from skipline.base.sentence import say
from skipline.flow.editing import read_document
from skipline.model.access import Permission
from skipline.store import flows
from skipline.store.errors import FlowUnknown

router = APIRouter(prefix="/flows", tags=["flows"])


class VersionDocumentView(BaseModel):
    """A version of a flow as it is drawn. `document` has the shape of a flow file, all of its parts filled in; null:
    its text cannot be drawn. `exits` are those of every step, in their order."""

    flow: str
    version: int
    name: str
    document: dict[str, Any] | None
    exits: dict[str, list[ExitView]]


@router.get("/{flow}/versions/{version}")
@allows(Permission.FLOWS_READ)
async def read_version_document(
    services: Running, flow: str, version: Annotated[int, Path(ge=1, lt=2**31)]
) -> VersionDocumentView:
    """One version of a flow, drawn; versions never change."""
    try:
        found = await services.database.read(flows.read_version, flow, version)
    except FlowUnknown:
        raise Refused(
            404, "not_found", say("There is no version {version} of flow {flow}.", version=version, flow=flow)
        ) from None
    content, known = found.content, services.workspace.configuration
    document = read_document(content.text)
    made = await asyncio.to_thread(findings_view, flow, content.text, document, known)
    return VersionDocumentView(flow=flow, version=version, name=content.name, document=document, exits=made.exits)
