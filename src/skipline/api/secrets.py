"""Secrets: they go in and are never shown."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from skipline.api.access import allows
from skipline.api.audit import Audited
from skipline.api.services import Running, Services
from skipline.model.access import Permission
from skipline.model.audit import Deed
from skipline.store import secrets
from skipline.workspace.secret_users import SecretUser, find_secret_users, secrets_of

router = APIRouter(prefix="/secrets", tags=["secrets"])


class SecretUserView(BaseModel):
    """What names a secret: an entry of a section of `skipline.yaml`, or a flow that is live (section `flows`)."""

    section: str
    name: str


class SecretView(BaseModel):
    """A secret as people may see it. `updated_at` is null for one that is named and not in the vault; `is_given`: an
    environment variable of the server has its value, which goes before the vault's."""

    name: str
    updated_at: datetime | None
    is_given: bool
    used_by: list[SecretUserView]


class SecretValue(BaseModel):
    """A secret on its way in."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    value: str = Field(min_length=1, max_length=10_000, repr=False)


@router.get("")
@allows(Permission.SECRETS_READ)
async def list_secrets(services: Running) -> list[SecretView]:
    """The names of the secrets in the vault, and of those that something needs and that are not there yet."""
    kept = {one.name: one.updated_at for one in await services.database.read(secrets.list_all)}
    users = _users(services)
    return [
        SecretView(
            name=name,
            updated_at=kept.get(name),
            is_given=services.secrets.is_given(name),
            used_by=[SecretUserView(**one._asdict()) for one in users.get(name, ())],
        )
        for name in sorted({*kept, *users})
    ]


@router.put("/{name}", status_code=204)
@allows(Permission.SECRETS_CHANGE)
async def put_secret(
    services: Running,
    trail: Audited,
    name: Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$")],
    wish: SecretValue,
) -> None:
    """Keep a secret; sources and trunks that name it use it from now on."""
    await services.secrets.put(name, wish.value, audited=trail.entry(Deed.SECRET_SET, name))
    services.workspace.look_at_secrets()


@router.delete("/{name}", status_code=204)
@allows(Permission.SECRETS_CHANGE)
async def delete_secret(services: Running, trail: Audited, name: str) -> None:
    """Forget a secret; harmless when there is none."""
    await services.secrets.delete(name, audited=trail.entry(Deed.SECRET_REMOVED, name))
    services.workspace.look_at_secrets()


def _users(services: Services) -> Mapping[str, Sequence[SecretUser]]:
    named = find_secret_users(services.workspace.configuration)
    found = defaultdict(list, {name: list(who) for name, who in named.items()})
    for live in services.workspace.live_flows():
        for name in dict.fromkeys(one for trigger in live.flow.triggers for one in secrets_of(trigger)):
            found[name].append(SecretUser("flows", live.key))
    return found
