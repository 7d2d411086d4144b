"""Flows as editors draw them: a document, and small changes to it that several people may make at once."""

import asyncio

from fastapi import APIRouter

from skipline.api.access import Author, allows
from skipline.api.document_views import (
    DocumentView,
    MissedView,
    NewFlow,
    PatchedView,
    PatchesWish,
    PatchView,
    StaleView,
    document_view,
    findings_view,
    no_such_flow,
    patches_of,
    whole_document,
)
from skipline.api.errors import Refused
from skipline.api.services import Running, Services
from skipline.base.sentence import say
from skipline.flow.editing import patch_text, read_document, write_document
from skipline.flow.patches import Document, Patch, PatchRefused
from skipline.model.access import Permission
from skipline.model.configuration import Configuration
from skipline.model.flow_version import DraftChange, FlowUnderWork
from skipline.model.live_events import DraftPatched
from skipline.store import draft_changes, drafts, flows
from skipline.store.errors import DraftChanged
from skipline.workspace.templates import draw_template, free_key, is_key

router = APIRouter(prefix="/flows", tags=["flows"])


@router.get("/{flow}/document")
@allows(Permission.FLOWS_READ)
async def read_flow_document(services: Running, flow: str) -> DocumentView:
    """A flow as an editor opens it: its draft, or else its live version, with its mistakes and the exits of its
    steps."""
    opened = await _open(services, flow)
    return await asyncio.to_thread(document_view, opened, services.workspace.configuration)


@router.post("", status_code=201)
@allows(Permission.FLOWS_EDIT)
async def begin_flow(services: Running, author: Author, wish: NewFlow) -> DocumentView:
    """Begin a flow from a template or a file; it is a draft until it is published. Refused with 409 when there is one
    with this key, and with 422 when the file is no flow."""
    known = services.workspace.configuration
    taken = {one.flow for one in await services.database.read(flows.list_all)}
    taken |= {one.flow for one in await services.database.read(drafts.list_all)}
    key = free_key(wish.name, taken) if wish.key is None else wish.key
    if not is_key(key):
        raise Refused(422, "bad_name", say("A flow cannot be called {name}: use letters, digits, _ and -.", name=key))
    if key in taken:
        raise Refused(409, "flow_exists", say("There is a flow {key} already: give another key.", key=key))
    text = await asyncio.to_thread(_begun, wish, known)
    await services.database.write(drafts.save, key, text, services.clock(), author=author.name, revision=0)
    return await read_flow_document(services, key)


@router.post("/{flow}/patches", responses={409: {"model": StaleView}})
@allows(Permission.FLOWS_EDIT)
async def patch_document(services: Running, author: Author, flow: str, wish: PatchesWish) -> PatchedView:
    """Change the draft, which begins from the live version if there is none. Its text changes only where the document
    does, so comments stay. Everybody who has the flow open is told.

    Refused with 409 `stale` when somebody else changed it since `revision`, and with 422 when a patch does not fit or
    would leave no flow."""
    opened = await _open(services, flow)
    sent = await services.database.read(draft_changes.find_sent, flow, wish.id)
    if sent is not None:
        return await _told(services, opened, sent)
    if wish.revision != opened.revision:
        raise await _stale(services, wish.revision, opened)
    changed = await asyncio.to_thread(_patched, opened.text, patches_of(wish))
    if changed[0] == opened.text:
        return await _told(services, opened, opened.revision)
    patches = [one.model_dump(exclude_unset=True) for one in wish.patches]
    change = DraftChange(revision=0, author=author.name, id=wish.id, patches=patches)
    try:
        saved = await services.database.write(drafts.save_patched, opened, changed[0], services.clock(), change)
    except DraftChanged:
        raise await _stale(services, wish.revision, await _open(services, flow)) from None
    tell_editors(services, flow, saved.revision, author.name, patches, id_=wish.id)
    return await _told(services, opened, saved.revision, changed)


def tell_editors(
    services: Services, flow: str, revision: int, by: str, patches: list[dict[str, object]] | None, *, id_: str = ""
) -> None:
    """Tell everybody who has a flow open what became of its draft."""
    at = services.clock()
    fact = DraftPatched(at=at, flow=flow, revision=revision, patches=patches, by=by, id=id_)
    services.host.live.publish([fact])


async def _open(services: Services, flow: str) -> FlowUnderWork:
    opened = await services.database.read(drafts.find_under_work, flow)
    if opened is None:
        raise no_such_flow(flow)
    return opened


def _begun(wish: NewFlow, known: Configuration) -> str:
    """The text of a new flow. That of a file stays as it is but for the name, mistakes and comments included."""
    if wish.text is None:
        return write_document(draw_template(wish.template, wish.name, known, wish.language))
    document = read_document(wish.text)
    if document is not None and document["name"] == wish.name:
        return wish.text
    return _patched(wish.text, [Patch(op="replace", path=("name",), value=wish.name)])[0]


def _patched(text: str, patches: list[Patch]) -> tuple[str, Document]:
    try:
        return patch_text(text, patches)
    except PatchRefused as refused:
        raise Refused(422, refused.code, refused.sentence) from None


async def _told(
    services: Services, opened: FlowUnderWork, revision: int, changed: tuple[str, Document] | None = None
) -> PatchedView:
    """What the checks say of the draft: of what it was changed to, or as it stands."""
    configuration = services.workspace.configuration
    text, document = changed if changed is not None else (opened.text, read_document(opened.text))
    found = await asyncio.to_thread(findings_view, opened.flow, text, document, configuration)
    return PatchedView(revision=revision, issues=found.issues, exits=found.exits)


async def _stale(services: Services, revision: int, opened: FlowUnderWork) -> Refused:
    changes = await services.database.read(draft_changes.read_since, opened.flow, revision)
    known = changes if changes and all(one.patches is not None for one in changes) else ()
    missed = [_missed(one.revision, one.author, one.patches) for one in known]
    if not missed:
        by = changes[-1].author if changes else ""
        missed = [_missed(opened.revision, by, await asyncio.to_thread(whole_document, opened.text))]
    who = ", ".join(dict.fromkeys(one.by for one in missed if one.by)) or say("somebody else")
    told = [one.model_dump() for one in missed]
    return Refused(409, "stale", say("Changed by {who} meanwhile.", who=who), revision=opened.revision, missed=told)


def _missed(revision: int, by: str, patches: list[dict[str, object]] | None) -> MissedView:
    return MissedView(revision=revision, by=by, patches=[PatchView.model_validate(one) for one in patches or ()])
