"""Voicemails: what callers left a message, to be found, heard and deleted. The sound is served by the server that took
the call, because it lies on that server's disk."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse
from pydantic import BaseModel

from skipline.api.access import Author, allows
from skipline.api.audit import Audited
from skipline.api.errors import Refused
from skipline.api.own import narrowed, own_voicemail, queues_of
from skipline.api.queries import After
from skipline.api.services import Running, Services
from skipline.api.strangers import STRANGERS_FILE
from skipline.base.sentence import say
from skipline.model.access import Permission, Reach, reach_of
from skipline.model.audit import Deed
from skipline.model.ids import RunId, VoicemailId
from skipline.model.record import VoicemailRecord
from skipline.store import voicemails
from skipline.store.audit import told

router = APIRouter(prefix="/voicemails", tags=["voicemails"])

# What somebody said in confidence stays in no cache, neither the browser's nor one on the way.
_HEADERS = {**STRANGERS_FILE, "Cache-Control": "no-store"}
_SOUND = {"content": {"audio/wav": {"schema": {"type": "string", "format": "binary"}}}}


class Whereabouts(StrEnum):
    """Where a voicemail's file is: on this server's disk, on that of another server, or not there any more."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
    GONE = "gone"


class VoicemailView(BaseModel):
    """A message that a caller left. `phone` and `contact_name` are who left it, empty where nobody knows; `queue` is
    the one that they waited in before, empty: none. `file` is its name in the folder `voicemail`. It can be heard when
    `whereabouts` is here; elsewhere: `server` names the server that has it."""

    id: str
    at: datetime
    seconds: float
    phone: str
    contact_name: str
    queue: str
    call: str
    run: str
    flow: str
    version: int
    file: str
    whereabouts: Whereabouts
    server: str = ""


class VoicemailPageView(BaseModel):
    """Voicemails, newest first. Ask again with `cursor=next_cursor` for the page after; null: there is none."""

    voicemails: list[VoicemailView]
    next_cursor: str | None


@router.get("")
@allows(Permission.VOICEMAILS_READ, own=narrowed)
async def list_voicemails(
    services: Running,
    actor: Author,
    contact: Annotated[str | None, Query(description="a part of the contact's number or name")] = None,
    queue: Annotated[str | None, Query(description="the queue that the caller waited in before")] = None,
    flow: str | None = None,
    run: Annotated[str | None, Query(description="those of one run")] = None,
    after: Annotated[After | None, Query(description="left after this time (RFC 3339)")] = None,
    before: Annotated[After | None, Query(description="left before this time (RFC 3339)")] = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> VoicemailPageView:
    """Voicemails that are all that is asked for, newest first; an agent gets those of callers who had waited in a queue
    of theirs."""
    sees_all = reach_of(actor.role, Permission.VOICEMAILS_READ) is Reach.ALL
    wanted: voicemails.Wanted = {
        "contact": contact,
        "queue": queue,
        "queues": None if sees_all else queues_of(services, actor.agent),
        "flow": flow,
        "run": None if run is None else RunId(run),
        "left_after": after,
        "left_before": before,
    }
    page = await services.database.read(voicemails.find, wanted, cursor=cursor, limit=limit)
    shown = await asyncio.to_thread(_views, services, page.voicemails)
    return VoicemailPageView(voicemails=shown, next_cursor=page.next_cursor)


@router.get("/{voicemail_id}")
@allows(Permission.VOICEMAILS_READ, own=own_voicemail)
async def read_voicemail(services: Running, voicemail_id: str) -> VoicemailView:
    """One voicemail."""
    found = await _found(services, voicemail_id)
    (view,) = await asyncio.to_thread(_views, services, [found])
    return view


@router.get("/{voicemail_id}/audio", response_class=FileResponse, responses={200: _SOUND, 206: _SOUND})
@allows(Permission.VOICEMAILS_READ, own=own_voicemail)
async def play_voicemail(services: Running, voicemail_id: str) -> FileResponse:
    """What was said, as a WAV file; a part of it where the request names a range of bytes."""
    found = await _found(services, voicemail_id)
    path = services.voicemails.path_of(found.file)
    if path is None:
        raise Refused(404, "voicemail_not_here", _why_not(services, found))
    return FileResponse(
        path,
        headers=_HEADERS,
        media_type="audio/wav",
        filename=f"voicemail-{found.at:%Y%m%d-%H%M%S}.wav",
        content_disposition_type="inline",
    )


@router.delete("/{voicemail_id}", status_code=204)
@allows(Permission.VOICEMAILS_DELETE)
async def delete_voicemail(services: Running, trail: Audited, voicemail_id: str) -> None:
    """Delete a voicemail with its file. Refused where the file is on another server: ask that one."""
    found = await _found(services, voicemail_id)
    if _whereabouts(services, found) is Whereabouts.ELSEWHERE:
        raise Refused(409, "voicemail_not_here", _why_not(services, found))
    try:
        await services.voicemails.delete([found.file])
    except OSError as trouble:
        raise Refused(
            503, "voicemail_not_deleted", say("The file cannot be deleted: {problem}.", problem=trouble.strerror)
        ) from trouble
    deleted = trail.entry(Deed.VOICEMAIL_DELETED, found.id, run=found.run, left_at=found.at.isoformat())
    await services.database.write(told(deleted, voicemails.forget), found.id)


async def _found(services: Services, voicemail_id: str) -> VoicemailRecord:
    found = await services.database.read(voicemails.read, VoicemailId(voicemail_id))
    if found is None:
        raise Refused(404, "not_found", say("There is no voicemail {voicemail}.", voicemail=voicemail_id))
    return found


def _whereabouts(services: Services, voicemail: VoicemailRecord) -> Whereabouts:
    if services.voicemails.path_of(voicemail.file) is not None:
        return Whereabouts.HERE
    is_ours = voicemail.kept_by in ("", services.voicemails.place)
    return Whereabouts.GONE if is_ours else Whereabouts.ELSEWHERE


def _why_not(services: Services, voicemail: VoicemailRecord) -> str:
    if _whereabouts(services, voicemail) is Whereabouts.ELSEWHERE:
        return say(
            "The file is on the disk of the server {server}, which took the call: ask that server.",
            server=_server_of(voicemail),
        )
    return say("The file is not in this server's folder voicemail any more: somebody deleted or moved it.")


def _server_of(voicemail: VoicemailRecord) -> str:
    return voicemail.kept_by.partition(":")[0]


def _views(services: Services, found: Iterable[VoicemailRecord]) -> list[VoicemailView]:
    return [_view(one, _whereabouts(services, one)) for one in found]


def _view(voicemail: VoicemailRecord, whereabouts: Whereabouts) -> VoicemailView:
    return VoicemailView(
        id=voicemail.id,
        at=voicemail.at,
        seconds=voicemail.seconds,
        phone=voicemail.phone,
        contact_name=voicemail.contact_name,
        queue=voicemail.queue,
        call=voicemail.call,
        run=voicemail.run,
        flow=voicemail.flow,
        version=voicemail.version,
        file=voicemail.file,
        whereabouts=whereabouts,
        server=_server_of(voicemail) if whereabouts is Whereabouts.ELSEWHERE else "",
    )
