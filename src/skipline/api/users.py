"""Those who can sign in: added by a link that they choose their password by, changed, shut out."""

from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

import sqlalchemy as sa
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from skipline.api.access import Author, allows, refuse_above
from skipline.api.audit import Audited
from skipline.api.errors import Refused
from skipline.api.services import Running, Services
from skipline.base.ids import Ids
from skipline.base.sentence import say
from skipline.host.messages.desk_memory import sign_out_agent
from skipline.model.access import Actor, Permission, Role, User
from skipline.model.audit import Deed
from skipline.store import one_time_links, users
from skipline.store.audit import told

router = APIRouter(prefix="/users", tags=["users"])

UserName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
AgentName = Annotated[str, Field(max_length=100)]


class UserView(BaseModel):
    """Somebody who can sign in. `agent` is the one that they are; null: none. Who is disabled cannot sign in."""

    id: str
    name: str
    role: Role
    agent: str | None
    created_at: datetime
    has_password: bool
    has_codes: bool
    disabled_at: datetime | None


class InvitedView(BaseModel):
    """A user and the link by which they choose their password. It works once, within a day, and is shown this once."""

    user: UserView
    link: str


class NewUserWish(BaseModel):
    """Who it is and what they are here for. With the role agent, `agent` says which one they are."""

    model_config = ConfigDict(extra="forbid")

    name: UserName
    role: Role
    agent: AgentName = ""


class UserWish(BaseModel):
    """What is to be so from now on; what is left out stays. A changed role holds from the next request on."""

    model_config = ConfigDict(extra="forbid")

    role: Role | None = None
    agent: AgentName | None = None
    is_disabled: bool | None = None


@router.get("")
@allows(Permission.USERS_READ)
async def list_users(services: Running) -> list[UserView]:
    """Everybody, disabled ones too, by name."""
    return [_view(one) for one in await services.database.read(users.list_all)]


@router.post("", status_code=201)
@allows(Permission.USERS_CHANGE)
async def add_user(
    request: Request, services: Running, author: Author, trail: Audited, wish: NewUserWish
) -> InvitedView:
    """Add somebody; give them the link."""
    refuse_above(author, wish.role)
    _check_agent(services, wish.role, wish.agent)
    entry = trail.entry(Deed.USER_ADDED, wish.name, role=wish.role, agent=wish.agent)
    user, token = await services.database.write(
        told(entry, invite_new), wish.name, wish.role, wish.agent, services.clock(), services.ids
    )
    return InvitedView(user=_view(user), link=one_time_links.address_of(_base(request, services), token))


@router.get("/{user}")
@allows(Permission.USERS_READ)
async def read_user(services: Running, user: str) -> UserView:
    """One user by their id."""
    return _view(await services.database.read(users.read, user))


@router.patch("/{user}")
@allows(Permission.USERS_CHANGE)
async def change_user(services: Running, author: Author, trail: Audited, user: str, wish: UserWish) -> UserView:
    """Change what somebody may do, or shut them out: their sessions and links end at once, and as an agent they are
    offered no conversations any more, and their phone registers no more."""
    before = await _below(services, author, user)
    if wish.role is not None:
        refuse_above(author, wish.role)
    agent = before.agent if wish.agent is None else wish.agent
    if wish.role is not None or wish.agent is not None:
        _check_agent(services, wish.role or before.role, agent)
    was = {"role": before.role, "agent": before.agent, "is_disabled": before.disabled_at is not None}
    entry = trail.entry(Deed.USER_CHANGED, before.name, id=user, before=was, wish=wish.model_dump(exclude_unset=True))
    work = told(entry, users.change)
    after = await services.database.write(
        work, user, services.clock(), role=wish.role, agent=wish.agent, is_disabled=wish.is_disabled
    )
    if after.disabled_at is not None:
        await _sign_out(services, after)
    await services.workspace.look_at_people()
    return _view(after)


@router.delete("/{user}", status_code=204)
@allows(Permission.USERS_CHANGE)
async def delete_user(services: Running, author: Author, trail: Audited, user: str) -> None:
    """Forget somebody; what they did keeps their name."""
    before = await _below(services, author, user)
    entry = trail.entry(Deed.USER_DELETED, before.name, id=user, role=before.role, agent=before.agent)
    await services.database.write(told(entry, users.delete), user)
    await _sign_out(services, before)
    await services.workspace.look_at_people()


@router.post("/{user}/link", status_code=201)
@allows(Permission.USERS_CHANGE)
async def make_link(request: Request, services: Running, author: Author, trail: Audited, user: str) -> InvitedView:
    """A new link by which somebody chooses a password, for those who forgot theirs; earlier links open nothing."""
    before = await _below(services, author, user)
    if before.disabled_at is not None:
        raise Refused(409, "user_disabled", say("{name} is disabled: let them in first.", name=before.name))
    work = told(trail.entry(Deed.LINK_MADE, before.name, id=user), one_time_links.make)
    token = await services.database.write(work, user, services.clock(), needs_password=True)
    return InvitedView(user=_view(before), link=one_time_links.address_of(_base(request, services), token))


@router.delete("/{user}/codes", status_code=204)
@allows(Permission.USERS_CHANGE)
async def drop_codes(services: Running, author: Author, trail: Audited, user: str) -> None:
    """Ask somebody for no codes any more, because they lost their phone."""
    before = await _below(services, author, user)
    await services.database.write(told(trail.entry(Deed.CODES_ENDED, before.name, id=user), users.drop_codes), user)


def invite_new(
    transaction: sa.Connection, name: str, role: Role, agent: str, now: datetime, ids: Ids
) -> tuple[User, str]:
    """Somebody new, and the token of their invitation."""
    user = users.add(transaction, name, role, agent, now, ids)
    return user, one_time_links.make(transaction, user.id, now, needs_password=True)


async def _below(services: Services, author: Actor, user: str) -> User:
    """A user whom the author may change."""
    found = await services.database.read(users.read, user)
    refuse_above(author, found.role)
    return found


def _check_agent(services: Services, role: Role, agent: str) -> None:
    if role is Role.AGENT and not agent:
        raise Refused(422, "agent_needed", say("Say which agent they are."))
    if agent and agent not in services.host.centre.agents:
        raise Refused(422, "unknown_agent", say("There is no agent {name}.", name=agent))


async def _sign_out(services: Services, user: User) -> None:
    if user.agent in services.host.centre.agents:
        await sign_out_agent(services.database, services.host, user.agent, services.clock)


def _base(request: Request, services: Services) -> str:
    """The address under which people reach this server."""
    public = services.messages.accounts.url_of("")
    return public if urlsplit(public).scheme == "https" else str(request.base_url)


def _view(user: User) -> UserView:
    return UserView(
        id=user.id,
        name=user.name,
        role=user.role,
        agent=user.agent or None,
        created_at=user.created_at,
        has_password=user.has_password,
        has_codes=user.has_codes,
        disabled_at=user.disabled_at,
    )
