"""What an editor of flows is told: the document, its mistakes, the ways out of its steps."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from skipline.api.errors import Refused
from skipline.api.told import Told
from skipline.base.sentence import say
from skipline.flow.editing import read_document
from skipline.flow.exits import exits_in
from skipline.flow.issue import Issue, Severity
from skipline.flow.loading import load_flow
from skipline.flow.patches import MOST_PATCHES, Document, Patch
from skipline.model.configuration import Configuration
from skipline.model.flow_version import FlowUnderWork
from skipline.workspace.files import flow_file
from skipline.workspace.reading import all_pieces
from skipline.workspace.templates import Template


class ExitView(BaseModel):
    """A way out of a step. `label` is what somebody called it, else the piece's word for it in English; the words of
    the piece have `exit.NAME` in other languages. One that `is_seldom` is drawn only while it leads somewhere."""

    name: str
    label: str
    is_seldom: bool


class DocumentIssueView(BaseModel):
    """A mistake, or advice when `is_error` is false. `path` leads from the top of the document to what is mistaken;
    `step` names the box it is about, empty: none."""

    code: str
    sentence: Told
    fix: Told
    step: str
    path: list[str | int]
    is_error: bool


class FindingsView(BaseModel):
    """What the server makes of a document: its mistakes, and the exits of every step in their order, for steps with
    mistakes too."""

    issues: list[DocumentIssueView]
    exits: dict[str, list[ExitView]]


class DocumentView(FindingsView):
    """A flow as an editor opens it: the draft, or else the live version. `document` has the shape of a flow file, all
    of its parts filled in; null: the draft's text cannot be drawn and has to be put right as text. `revision` is what
    patches are made from; `based_on` the version that the draft began from, null for a new flow."""

    flow: str
    revision: int
    based_on: int | None
    live_version: int | None
    has_draft: bool
    document: dict[str, Any] | None


class NewFlow(BaseModel):
    """A flow to begin. Without a `key` one is made of the name; `language` is that of the words that callers hear in
    it (en, es, pt, zh, id). With a `text` it begins as that flow file, under this name, and from no template."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    key: str | None = None
    template: Template = Template.EMPTY
    language: str = "en"
    text: str | None = Field(None, max_length=2 * 1024 * 1024)


class PatchView(BaseModel):
    """One change, as `immer` makes them; `path` leads from the top of the document."""

    model_config = ConfigDict(extra="forbid")

    op: Literal["add", "replace", "remove"]
    path: list[str | int] = Field(max_length=64)
    value: Any = None


class PatchesWish(BaseModel):
    """Changes made to the document at `revision`, all or none. `id` is the sender's own name for them: sent again, they
    are not made again."""

    model_config = ConfigDict(extra="forbid")

    revision: int = Field(ge=0, lt=2**31)
    patches: list[PatchView] = Field(max_length=MOST_PATCHES)
    id: str = Field("", max_length=100)


class PatchedView(FindingsView):
    """The revision that the patches came to."""

    revision: int


class MissedView(BaseModel):
    """A revision that somebody else made meanwhile. A patch with an empty path replaces the whole document."""

    revision: int
    by: str
    patches: list[PatchView]


class StaleView(BaseModel):
    """Refused with 409: the draft is at `revision` by now. Apply what was missed, then make your changes again."""

    code: Literal["stale"]
    detail: str
    revision: int
    missed: list[MissedView]


def document_view(opened: FlowUnderWork, known: Configuration) -> DocumentView:
    """A flow as an editor opens it."""
    document = read_document(opened.text)
    found = findings_view(opened.flow, opened.text, document, known)
    return DocumentView(
        flow=opened.flow,
        revision=opened.revision,
        based_on=opened.based_on,
        live_version=opened.live_version,
        has_draft=opened.has_draft,
        document=document,
        issues=found.issues,
        exits=found.exits,
    )


def findings_view(flow: str, text: str, document: Document | None, known: Configuration) -> FindingsView:
    """What the checks say of a draft, against the workspace in force, and the exits of its steps."""
    loaded = load_flow(text, flow_file(flow), all_pieces(), known)
    made = loaded.drawing.steps if loaded.drawing is not None else {}
    exits = exits_in(document, made, all_pieces()) if document is not None else {}
    return FindingsView(
        issues=[_issue(one) for one in loaded.issues],
        exits={key: [ExitView(**one._asdict()) for one in found] for key, found in exits.items()},
    )


def patches_of(wish: PatchesWish) -> list[Patch]:
    """The patches of a wish as the flow takes them."""
    return [Patch(op=one.op, path=tuple(one.path), value=one.value) for one in wish.patches]


def whole_document(text: str) -> list[dict[str, Any]] | None:
    """The patch that makes any document the one that `text` says; None when it cannot be drawn."""
    document = read_document(text)
    return None if document is None else [{"op": "replace", "path": [], "value": document}]


def no_such_flow(flow: str) -> Refused:
    """The refusal when there is neither a draft nor a version of a flow."""
    return Refused(404, "not_found", say("There is no flow {name}.", name=flow))


def _issue(one: Issue) -> DocumentIssueView:
    return DocumentIssueView(
        code=one.code,
        sentence=one.sentence,
        fix=one.fix,
        step=one.step,
        path=list(one.path),
        is_error=one.severity is Severity.ERROR,
    )
