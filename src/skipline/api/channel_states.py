"""How an account with a provider of messages stands: does anything arrive, and how does sending go."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from skipline.api.access import allows
from skipline.api.channel_deliveries import AccountState, secrets_of, state_of
from skipline.api.errors import Refused
from skipline.api.findings import FindingView, finding_views, missing_secrets, secret_findings
from skipline.api.services import Running, Services
from skipline.base.sentence import say
from skipline.centre.channel_findings import ChannelFacts, find_channel_findings, is_public
from skipline.host.messages.accounts import LiveAccount
from skipline.host.messages.links import has_driver
from skipline.model.access import Permission
from skipline.model.finding import Verdict, worst_of
from skipline.model.sending import AccountHealth
from skipline.store import channel_events

router = APIRouter(prefix="/channels", tags=["channels"])


class HookAddressView(BaseModel):
    """The address that the provider must be told to call; `is_public`: providers on the internet may reach it."""

    address: str
    is_public: bool


class UnprovenView(BaseModel):
    """Deliveries that this server refused since its start, because nothing proved who sent them; `why` is of the
    last."""

    model_config = ConfigDict(from_attributes=True)

    count: int
    first_at: datetime
    last_at: datetime
    why: str


class ChannelStateView(BaseModel):
    """`health` is well, slowed (the provider asked for a slower pace), unreachable, or alarm (a person has to do
    something: `code` and `reason` are the provider's), since `since`, as this server sees it. `per_second` is the rate
    at which messages may leave now; `waiting` are those that did not, the oldest of them since `oldest_waiting_at`;
    `uncertain` are those, of the last 10,000, of which nobody knows whether the provider took them.

    `webhook` is null for an account that is reached over a connection of ours, which is up when `is_connected`.
    `deliveries` says whether anything was heard; the first and last delivery are those still on record. `greeted_at` is
    when the provider last checked the address. `findings` say all this in words, `verdict` is the worst of them."""

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
    webhook: HookAddressView | None
    is_connected: bool | None
    deliveries: AccountState
    first_delivery_at: datetime | None
    last_delivery_at: datetime | None
    greeted_at: datetime | None
    refused: UnprovenView | None
    missing_secrets: list[str]
    verdict: Verdict
    findings: list[FindingView]


@router.get("/{name}/state")
@allows(Permission.WORKSPACE_READ)
async def get_channel_state(services: Running, name: str) -> ChannelStateView:
    """How an account stands: whether anything arrives, and how sending goes."""
    account = services.messages.accounts.find(name)
    if account is None:
        raise Refused(404, "not_found", say("There is no channel {name} that is in use.", name=name))
    facts = await _facts(services, account)
    missing = missing_secrets(services, secrets_of(account))
    findings = [*secret_findings(missing), *find_channel_findings(facts)]
    standing, work = facts.standing, facts.work
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
        webhook=_webhook(facts.address),
        is_connected=facts.trouble is None if facts.address is None else None,
        deliveries=state_of(missing, facts.last_delivery_at is not None),
        first_delivery_at=facts.first_delivery_at,
        last_delivery_at=facts.last_delivery_at,
        greeted_at=facts.greeted_at,
        refused=None if facts.unproven is None else UnprovenView.model_validate(facts.unproven),
        missing_secrets=missing,
        verdict=worst_of(findings),
        findings=finding_views(findings),
    )


def _webhook(address: str | None) -> HookAddressView | None:
    return None if address is None else HookAddressView(address=address, is_public=is_public(address))


async def _facts(services: Services, account: LiveAccount) -> ChannelFacts:
    messages, name = services.messages, account.name
    is_link, link = has_driver(account.account.type), messages.links.find(name)
    trouble = link.trouble if link is not None else "the connection is about to begin" if is_link else None
    return ChannelFacts(
        address=None if is_link else account.address,
        first_delivery_at=await services.database.read(channel_events.first_received, name),
        last_delivery_at=await services.database.read(channel_events.last_received, name),
        unproven=messages.ingress.doorstep.unproven(name),
        greeted_at=messages.ingress.doorstep.greeted_at(name),
        trouble=trouble,
        standing=messages.sender.standing(name),
        work=await messages.sender.work(name),
    )
