"""Canned replies: texts that agents write again and again, kept by name."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, StringConstraints

from skipline.api.access import Author, allows
from skipline.api.errors import Refused
from skipline.api.services import Running
from skipline.base.patterns import is_language_tag
from skipline.model.access import Permission
from skipline.store import canned_replies
from skipline.store.canned_replies import CannedReply

router = APIRouter(prefix="/canned_replies", tags=["canned_replies"])

Name = Annotated[str, Path(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]


class CannedReplyView(BaseModel):
    """A canned reply. `language` is empty when it is for everybody; `author` changed it last."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    text: str
    language: str
    author: str
    updated_at: datetime


class CannedReplyWish(BaseModel):
    """What a canned reply says, and in which language (a tag such as `pt-BR`; empty: for everybody)."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4096)]
    language: str = ""


@router.get("")
@allows(Permission.REPLIES_READ)
async def list_replies(
    services: Running,
    search: Annotated[str, Query(max_length=100, description="a part of the name or the text")] = "",
    language: Annotated[str, Query(max_length=35, description="those in this language, or in none")] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[CannedReplyView]:
    """Canned replies by name."""
    found = await services.database.read(canned_replies.find, search, language, limit)
    return [CannedReplyView.model_validate(one) for one in found]


@router.get("/{name}")
@allows(Permission.REPLIES_READ)
async def read_reply(services: Running, name: Name) -> CannedReplyView:
    """One canned reply."""
    found = await services.database.read(canned_replies.read, name)
    if found is None:
        raise _unknown(name)
    return CannedReplyView.model_validate(found)


@router.put("/{name}")
@allows(Permission.REPLIES_CHANGE)
async def keep_reply(services: Running, author: Author, name: Name, wish: CannedReplyWish) -> CannedReplyView:
    """Write a canned reply, or another text for it."""
    if wish.language and not is_language_tag(wish.language):
        raise Refused(422, "not_understood", f"{wish.language!r} is not a language: write a tag such as en or pt-BR.")
    reply = CannedReply(
        name=name, text=wish.text, language=wish.language, author=author.name, updated_at=services.clock()
    )
    await services.database.write(canned_replies.keep, reply)
    return CannedReplyView.model_validate(reply)


@router.delete("/{name}", status_code=204)
@allows(Permission.REPLIES_CHANGE)
async def delete_reply(services: Running, name: Name) -> None:
    """Delete a canned reply."""
    if not await services.database.write(canned_replies.forget, name):
        raise _unknown(name)


def _unknown(name: str) -> Refused:
    return Refused(404, "not_found", f"There is no canned reply {name}.")
