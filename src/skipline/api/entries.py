"""Entries: who waits in a queue and why they stand where they stand; afterwards, what became of them and why."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from skipline.api.access import Author, allows
from skipline.api.errors import Refused
from skipline.api.privacy import masked_name, masked_number, sees_contacts, without
from skipline.api.services import Running, Services
from skipline.base.sentence import say
from skipline.model.access import Permission
from skipline.model.ids import EntryId
from skipline.model.queueing import Entry, EntryState, Estimate
from skipline.model.record import EntryRecord
from skipline.queue.explain import ExplainedEntry
from skipline.store import entries

router = APIRouter(prefix="/entries", tags=["entries"])


_STILL_WAITS = frozenset({EntryState.WAITING, EntryState.RESERVED})


class EstimateView(BaseModel):
    """A wait to be expected, in seconds: the band that holds 80 % of outcomes."""

    low: float
    high: float


class EntryView(BaseModel):
    """One entry. `waited` is in seconds, without `credit`. `position` (1: next) and `estimated_wait` are null when it
    does not wait, or when nobody can tell. `why` is how it came here and why it was taken when it was, each sentence
    with its figures; `passed_over` are those who arrived later and went first."""

    id: str
    queue: str
    tier: str
    state: EntryState
    joined_at: datetime
    left_at: datetime | None
    waited: float
    credit: float
    position: int | None
    estimated_wait: EstimateView | None
    agent: str
    call: str | None
    conversation: str | None
    run: str | None
    is_call_back: bool
    is_lost: bool
    why: list[str]
    passed_over: list[str]
    agents_considered: list[str]


class WaitingView(BaseModel):
    """An entry in the list of a queue. `state` is waiting, or reserved while an agent is rung for it."""

    id: str
    tier: str
    state: EntryState
    position: int
    waited: float
    credit: float
    joined_at: datetime
    contact_name: str
    contact_phone: str
    is_call_back: bool


@router.get("")
@allows(Permission.RUNS_READ)
async def list_waiting(
    services: Running,
    actor: Author,
    queue: Annotated[str, Query(description="whose line")],
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> list[WaitingView]:
    """The first of a queue's line, in the order in which they would be taken now."""
    if await services.host.office.figures(queue) is None:
        raise Refused(404, "not_found", say("There is no queue {name}.", name=queue))
    found, is_seen = await services.host.office.waiting(queue, limit), sees_contacts(actor)
    return [
        WaitingView(
            id=one.entry,
            tier=one.tier,
            state=one.state,
            position=one.position,
            waited=round(one.waited_seconds, 1),
            credit=round(one.credit_seconds, 1),
            joined_at=one.joined_at,
            contact_name=one.contact_name if is_seen else masked_name(one.contact_name),
            contact_phone=one.contact_phone if is_seen else masked_number(one.contact_phone),
            is_call_back=one.is_call_back,
        )
        for one in found
    ]


@router.get("/{entry_id}")
@allows(Permission.RUNS_READ)
async def read_entry(services: Running, actor: Author, entry_id: str) -> EntryView:
    """One entry: from the queues while it is there, afterwards as it was written down."""
    entry, view = await _found(services, EntryId(entry_id))
    if not sees_contacts(actor):
        view.why = without(view.why, (entry.contact_phone,), (entry.contact_name,))
    return view


async def _found(services: Services, entry_id: EntryId) -> tuple[Entry, EntryView]:
    office = services.host.office
    explained = await office.explain(entry_id)
    if explained is not None and explained.state in _STILL_WAITS:
        return explained.entry, _present_view(explained, await office.estimate(entry_id))
    record = await services.database.read(entries.read, entry_id)
    if explained is not None and (record is None or record.left_at is None):
        return explained.entry, _present_view(explained, None)
    if record is None:
        raise Refused(404, "not_found", say("There is no entry {id}.", id=entry_id))
    return record.entry, _past_view(record)


def _present_view(explained: ExplainedEntry, estimate: Estimate | None) -> EntryView:
    return EntryView(
        **_identity(explained.entry),
        state=explained.state,
        left_at=None,
        waited=round(explained.waited_seconds, 1),
        position=explained.position,
        estimated_wait=None if estimate is None else EstimateView(low=estimate.low, high=estimate.high),
        agent=explained.agent,
        is_lost=False,
        why=list(explained.why),
        passed_over=list(explained.passed_over),
        agents_considered=list(explained.agents_considered),
    )


def _past_view(record: EntryRecord) -> EntryView:
    """An entry that no queue has: it is over, or it is a call-back whose contact is tried again later."""
    return EntryView(
        **_identity(record.entry),
        state=record.state,
        left_at=record.left_at,
        waited=round(record.waited_seconds, 1),
        position=None,
        estimated_wait=None,
        agent=record.agent,
        is_lost=record.is_lost,
        why=list(record.why),
        passed_over=list(record.passed_over),
        agents_considered=list(record.agents_considered),
    )


def _identity(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "queue": entry.place.queue,
        "tier": entry.place.tier,
        "joined_at": entry.joined_at,
        "credit": round(entry.place.credit_seconds, 1),
        "call": entry.call or None,
        "conversation": entry.conversation or None,
        "run": entry.run or None,
        "is_call_back": entry.is_call_back,
    }
