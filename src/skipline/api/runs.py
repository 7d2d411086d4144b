"""Runs: what happened to each caller, step by step, and why."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from skipline.api.access import Author, allows
from skipline.api.errors import Refused
from skipline.api.privacy import masked_contact, masked_summary, sees_contacts, without_contact
from skipline.api.queries import After, Phone
from skipline.api.run_paths import PathPartView, paths_of, with_progress
from skipline.api.services import Running, Services
from skipline.api.standing import StandingView, standing_view
from skipline.base.sentence import say
from skipline.centre.state import Serving
from skipline.flow.masks import masked_detail, masked_variables
from skipline.model.access import Actor, Permission
from skipline.model.contact import Contact
from skipline.model.durable import RunStatus, Standing
from skipline.model.ids import RunId
from skipline.model.record import INCOMING_CALL, RunSummary
from skipline.model.run import Outcome, Run
from skipline.store import runs
from skipline.store.durable.standing import read_standing

router = APIRouter(prefix="/runs", tags=["runs"])


class ContactView(BaseModel):
    """The person on the other side."""

    phone: str
    name: str
    address: str
    language: str
    tags: list[str]
    tier: str


class TriggerView(BaseModel):
    """What started the run: for a call its id, the number called, and the trunk it came over. For another trigger
    `details` tell which start it was, such as a webhook's `name` and `delivery`."""

    type: str
    call: str | None = None
    to: str | None = None
    trunk: str | None = None
    details: dict[str, str] = {}


class TraceEntryView(BaseModel):
    """One step's passage. `ms` is the time spent in it; `detail.why` says in a sentence why it left by `exit`, and
    `detail.input` and `detail.output` are what it read and what it kept, by name. A wait in a queue has
    `detail.entry`."""

    step: str
    type: str
    exit: str
    at: datetime
    ms: float
    detail: dict[str, Any]


class RunSummaryView(BaseModel):
    """A run in a list. `trigger` is the type of what started it, `channel` that of who wrote; `outcome` is null while
    it goes on. `path` is its way in words: decisions, then where the contact came to. `waited_seconds` is the time in
    queues. `status` tells where a durable run stands and `problem` what is wrong with it; null and empty for the run of
    a call. Those who may not see contacts get masks for `phone` and `contact_name`."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    flow: str
    version: int
    phone: str
    contact_name: str
    tier: str
    call: str | None
    trigger: str
    started_at: datetime
    ended_at: datetime | None
    outcome: Outcome | None
    status: RunStatus | None
    problem: str
    channel: str
    waited_seconds: float
    path: list[PathPartView] = []


class RunPageView(BaseModel):
    """Runs, newest first. Ask again with `cursor=next_cursor` for the page after; null: there is none."""

    runs: list[RunSummaryView]
    next_cursor: str | None


class HereView(BaseModel):
    """The step that a run is at. `detail` is what its trace entry has so far; `entry` that of its wait in a queue."""

    step: str
    type: str
    since: datetime | None
    detail: dict[str, Any]
    entry: str | None


class RunView(BaseModel):
    """A run, whole. While it goes on, the trace holds the steps it has left so far, and `here` is where a call's run
    is. `standing` is a durable run's, null for the run of a call. Values of steps that say so are masked; for those who
    may not see contacts, `is_masked` is true and the contact is masked too."""

    id: str
    flow: str
    version: int
    contact: ContactView
    trigger: TriggerView
    started_at: datetime
    ended_at: datetime | None
    outcome: Outcome | None
    variables: dict[str, Any]
    trace: list[TraceEntryView]
    standing: StandingView | None = None
    here: HereView | None = None
    is_masked: bool = False


@router.get("")
@allows(Permission.RUNS_READ)
async def list_runs(
    services: Running,
    actor: Author,
    phone: Phone | None = None,
    contact: Annotated[str | None, Query(description="a part of the contact's number or name")] = None,
    outcome: Outcome | None = None,
    status: Annotated[RunStatus | None, Query(description="where durable runs stand, such as parked")] = None,
    trigger: Annotated[str | None, Query(description="the type of what started them, such as incoming_call")] = None,
    channel: Annotated[str | None, Query(description="the channel of who wrote, such as whatsapp")] = None,
    flow: str | None = None,
    version: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
    path: Annotated[list[str], Query(description="steps taken, `tier` or with the exit `tier.vip`")] = [],  # noqa: B006
    after: Annotated[After | None, Query(description="started after this time (RFC 3339)")] = None,
    before: Annotated[After | None, Query(description="started before this time (RFC 3339)")] = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> RunPageView:
    """Runs that are all that is asked for, newest first."""
    page = await services.database.read(
        runs.find,
        phone=phone,
        contact=contact,
        outcome=outcome,
        status=status,
        trigger=trigger,
        channel=channel,
        flow=flow,
        version=version,
        path=path,
        started_after=after,
        started_before=before,
        cursor=cursor,
        limit=limit,
    )
    return RunPageView(runs=await summary_views(services, page.runs, actor), next_cursor=page.next_cursor)


@router.get("/{run_id}")
@allows(Permission.RUNS_READ)
async def read_run(services: Running, run_id: str, actor: Author) -> RunView:
    """One run with its variables and trace, from memory while it goes on."""
    run, serving = await find_run(services, run_id)
    standing = await services.database.read(read_standing, run.id)
    view = view_of(run, standing)
    view.here = None if serving is None else _here(serving)
    return view if sees_contacts(actor) else _without_contact(view, run)


async def summary_views(services: Services, listed: Iterable[RunSummary], actor: Actor) -> list[RunSummaryView]:
    """Runs in a list, as somebody may see them, with their paths."""
    found = [with_progress(services, one) for one in listed]
    paths = await paths_of(services, found)
    views = [RunSummaryView.model_validate(masked_summary(one, actor)) for one in found]
    for view, path in zip(views, paths, strict=True):
        view.path = path
    return views


async def find_run(services: Services, run_id: str) -> tuple[Run, Serving | None]:
    """A run, and its call while that goes on here. Refuses with 404."""
    serving = next((one for one in services.host.centre.runs.values() if one.run.id == run_id), None)
    run = serving.run if serving is not None else await services.database.read(runs.read, RunId(run_id))
    if run is None:
        raise Refused(404, "not_found", say("There is no run {run}.", run=run_id))
    return run, serving


def _here(serving: Serving) -> HereView | None:
    run, stay = serving.run, serving.stay
    if run.step is None:
        return None
    return HereView(
        step="/".join([*(outer.inner_flow for outer in run.outer[-1:]), run.step]),
        type=run.step_type,
        since=run.step_entered_at,
        detail=msgspec.to_builtins(masked_detail(run, run.step_detail)),
        entry=None if stay is None else stay.entry.id,
    )


def _without_contact(view: RunView, run: Run) -> RunView:
    view.variables = without_contact(view.variables, run)
    for entry in (*view.trace, *([view.here] if view.here is not None else ())):
        entry.detail = without_contact(entry.detail, run)
    view.contact, view.is_masked = _contact(masked_contact(run.contact)), True
    return view


def view_of(run: Run, standing: Standing | None = None) -> RunView:
    """A run as the API shows it to those who may see contacts."""
    return RunView(
        id=run.id,
        flow=run.flow,
        version=run.version,
        contact=_contact(run.contact),
        trigger=_trigger(run),
        started_at=run.started_at,
        ended_at=run.ended_at,
        outcome=run.outcome,
        variables=masked_variables(run),
        trace=[TraceEntryView(**msgspec.to_builtins(entry)) for entry in run.trace],
        standing=None if standing is None else standing_view(standing),
    )


def _contact(contact: Contact) -> ContactView:
    return ContactView(**msgspec.to_builtins(contact))


def _trigger(run: Run) -> TriggerView:
    call, other = run.call, run.started_by
    if call is None:
        return TriggerView(type=INCOMING_CALL) if other is None else TriggerView(type=other.type, details=other.details)
    return TriggerView(type=INCOMING_CALL, call=call.id, to=call.to, trunk=call.trunk)
