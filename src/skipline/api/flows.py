"""Flows and their versions."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from skipline.api.access import Author, allows
from skipline.api.audit import Audited
from skipline.api.errors import Refused, refuse_issues
from skipline.api.services import Running, Services
from skipline.api.takeovers import TakenOverView, publish_taking_over
from skipline.api.told import Told
from skipline.base.sentence import say
from skipline.flow.editing import read_document
from skipline.flow.issue import Severity
from skipline.flow.loading import load_flow
from skipline.host.workspace import Return
from skipline.model.access import Permission
from skipline.model.audit import Deed
from skipline.model.flow_version import FlowDraft, FlowSummary, FlowVersion
from skipline.store import drafts, flows
from skipline.store.errors import DraftChanged
from skipline.workspace.files import flow_file
from skipline.workspace.reading import WorkspaceRefused, all_pieces

router = APIRouter(prefix="/flows", tags=["flows"])


class FlowSummaryView(BaseModel):
    """A flow in a list. `live_version` is null while none of its versions takes calls; `newest_version` is 0 before the
    first. `has_draft`: somebody is working on it, last `edited_by`. `updated_at` is when either changed."""

    flow: str
    name: str
    live_version: int | None
    newest_version: int
    updated_at: datetime
    has_draft: bool
    edited_by: str


class FlowVersionView(BaseModel):
    """One publication of a flow. `text` is the flow file as it was written; calls to its `numbers` start it while it is
    live, and the messages of its `claims`, such as `support/sms#orders`."""

    flow: str
    version: int
    name: str
    text: str
    numbers: list[str]
    claims: list[str]
    sha256: str
    created_at: datetime
    author: str
    note: str
    is_live: bool


class FlowText(BaseModel):
    """A flow file. `note` says why, for those who read the versions later."""

    model_config = ConfigDict(extra="forbid")

    text: str
    note: str = ""


class PublishedView(FlowVersionView):
    """The version that is live now, and the flows that gave up numbers to it."""

    taken_over: list[TakenOverView]


class RolledBackView(FlowVersionView):
    """The version that is live again. `freed` are numbers that it does not have, and that no flow answers now."""

    freed: list[str]


class ReturnWish(BaseModel):
    """Which version another flow goes back to, and the one that must be live until then."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1, lt=2**31)
    instead_of: int = Field(ge=1, lt=2**31)


class RollbackWish(BaseModel):
    """Which version to go back to; null: the one before the live one. `together` are other flows that go back with it,
    by key: all or none, so that the numbers that were taken over go back to where they were."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = Field(None, ge=1, lt=2**31)
    together: dict[str, ReturnWish] = Field({}, max_length=100)


class PublishWish(BaseModel):
    """What to publish; without a text it is the flow's draft, and with a `revision` that very one: another is refused
    with 409, so that nobody publishes what others changed unseen. `note` says why, for those who read the versions
    later. `takes_over` names the numbers that other live flows have to give up, each with the flow that has it now."""

    model_config = ConfigDict(extra="forbid")

    text: str | None = None
    revision: int | None = Field(None, ge=1, lt=2**31)
    note: str = ""
    takes_over: dict[str, str] = Field({}, max_length=1000)


class IssueView(BaseModel):
    """A mistake or a piece of advice, with its line and its fix. `step` names the box it is about."""

    model_config = ConfigDict(from_attributes=True)

    file: str
    line: int
    code: str
    sentence: Told
    fix: Told
    severity: Severity
    step: str


@router.get("")
@allows(Permission.FLOWS_READ)
async def list_flows(services: Running) -> list[FlowSummaryView]:
    """Every flow there ever was, live or not, and those that were begun and never published."""
    kept = {one.flow: one for one in await services.database.read(flows.list_all)}
    begun = {one.flow: one for one in await services.database.read(drafts.list_all)}
    return await asyncio.to_thread(_summaries, kept, begun)


@router.get("/{flow}")
@allows(Permission.FLOWS_READ)
async def read_flow(services: Running, flow: str) -> FlowVersionView:
    """The live version of a flow, or its newest one while none is live."""
    versions = await services.database.read(flows.read_versions, flow)
    if not versions:
        raise Refused(404, "not_found", say("There is no flow {name}.", name=flow))
    return _view(next((one for one in versions if one.is_live), versions[0]))


@router.get("/{flow}/versions")
@allows(Permission.FLOWS_READ)
async def list_versions(services: Running, flow: str) -> list[FlowVersionView]:
    """Every version of a flow, newest first."""
    return [_view(one) for one in await services.database.read(flows.read_versions, flow)]


@router.post("/{flow}/check")
@allows(Permission.FLOWS_READ)
async def check_flow(services: Running, flow: str, wish: FlowText) -> list[IssueView]:
    """What the checks say of a flow's text, against the workspace in force. Nothing is changed."""
    loaded = load_flow(wish.text, flow_file(flow), all_pieces(), services.workspace.configuration)
    return [IssueView.model_validate(one) for one in loaded.issues]


@router.post("/{flow}/publish")
@allows(Permission.FLOWS_PUBLISH)
async def publish_flow(
    services: Running, author: Author, trail: Audited, flow: str, wish: PublishWish
) -> PublishedView:
    """Make this text, or else the draft, the flow's live version; calls in progress finish on theirs.

    Refused when it has mistakes, and with 409 `number_taken` when another live flow has one of its numbers, unless it
    is taken over: then the other flow is published without it in the same transaction, or refused with 409
    `takeover_breaks` when that leaves it with a mistake. A draft that says the same is gone afterwards.
    """
    draft = await services.database.read(drafts.find if wish.text is not None else drafts.read, flow)
    if wish.revision is not None and (draft is None or draft.revision != wish.revision):
        raise DraftChanged(draft.revision if draft is not None else 0, draft.author if draft is not None else "")
    text = (wish.text if wish.text is not None or draft is None else draft.text) or ""
    entry = trail.entry(Deed.FLOW_PUBLISHED, flow, note=wish.note)
    taken_over = await publish_taking_over(
        services, flow, text, takes_over=wish.takes_over, note=wish.note, author=author.name, entry=entry
    )
    if draft is not None and draft.text == text:
        with suppress(DraftChanged):
            await services.database.write(drafts.discard, flow, revision=draft.revision)
    return PublishedView(**(await read_flow(services, flow)).model_dump(), taken_over=taken_over)


@router.post("/{flow}/rollback")
@allows(Permission.FLOWS_PUBLISH)
async def roll_back_flow(services: Running, trail: Audited, flow: str, wish: RollbackWish) -> RolledBackView:
    """Make an earlier version live again. Refused when the rest of the workspace does not go with it any more, and with
    409 when another flow has one of its numbers by now."""
    before = _answered(services)
    together = {key: Return(one.version, one.instead_of) for key, one in wish.together.items()}
    try:
        entry = trail.entry(Deed.FLOW_ROLLED_BACK, flow)
        live = await services.workspace.roll_back(flow, wish.version, audited=entry, together=together)
    except WorkspaceRefused as refused:
        raise refuse_issues(refused.issues) from refused
    return RolledBackView(**_view(live).model_dump(), freed=sorted(before - _answered(services)))


def _answered(services: Services) -> frozenset[str]:
    """The numbers that some flow answers now."""
    return frozenset(number for one in services.workspace.live for number in one.content.numbers)


def _summaries(kept: Mapping[str, FlowSummary], begun: Mapping[str, FlowDraft]) -> list[FlowSummaryView]:
    return [_summary(key, kept.get(key), begun.get(key)) for key in sorted(kept.keys() | begun.keys())]


def _summary(key: str, kept: FlowSummary | None, draft: FlowDraft | None) -> FlowSummaryView:
    changed = [one.updated_at for one in (kept, draft) if one is not None]
    name = kept.name if kept is not None else _name_in(draft.text) if draft is not None else ""
    return FlowSummaryView(
        flow=key,
        name=name or key,
        live_version=kept.live_version if kept is not None else None,
        newest_version=kept.newest_version if kept is not None else 0,
        updated_at=max(changed),
        has_draft=draft is not None,
        edited_by=draft.author if draft is not None else "",
    )


def _name_in(text: str) -> str:
    document = read_document(text)
    return str(document["name"]) if document is not None else ""


def _view(version: FlowVersion) -> FlowVersionView:
    return FlowVersionView(
        flow=version.content.flow,
        version=version.version,
        name=version.content.name,
        text=version.content.text,
        numbers=list(version.content.numbers),
        claims=list(version.content.claims),
        sha256=version.sha256,
        created_at=version.created_at,
        author=version.author,
        note=version.note,
        is_live=version.is_live,
    )
