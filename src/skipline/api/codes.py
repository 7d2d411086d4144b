"""Codes of an authenticator app beside one's password (TOTP, RFC 6238)."""

from secrets import token_bytes
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from skipline.api.access import is_open
from skipline.api.code_checks import find_step_of, name_in_vault
from skipline.api.cookies import refuse_clear_text
from skipline.api.errors import Refused
from skipline.api.services import Running
from skipline.api.sessions import Written, check_current, present_session, trail_of
from skipline.base.one_time_codes import address_of, written_secret
from skipline.base.sentence import say
from skipline.model.audit import Deed
from skipline.store import users
from skipline.store.audit import told

router = APIRouter(prefix="/session/codes", tags=["session"])

_SECRET_BYTES = 20
"""As long as a SHA-1 hash (RFC 4226 section 4)."""
_WHY = "it looks at the session itself, because everybody has codes of their own"


class NewCodesView(BaseModel):
    """What an authenticator app needs: `address` as a square code, `secret` to be typed. Shown this once."""

    secret: str
    address: str


class CodeBody(BaseModel):
    """What the app shows now."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    code: Annotated[str, Field(min_length=6, max_length=20, repr=False)]


class EndCodesBody(BaseModel):
    """One's password, because an open screen proves nothing."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    password: Written


@router.post("", status_code=201)
@is_open(_WHY)
async def begin_codes(request: Request, services: Running) -> NewCodesView:
    """Begin to use codes. They are asked for from the moment on at which one of them was shown."""
    refuse_clear_text(request, services)
    _, session = await present_session(request, services)
    if session.user.has_codes:
        raise Refused(409, "has_codes", say("You use codes already: end that first."))
    secret = token_bytes(_SECRET_BYTES)
    closed = services.secrets.vault.close(name_in_vault(session.user.id), written_secret(secret))
    await services.database.write(users.keep_new_code_secret, session.user.id, closed)
    return NewCodesView(secret=written_secret(secret), address=address_of(secret, session.user.name))


@router.put("", status_code=204)
@is_open(_WHY)
async def use_codes(request: Request, services: Running, wish: CodeBody) -> None:
    """Show the first code; nobody signs in by the password alone after this."""
    _, session = await present_session(request, services)
    known = await services.database.read(users.find_credentials, session.user.id)
    if known is None or known.new_code_secret is None:
        raise Refused(409, "no_codes_begun", say("Begin with POST /api/v1/session/codes."))
    step = find_step_of(services, session.user.id, known.new_code_secret, wish.code)
    if step is None:
        raise Refused(422, "wrong_code", say("This is not the code that the app shows now: check the phone's clock."))
    work = told(trail_of(request, services, session).entry(Deed.CODES_BEGUN), users.use_codes)
    await services.database.write(work, session.user.id, known.new_code_secret, step)


@router.post("/end", status_code=204)
@is_open(_WHY)
async def end_codes(request: Request, services: Running, wish: EndCodesBody) -> None:
    """Use no codes any more."""
    refuse_clear_text(request, services)
    _, session = await present_session(request, services)
    await check_current(services, session, wish.password)
    work = told(trail_of(request, services, session).entry(Deed.CODES_ENDED), users.drop_codes)
    await services.database.write(work, session.user.id)
