"""Queues as they are now: who waits, how long, and how many could be taken at once."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from skipline.api.access import allows
from skipline.api.agent_states import AgentStateView, agent_view
from skipline.api.entries import EstimateView
from skipline.api.errors import Refused
from skipline.api.services import Running
from skipline.base.sentence import say
from skipline.model.access import Permission

router = APIRouter(prefix="/queues", tags=["queues"])


class TierStateView(BaseModel):
    """One tier in a queue. `agents_ready` could be given a call of this tier now; those kept idle for higher tiers
    could not. Seconds; `estimated_wait` is null when nobody can tell."""

    tier: str
    waiting: int
    longest_wait: float
    estimated_wait: EstimateView | None
    agents_ready: int


class DisplacementView(BaseModel):
    """Minutes of waiting that a queue's order gave to a tier in the hour from `hour_began_at`, compared with order of
    arrival; negative minutes were taken off it."""

    tier: str
    hour_began_at: datetime
    minutes: float


class QueueStateView(BaseModel):
    """A queue now. `waiting` counts those for whom an agent is rung too (`being_offered`); `agents_present` are at
    work, busy or not, `agents_signed_in` on a break too. `displacement` goes two days back. Seconds."""

    queue: str
    waiting: int
    longest_wait: float
    being_offered: int
    with_agents: int
    wrapping_up: int
    agents_configured: int
    agents_signed_in: int
    agents_present: int
    agents_ready: int
    tiers: list[TierStateView]
    agents: list[AgentStateView]
    displacement: list[DisplacementView]


@router.get("/{name}/state")
@allows(Permission.QUEUES_READ)
async def read_queue_state(services: Running, name: str) -> QueueStateView:
    """One queue with its tiers and agents."""
    office = services.host.office
    figures = await office.figures(name)
    if figures is None:
        raise Refused(404, "not_found", say("There is no queue {name}.", name=name))
    return QueueStateView(
        queue=name,
        waiting=figures.waiting,
        longest_wait=round(figures.longest_wait_seconds, 1),
        being_offered=figures.being_offered,
        with_agents=figures.with_agents,
        wrapping_up=figures.wrapping_up,
        agents_configured=figures.agents,
        agents_signed_in=figures.agents_signed_in,
        agents_present=figures.agents_present,
        agents_ready=figures.agents_ready,
        tiers=[
            TierStateView(
                tier=one.tier,
                waiting=one.waiting,
                longest_wait=round(one.longest_wait_seconds, 1),
                estimated_wait=None
                if one.estimate is None
                else EstimateView(low=one.estimate.low, high=one.estimate.high),
                agents_ready=one.agents_ready,
            )
            for one in await office.tiers(name)
        ],
        agents=[agent_view(one) for one in await office.agents(name)],
        displacement=[
            DisplacementView(tier=one.tier, hour_began_at=one.hour_began_at, minutes=round(one.minutes, 2))
            for one in await office.displacements(name)
        ],
    )
