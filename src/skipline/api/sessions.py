"""Signing in and out, who one is, and one's own password."""

from datetime import datetime
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from skipline.api.access import actor_of_session, actor_of_user, is_open
from skipline.api.audit import Trail, address_of
from skipline.api.code_checks import step_of_code
from skipline.api.cookies import (
    forget_session,
    proof_of,
    refuse_clear_text,
    refuse_foreign_page,
    session_token,
    set_session,
)
from skipline.api.errors import Refused
from skipline.api.services import Running, Services
from skipline.base.sentence import say, sentence_of
from skipline.host.passwords import WeakPassword, check_password
from skipline.host.sign_in import (
    CodeNeeded,
    SignInWish,
    TooManyTries,
    WrongSignIn,
    confirm_password,
    network_of,
    note_failure,
    sign_in,
    signing_in,
)
from skipline.model.access import Permission, Role, Session, permissions_of
from skipline.model.audit import Deed
from skipline.store import audit, one_time_links, sessions, users

router = APIRouter(prefix="/session", tags=["session"])

_WHY = "nobody is signed in before; it looks at the session itself"
Written = Annotated[str, Field(max_length=1024, repr=False)]


class SessionView(BaseModel):
    """Who is signed in, and what they may do. `csrf` goes into the header `X-CSRF-Token` of each request that changes
    something. `agent`: the one that they are. After an invitation they are to choose a password (`needs_password`)."""

    name: str
    role: Role
    permissions: list[Permission]
    csrf: str
    agent: str | None
    needs_password: bool
    has_codes: bool


class SignInBody(BaseModel):
    """Who one is. `code` is what the authenticator app shows, where one is asked for."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, Field(min_length=1, max_length=100)]
    password: Written
    code: Annotated[str, Field(max_length=20, repr=False)] = ""


class LinkBody(BaseModel):
    """The token of a link that works once: what stands behind `#/link/`."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    token: Annotated[str, Field(min_length=1, max_length=200, repr=False)]


class PasswordBody(BaseModel):
    """A new password. `current` is the one until now; after an invitation there is none."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    password: Written
    current: Written = ""


@router.get("")
@is_open(_WHY)
async def who_am_i(request: Request, services: Running) -> SessionView:
    """Who is signed in by the cookie of this request."""
    token, session = await present_session(request, services)
    return _view(session, token)


@router.post("")
@is_open(_WHY)
async def enter(request: Request, response: Response, services: Running, wish: SignInBody) -> SessionView:
    """Sign in by name and password. 401 `wrong_sign_in`; 401 `code_needed` once the password was right; 429
    `too_many_tries` after five that failed."""
    refuse_foreign_page(request, services)
    refuse_clear_text(request, services)
    address = address_of(request)
    asked = SignInWish(name=wish.name, password=wish.password, code=wish.code, address=address)
    try:
        token = await sign_in(services.database, services.passwords, asked, services.clock(), step_of_code(services))
    except WrongSignIn:
        await services.database.write(note_failure, wish.name, address, services.clock(), "wrong_sign_in")
        raise Refused(401, "wrong_sign_in", say("The name, the password or the code is wrong.")) from None
    except CodeNeeded:
        raise Refused(401, "code_needed", say("Send the code of your authenticator app, too.")) from None
    except TooManyTries as many:
        if services.refusals.may_tell(f"sign_in {network_of(address)}", services.clock()):
            await services.database.write(note_failure, wish.name, address, services.clock(), "too_many_tries")
        raise _too_many(many) from None
    return await _begun(request, response, services, token)


@router.post("/link")
@is_open(_WHY)
async def enter_by_link(request: Request, response: Response, services: Running, wish: LinkBody) -> SessionView:
    """Sign in by a link that works once."""
    refuse_foreign_page(request, services)
    refuse_clear_text(request, services)
    token = await services.database.write(_enter_by_link, wish.token, address_of(request), services.clock())
    if token is None:
        await _note_wrong_link(request, services)
        raise Refused(401, "wrong_link", say("This link was used already, or is too old: ask for a new one."))
    return await _begun(request, response, services, token)


def _enter_by_link(transaction: sa.Connection, link: str, address: str, now: datetime) -> str | None:
    token = one_time_links.redeem(transaction, link, now)
    session = None if token is None else sessions.find(transaction, token, now)
    if session is not None:
        audit.append(transaction, signing_in(session.user, address, now, "link"))
    return token


async def _note_wrong_link(request: Request, services: Services) -> None:
    address, now = address_of(request), services.clock()
    if services.refusals.may_tell(f"link {network_of(address)}", now):
        await services.database.write(note_failure, "", address, now, "wrong_link")


def trail_of(request: Request, services: Services, session: Session) -> Trail:
    """What the audit is told of somebody's own session by."""
    return Trail(services=services, actor=actor_of_user(session.user), address=address_of(request))


@router.delete("", status_code=204)
@is_open(_WHY)
async def leave(request: Request, response: Response, services: Running) -> None:
    """Sign out; harmless when nobody is signed in."""
    actor = await actor_of_session(request, services)
    if actor is not None:
        trail = Trail(services=services, actor=actor, address=address_of(request))
        work = audit.told(trail.entry(Deed.SIGNED_OUT), sessions.end)
        await services.database.write(work, session_token(request, services))
    forget_session(response, request, services)


@router.put("/password", status_code=204)
@is_open(_WHY)
async def choose_password(request: Request, services: Running, wish: PasswordBody) -> None:
    """Choose one's own password. Every other session of the user ends."""
    refuse_clear_text(request, services)
    token, session = await present_session(request, services)
    if not session.needs_password:
        await check_current(services, session, wish.current)
    try:
        check_password(wish.password, session.user.name)
    except WeakPassword as weak:
        raise Refused(422, "weak_password", sentence_of(weak)) from None
    hashed = await services.passwords.hash(wish.password)
    entry = trail_of(request, services, session).entry(Deed.PASSWORD_CHOSEN)
    await services.database.write(audit.told(entry, _keep_password), session.user.id, hashed, token)


def _keep_password(transaction: sa.Connection, user: str, hashed: str, token: str) -> None:
    users.set_password(transaction, user, hashed)
    sessions.has_chosen_password(transaction, user)
    sessions.end_all(transaction, user, but=token)


async def check_current(services: Services, session: Session, current: str) -> None:
    """Whoever finds an open screen cannot make it theirs, nor guess on."""
    known = await services.database.read(users.find_credentials, session.user.id)
    if known is None:
        raise Refused(401, "unauthorised", say("Nobody is signed in here."))
    try:
        await confirm_password(services.database, services.passwords, known, current, services.clock())
    except TooManyTries as many:
        raise _too_many(many) from None
    except WrongSignIn:
        raise Refused(403, "wrong_password", say("The current password is another.")) from None


def _too_many(many: TooManyTries) -> Refused:
    seconds = int(many.wait.total_seconds()) + 1
    why = say("There were too many tries that failed: wait {seconds} seconds.", seconds=seconds)
    return Refused(429, "too_many_tries", why, retry_after=seconds)


async def present_session(request: Request, services: Services) -> tuple[str, Session]:
    """The token and the session of a request; refuses with 401 when there is none."""
    token = session_token(request, services)
    is_there = await actor_of_session(request, services) is not None
    session = await services.database.read(sessions.find, token, services.clock()) if is_there else None
    if session is None:
        raise Refused(401, "unauthorised", say("Nobody is signed in here."))
    return token, session


async def _begun(request: Request, response: Response, services: Services, token: str) -> SessionView:
    """Answer with a new session; the one that this browser had is over."""
    before = session_token(request, services)
    if before:
        await services.database.write(sessions.end, before)
    session = await services.database.read(sessions.find, token, services.clock())
    if session is None:
        raise Refused(401, "wrong_sign_in", say("This session is over already."))
    set_session(response, request, services, token)
    return _view(session, token)


def _view(session: Session, token: str) -> SessionView:
    user = session.user
    return SessionView(
        name=user.name,
        role=user.role,
        permissions=list(permissions_of(user.role)),
        csrf=proof_of(token),
        agent=user.agent or None,
        needs_password=session.needs_password,
        has_codes=user.has_codes,
    )
