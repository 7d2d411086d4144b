"""Keys of this API: made, listed, revoked."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from skipline.api.access import Author, allows, refuse_above
from skipline.api.audit import Audited
from skipline.api.errors import Refused
from skipline.api.services import Running
from skipline.model.access import Permission, Role
from skipline.model.audit import Deed
from skipline.store import api_keys
from skipline.store.audit import told

router = APIRouter(prefix="/keys", tags=["keys"])


class KeyView(BaseModel):
    """A key. `hint` is the end of its token, enough to recognise it."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    hint: str
    role: Role
    created_at: datetime
    revoked_at: datetime | None


class NewKeyView(KeyView):
    """A key just made. `token` is shown this once."""

    token: str


class KeyWish(BaseModel):
    """What the key is for; the name appears as author of what is done with it. It may do what its `role` may."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100)
    role: Role = Role.ADMIN


@router.get("")
@allows(Permission.KEYS_READ)
async def list_keys(services: Running) -> list[KeyView]:
    """Every key, revoked ones too."""
    return [KeyView.model_validate(one) for one in await services.database.read(api_keys.list_all)]


@router.post("", status_code=201)
@allows(Permission.KEYS_CHANGE)
async def make_key(services: Running, author: Author, trail: Audited, wish: KeyWish) -> NewKeyView:
    """Make a key. Only owners make those of owners, and an agent is a person: they get none."""
    if wish.role is Role.AGENT:
        raise Refused(422, "key_is_no_agent", "A key cannot be an agent: make a user with the role agent.")
    refuse_above(author, wish.role)
    entry = trail.entry(Deed.KEY_MADE, wish.name, role=wish.role)
    work = told(entry, api_keys.create)
    made = await services.database.write(work, wish.name, services.clock(), services.ids, role=wish.role)
    return NewKeyView(**KeyView.model_validate(made.key).model_dump(), token=made.token)


@router.delete("/{key_id}", status_code=204)
@allows(Permission.KEYS_CHANGE)
async def revoke_key(services: Running, author: Author, trail: Audited, key_id: str) -> None:
    """Let a key open nothing any more."""
    known = next((one for one in await services.database.read(api_keys.list_all) if one.id == key_id), None)
    if known is not None:
        refuse_above(author, known.role)
    name = "" if known is None else known.name
    work = told(trail.entry(Deed.KEY_REVOKED, name, id=key_id), api_keys.revoke)
    if not await services.database.write(work, key_id, services.clock()):
        raise Refused(404, "not_found", f"There is no valid key {key_id}.")
