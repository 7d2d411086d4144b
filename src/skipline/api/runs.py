"""Runs: what happened to each caller, step by step, and why."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from skipline.api.access import allows
from skipline.api.errors import Refused
from skipline.api.queries import After, Phone
from skipline.api.services import Running
from skipline.api.standing import StandingView, standing_view
from skipline.flow.masks import masked_variables
from skipline.model.access import Permission
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
    """One step's passage. `ms` is the time spent in it; `detail.why` says in a sentence why it left by `exit`."""

    step: str
    type: str
    exit: str
    at: datetime
    ms: float
    detail: dict[str, Any]


class RunSummaryView(BaseModel):
    """A run in a list. `trigger` is the type of what started it; `outcome` is null while it goes on. `status` tells
    where a durable run stands and `problem` what is wrong with it; null and empty for the run of a call."""

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


class RunPageView(BaseModel):
    """Runs, newest first. Ask again with `cursor=next_cursor` for the page after; null: there is none."""

    runs: list[RunSummaryView]
    next_cursor: str | None


class RunView(BaseModel):
    """A run, whole. While it goes on, the trace holds the steps it has left so far. `standing` is a durable run's,
    null for the run of a call."""

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


@router.get("")
@allows(Permission.RUNS_READ)
async def list_runs(
    services: Running,
    phone: Phone | None = None,
    contact: Annotated[str | None, Query(description="a part of the contact's number or name")] = None,
    outcome: Outcome | None = None,
    status: Annotated[RunStatus | None, Query(description="where durable runs stand, such as parked")] = None,
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
        flow=flow,
        version=version,
        path=path,
        started_after=after,
        started_before=before,
        cursor=cursor,
        limit=limit,
    )
    return RunPageView(runs=[_summary(one) for one in page.runs], next_cursor=page.next_cursor)


@router.get("/{run_id}")
@allows(Permission.RUNS_READ)
async def read_run(services: Running, run_id: str) -> RunView:
    """One run with its variables and trace, from memory while it goes on."""
    run = _in_progress(services, run_id) or await services.database.read(runs.read, RunId(run_id))
    if run is None:
        raise Refused(404, "not_found", f"There is no run {run_id}.")
    standing = await services.database.read(read_standing, run.id)
    return view_of(run, standing)


def _in_progress(services: Running, run_id: str) -> Run | None:
    return next((one.run for one in services.host.centre.runs.values() if one.run.id == run_id), None)


def view_of(run: Run, standing: Standing | None = None) -> RunView:
    """A run as the API shows it."""
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


def _summary(summary: RunSummary) -> RunSummaryView:
    return RunSummaryView.model_validate(summary)


def _contact(contact: Contact) -> ContactView:
    return ContactView(**msgspec.to_builtins(contact))


def _trigger(run: Run) -> TriggerView:
    call, other = run.call, run.started_by
    if call is None:
        return TriggerView(type=INCOMING_CALL) if other is None else TriggerView(type=other.type, details=other.details)
    return TriggerView(type=INCOMING_CALL, call=call.id, to=call.to, trunk=call.trunk)
