"""Drafts of flows, and what differs between versions."""

import asyncio
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from skipline.api.access import Author, allows
from skipline.api.audit import Audited
from skipline.api.document_views import whole_document
from skipline.api.documents import tell_editors
from skipline.api.errors import Refused
from skipline.api.queries import SeenRevision
from skipline.api.services import Running
from skipline.api.told import Told
from skipline.base.sentence import say
from skipline.model.access import Permission
from skipline.model.audit import Deed
from skipline.model.flow_version import DraftChange, FlowContent, FlowVersion
from skipline.store import draft_changes, drafts, flows
from skipline.store.audit import told
from skipline.workspace.change_authors import find_author
from skipline.workspace.flow_changes import ChangeKind, Part, find_flow_changes
from skipline.workspace.templates import is_key

router = APIRouter(prefix="/flows", tags=["flows"])

VersionQuery = Annotated[int | None, Query(ge=1, lt=2**31)]


class DraftView(BaseModel):
    """A flow that somebody is working on. `based_on` is the version it began from; null: the flow is new."""

    model_config = ConfigDict(from_attributes=True)

    flow: str
    text: str
    based_on: int | None
    revision: int
    author: str
    updated_at: datetime


class DraftText(BaseModel):
    """A draft to be saved. `revision` is that of the draft it was made from, 0 for none; null overwrites any."""

    model_config = ConfigDict(extra="forbid")

    text: str
    revision: int | None = Field(None, ge=0, lt=2**31)


class ChangeView(BaseModel):
    """One difference: what of the flow it is about, with the `step`'s key where it is one, and what became of it.
    `author` and `at` tell who made it in the draft and when, as far as that is known."""

    model_config = ConfigDict(from_attributes=True)

    part: Part
    step: str
    kind: ChangeKind
    sentence: Told
    author: str = ""
    at: datetime | None = None


class DifferencesView(BaseModel):
    """What leads from one version of a flow to another, a sentence each, and with what it is about; null as `after` is
    the draft."""

    before: int
    after: int | None
    sentences: list[Told]
    changes: list[ChangeView]


@router.get("/{flow}/draft")
@allows(Permission.FLOWS_READ)
async def read_draft(services: Running, flow: str) -> DraftView:
    """The draft of a flow."""
    return DraftView.model_validate(await services.database.read(drafts.read, flow))


@router.put("/{flow}/draft")
@allows(Permission.FLOWS_EDIT)
async def save_draft(services: Running, author: Author, flow: str, wish: DraftText) -> DraftView:
    """Keep a text as the flow's draft, mistakes and all; it takes no calls. Refused with 409 when somebody else has
    saved since the revision that is named."""
    if not is_key(flow):
        raise Refused(422, "bad_name", say("A flow cannot be called {name}: use letters, digits, _ and -.", name=flow))
    now = services.clock()
    saved = await services.database.write(drafts.save, flow, wish.text, now, author=author.name, revision=wish.revision)
    whole = await asyncio.to_thread(whole_document, saved.text)
    tell_editors(services, flow, saved.revision, author.name, whole)
    return DraftView.model_validate(saved)


@router.delete("/{flow}/draft", status_code=204)
@allows(Permission.FLOWS_EDIT)
async def discard_draft(
    services: Running,
    author: Author,
    trail: Audited,
    flow: str,
    revision: SeenRevision = None,
) -> None:
    """Drop the draft, if there is one. Whoever has it open sees the live version again."""
    now = services.clock()
    work = told(trail.entry(Deed.DRAFT_DISCARDED, flow), drafts.take_back)
    was_there = await services.database.write(work, flow, now, author=author.name, revision=revision)
    left = await services.database.read(drafts.find_under_work, flow)
    if was_there and left is not None:
        whole = await asyncio.to_thread(whole_document, left.text)
        tell_editors(services, flow, left.revision, author.name, whole)


@router.get("/{flow}/differences")
@allows(Permission.FLOWS_READ)
async def read_differences(
    services: Running, flow: str, before: VersionQuery = None, after: VersionQuery = None
) -> DifferencesView:
    """What differs between two versions. Without `before` the live one, without `after` the draft, or else the
    newest."""
    versions = await services.database.read(flows.read_versions, flow)
    if not versions:
        raise Refused(404, "not_found", say("There is no flow {name}.", name=flow))
    old = _pick(versions, before) if before else next((one for one in versions if one.is_live), versions[0])
    draft = await services.database.read(drafts.find, flow) if after is None else None
    new = _pick(versions, after) if after else versions[0]
    content = new.content if draft is None else FlowContent(flow=flow, name=flow, text=draft.text)
    known = await services.database.read(draft_changes.read_newest, flow) if draft is not None else ()
    changes = await asyncio.to_thread(_changes, old.content, content, known)
    return DifferencesView(
        before=old.version,
        after=new.version if draft is None else None,
        sentences=[one.sentence for one in changes],
        changes=changes,
    )


def _changes(was: FlowContent, now: FlowContent, known: tuple[DraftChange, ...]) -> list[ChangeView]:
    found = find_flow_changes(was, now)
    made = [find_author(one, known) for one in found]
    return [
        ChangeView(**one._asdict(), author=by.author if by is not None else "", at=by.at if by is not None else None)
        for one, by in zip(found, made, strict=True)
    ]


def _pick(versions: tuple[FlowVersion, ...], wanted: int) -> FlowVersion:
    found = next((one for one in versions if one.version == wanted), None)
    if found is None:
        raise Refused(404, "not_found", say("There is no version {version}.", version=wanted))
    return found
