"""The audit: what routes tell it, and those who may read it.

A route takes a `Trail` and makes an entry of it, which the work that it is about carries into its own transaction:
`services.database.write(told(trail.entry(Deed.KEY_REVOKED, key), api_keys.revoke), key, now)`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from skipline.api.access import Author, allows
from skipline.api.errors import Refused
from skipline.api.queries import After
from skipline.api.services import Running, Services
from skipline.model.access import Actor, Permission
from skipline.model.audit import AuditEntry, AuditRow, Deed
from skipline.store import audit
from skipline.store.errors import StorageError

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/audit", tags=["audit"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """Who makes a request, and from where."""

    services: Services
    actor: Actor
    address: str

    def entry(self, deed: Deed, about: str = "", **detail: Any) -> AuditEntry:
        """An entry of what they do now. `detail` is plain data, with no secret in it."""
        return AuditEntry(
            at=self.services.clock(),
            deed=deed,
            who=self.actor.name,
            who_id=self.actor.id,
            role=self.actor.role,
            address=self.address,
            about=about,
            detail=detail,
        )

    async def note(self, deed: Deed, about: str = "", **detail: Any) -> None:
        """Append an entry of what changes nothing that is stored."""
        await self.services.database.write(audit.append, self.entry(deed, about, **detail))


def address_of(request: Request) -> str:
    """Where a request came from, as the server sees it."""
    return request.client.host if request.client else ""


def _trail(request: Request, services: Running, author: Author) -> Trail:
    return Trail(services=services, actor=author, address=address_of(request))


Audited = Annotated[Trail, Depends(_trail)]
"""The parameter by which a route tells the audit what is done."""


class AuditEntryView(BaseModel):
    """One thing that somebody did. `who` is their name as it was then, empty when nobody knows; `who_id` that of the
    user or key; `address` where the request came from; `about` what it was done to; `detail` more of it, such as what
    was there before. `hash` covers this entry and all before it."""

    number: int
    at: datetime
    deed: Deed
    who: str
    who_id: str
    role: str
    address: str
    about: str
    detail: dict[str, Any]
    hash: str


class AuditPageView(BaseModel):
    """Entries, newest first. Ask again with `cursor=next_cursor` for the page after; null: there is none."""

    entries: list[AuditEntryView]
    next_cursor: str | None


@router.get("")
@allows(Permission.AUDIT_READ)
async def list_audit(
    services: Running,
    who: Annotated[str | None, Query(description="a name as it was then, or the id of a user or key")] = None,
    what: Annotated[Deed | None, Query(description="one kind of deed")] = None,
    after: Annotated[After | None, Query(description="what was done later than this")] = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> AuditPageView:
    """Who did what, and when, newest first."""
    found, next_cursor = await services.database.read(
        audit.find, who=who, deed=what, after=after, cursor=cursor, limit=limit
    )
    return AuditPageView(entries=[_view(one) for one in found], next_cursor=next_cursor)


async def note_refusal(request: Request, refused: Refused) -> None:
    """Tell of what somebody may not do, once a minute. Nothing else is refused because it cannot be told of."""
    actor: Actor | None = getattr(request.state, "actor", None)
    services: Services | None = request.app.state.services
    about = f"{request.method} {request.url.path}"
    if actor is None or services is None or not services.refusals.may_tell(f"{actor.id} {about}", services.clock()):
        return
    trail = Trail(services=services, actor=actor, address=address_of(request))
    try:
        await trail.note(Deed.REFUSED, about, why=refused.code)
    except StorageError as trouble:
        log.warning("refusal_not_audited", why=str(trouble))


def _view(row: AuditRow) -> AuditEntryView:
    entry = row.entry
    return AuditEntryView(
        number=row.number,
        at=entry.at,
        deed=entry.deed,
        who=entry.who,
        who_id=entry.who_id,
        role=entry.role,
        address=entry.address,
        about=entry.about,
        detail=entry.detail,
        hash=row.hash,
    )
