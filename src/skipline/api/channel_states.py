"""How sending goes on an account with a provider of messages."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from skipline.api.access import allows
from skipline.api.errors import Refused
from skipline.api.services import Running
from skipline.model.access import Permission
from skipline.model.sending import AccountHealth

router = APIRouter(prefix="/channels", tags=["channels"])


class ChannelStateView(BaseModel):
    """`health` is well, slowed (the provider asked for a slower pace), unreachable, or alarm (a person has to do
    something: `code` and `reason` are the provider's), since `since`, as this server sees it. `per_second` is the rate
    at which messages may leave now; `waiting` are those that did not, the oldest of them since `oldest_waiting_at`;
    `uncertain` are those, of the last 10,000, of which nobody knows whether the provider took them."""

    name: str
    type: str
    health: AccountHealth
    since: datetime | None
    code: str
    reason: str
    per_second: float
    waiting: int
    oldest_waiting_at: datetime | None
    uncertain: int


@router.get("/{name}/state")
@allows(Permission.WORKSPACE_READ)
async def get_channel_state(services: Running, name: str) -> ChannelStateView:
    """How sending goes on an account."""
    account = services.messages.accounts.find(name)
    if account is None:
        raise Refused(404, "not_found", f"There is no channel {name} that is in use.")
    sender = services.messages.sender
    standing, work = sender.standing(name), await sender.work(name)
    return ChannelStateView(
        name=name,
        type=account.account.type,
        health=standing.health,
        since=standing.since,
        code=standing.code,
        reason=standing.reason,
        per_second=standing.per_second,
        waiting=work.waiting,
        oldest_waiting_at=work.oldest_waiting_at,
        uncertain=work.uncertain,
    )
