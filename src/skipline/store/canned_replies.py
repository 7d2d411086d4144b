"""Texts that agents write again and again."""

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from skipline.store.message_schema import canned_replies
from skipline.store.statements import load_statements

_REPLIES = load_statements("canned_replies", canned_replies)


class CannedReply(msgspec.Struct, frozen=True, kw_only=True):
    """A text by its name. `language` is a tag (RFC 5646); empty: for everybody. `author` changed it last."""

    name: str
    text: str
    updated_at: datetime
    language: str = ""
    author: str = ""


def keep(transaction: sa.Connection, reply: CannedReply) -> None:
    """Write a reply, or another text for it."""
    _REPLIES["keep"].write(transaction, [msgspec.structs.asdict(reply)])


def read(transaction: sa.Connection, name: str) -> CannedReply | None:
    """A reply; None: there is none of this name."""
    row = transaction.execute(sa.select(canned_replies).where(canned_replies.c.name == name)).one_or_none()
    return None if row is None else _reply(row)


def find(transaction: sa.Connection, part: str = "", language: str = "", limit: int = 100) -> tuple[CannedReply, ...]:
    """Replies with `part` in their name or text, for `language` or for everybody, by name."""
    wanted = sa.select(canned_replies).order_by(canned_replies.c.name).limit(limit)
    if part:
        columns = (canned_replies.c.name, canned_replies.c.text)
        wanted = wanted.where(sa.or_(*(column.icontains(part, autoescape=True) for column in columns)))
    if language:
        wanted = wanted.where(canned_replies.c.language.in_(["", language]))
    return tuple(map(_reply, transaction.execute(wanted)))


def forget(transaction: sa.Connection, name: str) -> bool:
    """Delete a reply; whether there was one."""
    return transaction.execute(sa.delete(canned_replies).where(canned_replies.c.name == name)).rowcount > 0


def _reply(row: Any) -> CannedReply:
    return CannedReply(
        name=row.name, text=row.text, language=row.language, author=row.author, updated_at=row.updated_at
    )
