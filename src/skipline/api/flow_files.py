"""Flows as files: taken out, looked at before they are taken in, and thrown away while nobody ever met them."""

import asyncio
from pathlib import PurePath
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from skipline.api.access import Author, allows
from skipline.api.audit import Audited
from skipline.api.document_views import ExitView, findings_view, no_such_flow
from skipline.api.flows import IssueView
from skipline.api.queries import SeenRevision
from skipline.api.services import Running
from skipline.flow.editing import read_document
from skipline.flow.loading import load_flow
from skipline.model.access import Permission
from skipline.model.audit import Deed
from skipline.model.configuration import Configuration
from skipline.store import drafts, flows
from skipline.store.audit import told
from skipline.workspace.files import flow_file
from skipline.workspace.reading import all_pieces
from skipline.workspace.templates import free_key

router = APIRouter(prefix="/flows", tags=["flows"])

LARGEST_FLOW = 2 * 1024 * 1024
"""Characters; a flow of 500 steps has some 100,000."""


class FlowToRead(BaseModel):
    """A flow file that somebody has, and what it is called there (`loyalty.yaml`); empty: it has no name."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=LARGEST_FLOW)
    file: str = Field("", max_length=300)


class FlowReadView(BaseModel):
    """What a flow file says. `key` is free and made of the file's name; `issues` are what the checks say, each with its
    line; `document` and `exits` are as an editor draws them. Without a `document` it is no flow at all: nothing can be
    begun from it."""

    key: str
    name: str
    issues: list[IssueView]
    document: dict[str, Any] | None
    exits: dict[str, list[ExitView]]


@router.get("/{flow}/file", response_class=Response)
@allows(Permission.FLOWS_READ)
async def download_flow(services: Running, flow: str) -> Response:
    """The flow's file as it stands: the draft, or else the live version, with every comment in it."""
    opened = await services.database.read(drafts.find_under_work, flow)
    if opened is None:
        raise no_such_flow(flow)
    headers = {"Content-Disposition": f'attachment; filename="{flow}.yaml"', "Cache-Control": "no-store"}
    return Response(opened.text, media_type="application/yaml", headers=headers)


@router.post("/read")
@allows(Permission.FLOWS_EDIT)
async def read_flow_file(services: Running, wish: FlowToRead) -> FlowReadView:
    """What a flow file says and what the checks say of it, each with its line and fix; nothing is kept. One with
    mistakes can be drawn all the same."""
    taken = {one.flow for one in await services.database.read(flows.list_all)}
    taken |= {one.flow for one in await services.database.read(drafts.list_all)}
    return await asyncio.to_thread(_read, wish, frozenset(taken), services.workspace.configuration)


@router.delete("/{flow}", status_code=204)
@allows(Permission.FLOWS_EDIT)
async def delete_flow(
    services: Running,
    author: Author,
    trail: Audited,
    flow: str,
    revision: SeenRevision = None,
) -> None:
    """Throw a flow away that was never published, with its stories. Refused with 409 when it has versions, because runs
    name them, and when somebody changed its draft since `revision`."""
    work = told(trail.entry(Deed.DRAFT_DISCARDED, flow), drafts.delete_begun)
    if not await services.database.write(work, flow, services.clock(), author=author.name, revision=revision):
        raise no_such_flow(flow)


def _read(wish: FlowToRead, taken: frozenset[str], known: Configuration) -> FlowReadView:
    document = read_document(wish.text)
    name = str(document["name"]) if document is not None else ""
    key = free_key(PurePath(wish.file).stem or name, taken)
    found = findings_view(key, wish.text, document, known)
    loaded = load_flow(wish.text, wish.file or flow_file(key), all_pieces(), known)
    issues = [IssueView.model_validate(one) for one in loaded.issues]
    return FlowReadView(key=key, name=name, issues=issues, document=document, exits=found.exits)
