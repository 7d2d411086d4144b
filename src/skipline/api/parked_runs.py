"""Runs that failed again and again and wait for a person: to try again, or to be given up. Either is on record."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StringConstraints

from skipline.api.access import Author, allows
from skipline.api.audit import Audited
from skipline.api.errors import Refused
from skipline.api.services import Running
from skipline.api.standing import StandingView, standing_view
from skipline.base.sentence import say
from skipline.model.access import Permission
from skipline.model.audit import Deed
from skipline.model.durable import Standing
from skipline.model.ids import RunId
from skipline.store.audit import told
from skipline.store.durable import care
from skipline.store.durable.standing import read_standing

router = APIRouter(prefix="/runs", tags=["runs"])


class ReleaseWish(BaseModel):
    """Why the run should do better now, for the record."""

    model_config = ConfigDict(extra="forbid")

    why: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""


class GiveUpWish(BaseModel):
    """Why the run is given up, for the record."""

    model_config = ConfigDict(extra="forbid")

    why: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


@router.post("/{run_id}/release")
@allows(Permission.RUNS_CARE)
async def release_run(
    services: Running, author: Author, trail: Audited, run_id: str, wish: ReleaseWish | None = None
) -> StandingView:
    """Let a parked run try again, from where it was last saved."""
    why = "" if wish is None else wish.why
    work = told(trail.entry(Deed.RUN_RELEASED, run_id, why=why), care.release)
    is_done = await services.database.write(work, RunId(run_id), author.name, why)
    return await _after(services, run_id, is_done)


@router.post("/{run_id}/give_up")
@allows(Permission.RUNS_CARE)
async def give_up_run(services: Running, author: Author, trail: Audited, run_id: str, wish: GiveUpWish) -> StandingView:
    """End a parked run as failed. What it wanted done by then is still carried out; events that wait for it are not
    handled."""
    work = told(trail.entry(Deed.RUN_GIVEN_UP, run_id, why=wish.why), care.give_up)
    is_done = await services.database.write(work, RunId(run_id), author.name, wish.why)
    return await _after(services, run_id, is_done)


async def _after(services: Running, run_id: str, is_done: bool) -> StandingView:
    standing: Standing | None = await services.database.read(read_standing, RunId(run_id))
    if standing is None:
        raise Refused(404, "not_found", say("There is no durable run {run}.", run=run_id))
    if not is_done:
        status = standing.summary.status
        raise Refused(409, "run_not_parked", say("Run {run} is not parked: it is {status}.", run=run_id, status=status))
    return standing_view(standing)
