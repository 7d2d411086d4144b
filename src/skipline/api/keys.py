"""Keys of this API: made, listed, revoked."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from skipline.api.errors import Refused
from skipline.api.services import Running
from skipline.store import api_keys

router = APIRouter(prefix="/keys", tags=["keys"])


class KeyView(BaseModel):
    """A key. `hint` is the end of its token, enough to recognise it."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    hint: str
    created_at: datetime
    revoked_at: datetime | None


class NewKeyView(KeyView):
    """A key just made. `token` is shown this once."""

    token: str


class KeyWish(BaseModel):
    """What the key is for; the name appears as author of what is done with it."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100)


@router.get("")
async def list_keys(services: Running) -> list[KeyView]:
    """Every key, revoked ones too."""
    return [KeyView.model_validate(one) for one in await services.database.read(api_keys.list_all)]


@router.post("", status_code=201)
async def make_key(services: Running, wish: KeyWish) -> NewKeyView:
    """Make a key."""
    made = await services.database.write(api_keys.create, wish.name, services.clock(), services.ids)
    return NewKeyView(**KeyView.model_validate(made.key).model_dump(), token=made.token)


@router.delete("/{key_id}", status_code=204)
async def revoke_key(services: Running, key_id: str) -> None:
    """Let a key open nothing any more."""
    if not await services.database.write(api_keys.revoke, key_id, services.clock()):
        raise Refused(404, "not_found", f"There is no valid key {key_id}.")
