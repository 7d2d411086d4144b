"""Calls: how each arrived, which targets were tried, how it ended."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query
from pydantic import BaseModel

from skipline.api.access import Author, allows
from skipline.api.errors import Refused
from skipline.api.privacy import masked_call, sees_contacts
from skipline.api.queries import Phone
from skipline.api.services import Running
from skipline.base.sentence import say
from skipline.model.access import Actor, Permission
from skipline.model.call import EndedBy, TargetTry
from skipline.model.ids import CallId
from skipline.model.record import CallRecord
from skipline.store import calls

router = APIRouter(prefix="/calls", tags=["calls"])


class TargetTryView(BaseModel):
    """One attempt at one target. `code` is its final SIP status, 0 when none came; times in seconds."""

    target: str
    end: str
    code: int
    reason: str
    rang_after: float | None
    ended_after: float


class CallView(BaseModel):
    """A call. `from` is E.164 where it could be read, and masked for those who may not see contacts; `tries` is empty
    in lists."""

    id: str
    arrived_at: datetime
    details: dict[str, Any]
    ended_at: datetime | None
    ended_by: EndedBy | None
    code: int
    reason: str
    tries: list[TargetTryView]


class CallPageView(BaseModel):
    """Calls, newest first. Ask again with `cursor=next_cursor` for the page after; null: there is none."""

    calls: list[CallView]
    next_cursor: str | None


@router.get("")
@allows(Permission.RUNS_READ)
async def list_calls(
    services: Running,
    actor: Author,
    phone: Phone | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> CallPageView:
    """Calls from `phone`, or all, newest first."""
    page = await services.database.read(calls.find, phone=phone, cursor=cursor, limit=limit)
    return CallPageView(calls=[_view(one, actor) for one in page.calls], next_cursor=page.next_cursor)


@router.get("/{call_id}")
@allows(Permission.RUNS_READ)
async def read_call(services: Running, actor: Author, call_id: str) -> CallView:
    """One call with every target that was tried."""
    record = await services.database.read(calls.read, CallId(call_id))
    if record is None:
        raise Refused(404, "not_found", say("There is no call {call}.", call=call_id))
    return _view(record, actor)


def _view(record: CallRecord, actor: Actor) -> CallView:
    told = msgspec.to_builtins(record.call)
    details = told if sees_contacts(actor) else masked_call(told)
    return CallView(
        id=details.pop("id"),
        arrived_at=details.pop("arrived_at"),
        details=details,
        ended_at=record.ended_at,
        ended_by=record.ended_by,
        code=record.code,
        reason=record.reason,
        tries=[_try(one) for one in record.tries],
    )


def _try(attempt: TargetTry) -> TargetTryView:
    return TargetTryView(**msgspec.to_builtins(attempt))
