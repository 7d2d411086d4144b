"""Schedules: when each starts its flow next, and what became of its times."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from skipline.api.access import allows
from skipline.api.services import Running
from skipline.model.access import Permission
from skipline.model.schedule import ScheduleMark
from skipline.store import schedules
from skipline.triggers.schedule.trigger import Schedule

router = APIRouter(prefix="/schedules", tags=["schedules"])


class ScheduleView(BaseModel):
    """A schedule of a published flow. `last_run` was started for `last_planned_at`; `missed` counts the times that got
    no run because no server was there, `last_missed_at` is the latest of them."""

    flow: str
    cron: str
    zone: str
    next_at: datetime
    last_planned_at: datetime | None
    last_run: str
    missed: int
    last_missed_at: datetime | None


@router.get("")
@allows(Permission.RUNS_READ)
async def list_schedules(services: Running) -> list[ScheduleView]:
    """Every schedule of the published flows."""
    marks = {mark.key: mark for mark in await services.database.read(schedules.read_marks)}
    now = services.clock()
    return [
        _view(live.key, trigger, marks.get((live.key, trigger.cron, trigger.zone)), now)
        for live in services.workspace.live_flows()
        for trigger in live.flow.triggers
        if isinstance(trigger, Schedule)
    ]


def _view(flow: str, schedule: Schedule, mark: ScheduleMark | None, now: datetime) -> ScheduleView:
    return ScheduleView(
        flow=flow,
        cron=schedule.cron,
        zone=schedule.zone,
        next_at=schedule.next_after(now),
        last_planned_at=mark.last_planned_at if mark else None,
        last_run=mark.last_run if mark else "",
        missed=mark.missed if mark else 0,
        last_missed_at=mark.last_missed_at if mark else None,
    )
