"""What the provider of an account told lately, so that who sets one up sees whether anything arrives, and what of it we
did not know."""

import dataclasses
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from skipline.api.access import allows
from skipline.api.errors import Refused
from skipline.api.findings import missing_secrets
from skipline.api.services import Running
from skipline.base.sentence import say
from skipline.host.messages.accounts import LiveAccount
from skipline.model.access import Permission
from skipline.store import channel_events

router = APIRouter(prefix="/channels", tags=["channels"])


class AccountState(StrEnum):
    """Whether an account was heard of: it lacks a secret, so nothing counts; nothing came yet; or something did."""

    NOT_READY = "not_ready"
    WAITING = "waiting"
    HEARD = "heard"


class DeliveredEventView(BaseModel):
    """One thing that the provider told. `kind` is ours, or the provider's own word for what we do not know; `problem`
    says what could not be done about it; until `is_handled` it is tried again."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    received_at: datetime
    kind: str
    text: str
    is_handled: bool
    attempts: int
    problem: str


class AccountDeliveriesView(BaseModel):
    """An account and what its provider told, newest first. `address` is what the provider must be told to call;
    `missing_secrets` are named by the account and not known."""

    channel: str
    type: str
    address: str
    state: AccountState
    missing_secrets: list[str]
    last_received_at: datetime | None
    events: list[DeliveredEventView]


@router.get("/{name}/deliveries")
@allows(Permission.RUNS_READ)
async def list_deliveries(
    services: Running, name: str, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> AccountDeliveriesView:
    """What an account's provider told in the last days."""
    live = services.messages.accounts.find(name)
    if live is None:
        raise Refused(404, "not_found", say("There is no channel {name}.", name=name))
    events = await services.database.read(channel_events.find_recent, name, limit)
    missing = missing_secrets(services, secrets_of(live))
    return AccountDeliveriesView(
        channel=name,
        type=live.account.type,
        address=live.address,
        state=state_of(missing, bool(events)),
        missing_secrets=missing,
        last_received_at=events[0].received_at if events else None,
        events=[DeliveredEventView.model_validate(one) for one in events],
    )


def state_of(missing: list[str], is_heard: bool) -> AccountState:
    """Whether an account was heard of, given the secrets that it lacks."""
    if missing and not is_heard:
        return AccountState.NOT_READY
    return AccountState.HEARD if is_heard else AccountState.WAITING


def secrets_of(live: LiveAccount) -> list[str]:
    """The secrets that an account names."""
    fields = dataclasses.fields(live.settings)  # type: ignore[arg-type]  # every piece is a dataclass
    named = (getattr(live.settings, one.name) for one in fields if one.metadata.get("kind") == "secret")
    return [str(one) for one in named if one]
