"""Numbers move from one live flow to another when the second is published: what is taken from whom, and that both are
changed in one transaction or not at all."""

import asyncio
from collections.abc import Mapping, Sequence

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from skipline.api.access import allows
from skipline.api.document_views import no_such_flow
from skipline.api.errors import Refused, refuse_issues
from skipline.api.services import Running, Services
from skipline.api.told import Told
from skipline.base.sentence import say
from skipline.flow.issue import Severity
from skipline.model.access import Permission
from skipline.model.audit import AuditEntry
from skipline.store import drafts
from skipline.store.workspace import InForce, WorkspaceMoved
from skipline.workspace.files import flow_file
from skipline.workspace.takeovers import Takeover, find_takeovers

router = APIRouter(prefix="/flows", tags=["flows"])


class TakeoverView(BaseModel):
    """What publishing a flow takes from another live one: `numbers`, so that it answers those of `left` from then on.
    `is_idle`: nothing starts it any more then, and it stays live for the flows that run it. `why` is not empty when
    its numbers cannot be taken before somebody changes it."""

    model_config = ConfigDict(from_attributes=True)

    flow: str
    name: str
    numbers: list[str]
    left: list[str]
    is_idle: bool
    why: Told


class TakenOverView(BaseModel):
    """A flow that gave up `numbers` to another one: it was live at version `before` and is at `version` now."""

    flow: str
    name: str
    numbers: list[str]
    before: int
    version: int


@router.get("/{flow}/takeovers")
@allows(Permission.FLOWS_READ)
async def list_takeovers(services: Running, flow: str) -> list[TakeoverView]:
    """What publishing the flow's draft would take from other live flows; empty when it takes nothing."""
    opened = await services.database.read(drafts.find_under_work, flow)
    if opened is None:
        raise no_such_flow(flow)
    found = await _find(services.workspace.in_force, flow, opened.text)
    return [TakeoverView.model_validate(one) for one in found]


async def publish_taking_over(
    services: Services,
    flow: str,
    text: str,
    *,
    takes_over: Mapping[str, str],
    note: str,
    author: str,
    entry: AuditEntry,
) -> list[TakenOverView]:
    """Publish `text` as the flow's live version, and in the same transaction the flows that give a number up to it.
    `takes_over` says by number from which flow it may be taken.

    Refuses with 409 `number_taken` what is taken without that, with 409 `takeover_breaks` what would leave the other
    flow with a mistake, and with 422 `has_mistakes` a text that has one itself.
    """
    while True:
        based_on = services.workspace.in_force
        found = await _find(based_on, flow, text)
        _refuse_unasked(found, takes_over)
        files = {**services.workspace.export(), **{flow_file(one.flow): one.text or "" for one in found}}
        try:
            applied = await services.workspace.apply(
                {**files, flow_file(flow): text},
                author=author,
                note=note,
                notes={one.flow: _note(one, flow) for one in found},
                audited=entry.more(taken_over=_told(found)) if found else entry,
                based_on=based_on,
            )
        except WorkspaceMoved:
            continue
        if not applied.is_applied:
            _refuse_broken(found, {one.file for one in applied.issues if one.severity is Severity.ERROR})
            raise refuse_issues(applied.issues)
        return _taken_over(found, based_on, services.workspace.in_force)


async def _find(in_force: InForce, flow: str, text: str) -> Sequence[Takeover]:
    live = [version.content for version in in_force[1]]
    return await asyncio.to_thread(find_takeovers, flow, text, live)


def _refuse_unasked(found: Sequence[Takeover], takes_over: Mapping[str, str]) -> None:
    for one in found:
        for number in one.numbers:
            if takes_over.get(number) != one.flow:
                detail = say(
                    "{number} starts {flow} already: take it out there, or have it taken over.",
                    number=number,
                    flow=one.name,
                )
                raise Refused(409, "number_taken", detail, number=number, flow=one.flow)
        if one.text is None:
            raise _breaks(one, one.why)


def _refuse_broken(found: Sequence[Takeover], files: set[str]) -> None:
    for one in found:
        if flow_file(one.flow) in files:
            raise _breaks(one, say("it has a mistake then"))


def _breaks(one: Takeover, why: str) -> Refused:
    detail = say(
        "{flow} cannot give {numbers} up: {why}. Change that flow first.",
        flow=one.name,
        numbers=", ".join(one.numbers),
        why=why,
    )
    return Refused(409, "takeover_breaks", detail, flow=one.flow, numbers=list(one.numbers))


def _note(one: Takeover, flow: str) -> str:
    return f"{', '.join(one.numbers)} moved to {flow}"


def _told(found: Sequence[Takeover]) -> dict[str, str]:
    return {number: one.flow for one in found for number in one.numbers}


def _taken_over(found: Sequence[Takeover], before: InForce, after: InForce) -> list[TakenOverView]:
    was, now = ({one.content.flow: one.version for one in live} for _, live in (before, after))
    return [
        TakenOverView(
            flow=one.flow,
            name=one.name,
            numbers=list(one.numbers),
            before=was[one.flow],
            version=now.get(one.flow, was[one.flow]),
        )
        for one in found
    ]
