"""Secrets: they go in and are never shown."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from skipline.api.access import allows
from skipline.api.audit import Audited
from skipline.api.services import Running
from skipline.model.access import Permission
from skipline.model.audit import Deed
from skipline.store import secrets

router = APIRouter(prefix="/secrets", tags=["secrets"])


class SecretView(BaseModel):
    """A secret as people may see it."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    updated_at: datetime


class SecretValue(BaseModel):
    """A secret on its way in."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    value: str = Field(min_length=1, max_length=10_000, repr=False)


@router.get("")
@allows(Permission.SECRETS_READ)
async def list_secrets(services: Running) -> list[SecretView]:
    """The names of the secrets in the vault."""
    return [SecretView.model_validate(one) for one in await services.database.read(secrets.list_all)]


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
    services.workspace.configure_voice()


@router.delete("/{name}", status_code=204)
@allows(Permission.SECRETS_CHANGE)
async def delete_secret(services: Running, trail: Audited, name: str) -> None:
    """Forget a secret; harmless when there is none."""
    await services.secrets.delete(name, audited=trail.entry(Deed.SECRET_REMOVED, name))
    services.workspace.configure_voice()
