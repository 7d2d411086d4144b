"""What agents do now, and what they want: a break, contacts, conversations."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StringConstraints

from skipline.api.access import allows
from skipline.api.errors import Refused
from skipline.api.own import own_agent
from skipline.api.services import Running
from skipline.base.sentence import say
from skipline.host.messages.desk_memory import sign_in_agent, sign_out_agent
from skipline.host.queue_memory import pause_agent, ready_agent
from skipline.model.access import Permission
from skipline.model.queueing import AgentState, Medium
from skipline.queue.lists import AgentStanding

router = APIRouter(tags=["agents"])


class AgentStateView(BaseModel):
    """An agent now. `reason` says why they are away; `media` what they can be reached for: calls while their phone is
    registered, messages while they are signed in, and `is_reachable` whether for anything; `entries` are those that
    they have or are offered."""

    name: str
    state: AgentState
    reason: str
    is_reachable: bool
    media: list[Medium]
    calls: int
    chats: int
    entries: list[str]
    queues: list[str]


class PauseWish(BaseModel):
    """Why the agent wants no contacts."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] = "break"


@router.get("/agent_states")
@allows(Permission.QUEUES_READ)
async def list_agent_states(services: Running, queue: str | None = None) -> list[AgentStateView]:
    """Every agent, or those of one queue, by name."""
    return [agent_view(one) for one in await services.host.office.agents(queue)]


@router.get("/agents/{name}/state")
@allows(Permission.QUEUES_READ)
async def read_agent_state(services: Running, name: str) -> AgentStateView:
    """What one agent does now."""
    found = await services.host.office.agent(name)
    if found is None:
        raise Refused(404, "not_found", say("There is no agent {name}.", name=name))
    return agent_view(found)


@router.post("/agents/{name}/pause")
@allows(Permission.AGENTS_ACT, own=own_agent)
async def pause(services: Running, name: str, wish: PauseWish | None = None) -> AgentStateView:
    """Give an agent a break: they get no new contacts until they are ready, through restarts too. What they have in
    hand goes on; what rings is offered to others."""
    await read_agent_state(services, name)
    reason = PauseWish().reason if wish is None else wish.reason
    await pause_agent(services.database, services.host, name, reason, services.clock())
    return await read_agent_state(services, name)


@router.post("/agents/{name}/ready")
@allows(Permission.AGENTS_ACT, own=own_agent)
async def be_ready(services: Running, name: str) -> AgentStateView:
    """End an agent's break, their wrap-up, or their being set aside for offers that they left unanswered."""
    await read_agent_state(services, name)
    await ready_agent(services.database, services.host, name, services.clock())
    return await read_agent_state(services, name)


@router.post("/agents/{name}/sign_in")
@allows(Permission.AGENTS_ACT, own=own_agent)
async def sign_in(services: Running, name: str) -> AgentStateView:
    """Have an agent take conversations, with or without a phone, until they sign out; restarts sign nobody out."""
    await read_agent_state(services, name)
    await sign_in_agent(services.database, services.host, name, services.clock)
    return await read_agent_state(services, name)


@router.post("/agents/{name}/sign_out")
@allows(Permission.AGENTS_ACT, own=own_agent)
async def sign_out(services: Running, name: str) -> AgentStateView:
    """Offer an agent no conversations any more. Those that they have go on; their phone is not concerned."""
    await read_agent_state(services, name)
    await sign_out_agent(services.database, services.host, name, services.clock)
    return await read_agent_state(services, name)


def agent_view(standing: AgentStanding) -> AgentStateView:
    """An agent as the API shows them."""
    return AgentStateView(
        name=standing.agent,
        state=standing.state,
        reason=standing.reason,
        is_reachable=standing.is_reachable,
        media=list(standing.media),
        calls=standing.calls,
        chats=standing.chats,
        entries=list(standing.entries),
        queues=list(standing.queues),
    )
