"""Asking a source for real while a step is set up: what it says, and which fields there are to keep."""

from dataclasses import fields
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from skipline.api.access import allows
from skipline.api.audit import Audited, Trail
from skipline.api.errors import Refused, with_fix
from skipline.api.services import Running, Services
from skipline.api.told import Told
from skipline.asking.answer_fields import fields_of
from skipline.asking.question import UrlEncoder, body_encoder, join_query
from skipline.base.sentence import chained, say
from skipline.expr.errors import ExprMistake
from skipline.expr.scope import Scope
from skipline.flow.fields import RESERVED_NAMES
from skipline.flow.mistakes import PieceMistakes
from skipline.host.lookups.remedies import Remedy, remedy_of
from skipline.model.access import Permission
from skipline.model.audit import Deed
from skipline.model.commands import LookUp
from skipline.model.configuration import Source
from skipline.model.events import LookupAnswered, LookupStatus
from skipline.workspace.sources import build_source, read_source

router = APIRouter(prefix="/sources", tags=["configuration"])

_Texts = Annotated[dict[str, str], Field(max_length=50)]


class AskWish(BaseModel):
    """A question as a step has it, with its holes, and what to put into them, such as `contact.phone`."""

    model_config = ConfigDict(extra="forbid")

    method: str = Field("GET", pattern="^(GET|POST|PUT|PATCH|DELETE|HEAD)$")
    path: str = ""
    query: _Texts = {}
    headers: _Texts = {}
    body: str = ""
    variables: dict[str, Any] = Field({}, max_length=200)


class UnsavedAskWish(AskWish):
    """A question to a source that is still being set up: `entry` is what would be saved."""

    entry: dict[str, Any]


class AnswerFieldView(BaseModel):
    """A place in an answer by its JSON pointer (RFC 6901), what is there (text, number, boolean, list, map or nothing)
    and its value; a list or map tells how much is in it, and of a list the first five items are shown."""

    pointer: str
    type: str
    value: str


class AskedView(BaseModel):
    """What a source said. `reason` is a sentence when it was not asked, or did not say what was hoped for; `remedy` is
    what of the source's settings would help, null: nothing that we know of."""

    status: LookupStatus
    took_ms: float
    reason: Told
    remedy: Remedy | None
    fields: list[AnswerFieldView]


@router.post("/{name}/ask")
@allows(Permission.FLOWS_EDIT)
async def ask_source(services: Running, trail: Audited, name: str, wish: AskWish) -> AskedView:
    """Ask a source for real, once, past everything that is kept of its answers. Nothing is kept of this one either. A
    method that changes something changes it."""
    if all(one.name != name for one in services.workspace.configuration.sources):
        raise Refused(404, "not_found", say("There is no source {name}.", name=name))
    return await _ask(services, trail, name, wish)


@router.post("/ask")
@allows(Permission.WORKSPACE_CHANGE)
async def ask_unsaved_source(services: Running, trail: Audited, wish: UnsavedAskWish) -> AskedView:
    """Ask a source for real before it is saved, as the one that would be saved: it reaches the same addresses, and the
    secrets that it names are used. Takes the permission to save it."""
    try:
        source = read_source(wish.entry)
    except PieceMistakes as found:
        raise _refuse(found, str(wish.entry.get("name", ""))) from None
    return await _ask(services, trail, source.name, wish, source)


async def _ask(services: Services, trail: Trail, name: str, wish: AskWish, unsaved: Source | None = None) -> AskedView:
    try:
        question = _question(name, wish)
    except ExprMistake as mistake:
        raise Refused(422, "bad_text", with_fix(mistake.sentence, mistake.fix)) from None
    if isinstance(question, str):
        why = say("not asked: {why}", why=question)
        return AskedView(status=LookupStatus.NOT_FOUND, took_ms=0, reason=why, remedy=None, fields=[])
    where = {"addresses": _addresses(unsaved)} if unsaved is not None else {}
    await trail.note(Deed.SOURCE_ASKED, name, method=wish.method, **where)
    return _view(await services.workspace.try_source(question, services.ids(), unsaved))


def _view(answer: LookupAnswered) -> AskedView:
    found = fields_of(answer.value) if answer.value is not None else ()
    return AskedView(
        status=answer.status,
        took_ms=round(answer.took_ms, 1),
        reason=answer.reason,
        remedy=remedy_of(answer.reason) if answer.status is LookupStatus.ERROR else None,
        fields=[AnswerFieldView(**one._asdict()) for one in found],
    )


def _addresses(source: Source) -> list[str]:
    """Where a source that nobody has saved is asked, for the audit."""
    settings = build_source(source)
    return [str(getattr(settings, one.name)) for one in fields(settings) if one.metadata.get("kind") == "url"]  # type: ignore[arg-type]


def _refuse(found: PieceMistakes, name: str) -> Refused:
    issues = [
        {"code": one.code, "sentence": one.sentence, "fix": one.fix, "path": ["sources", name, *one.path]}
        for one in found.mistakes
    ]
    detail = chained((with_fix(one.sentence, one.fix) for one in found.mistakes), "; ")
    return Refused(422, "has_mistakes", detail, issues=issues)


def _question(source: str, wish: AskWish) -> LookUp | str:
    """The question with its holes filled, as `fetch_variables` fills them, or why it cannot be asked."""
    values = _nested(wish.variables)
    scope = Scope(dict.fromkeys([*RESERVED_NAMES - {"true", "false", "null"}, *values], "any"))
    warnings: list[str] = []
    encode = UrlEncoder()
    query = {key: scope.text(text).render(values, warnings.append, encode) for key, text in wish.query.items()}
    path = join_query(scope.text(wish.path).render(values, warnings.append, encode), query)
    if encode.refusal:
        return chained([_REFUSALS.get(encode.refusal, encode.refusal), *warnings], "; ")
    return LookUp(
        source=source,
        method=wish.method,
        path=path,
        headers={key: scope.text(text).render(values, warnings.append) for key, text in wish.headers.items()},
        body=scope.text(wish.body).render(values, warnings.append, body_encoder(wish.body)),
        retries=0,
        cache_seconds=0,
    )


_REFUSALS = {
    str(one): one
    for one in (say("a part of its address has no value"), say("a part of its address would lead elsewhere"))
}
"""What an encoder of addresses says, which steps keep as text."""


def _nested(variables: dict[str, Any]) -> dict[str, Any]:
    """`contact.phone` as the phone of a contact."""
    nested: dict[str, Any] = {}
    for name, value in variables.items():
        *around, last = name.split(".")
        place = nested
        for part in around:
            inner = place.setdefault(part, {})
            place = inner if isinstance(inner, dict) else place
        place[last] = value
    return nested
