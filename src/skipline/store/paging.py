"""Cursors for lists that begin with the newest: where a page ended, so that new rows never shift the next one."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from skipline.store.errors import CursorUnreadable

MOST_PER_PAGE = 500
Position = tuple[datetime, str]
"""The time and id of a page's last row."""


def write_cursor(at: datetime, id_: str) -> str:
    """A cursor as it goes out: opaque, and safe in a URL."""
    return urlsafe_b64encode(msgspec.json.encode((at, id_))).decode().rstrip("=")


def read_cursor(cursor: str) -> Position:
    """The position a cursor stands for. Raises `CursorUnreadable` when we did not write it."""
    try:
        written = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        position: Position = msgspec.json.decode(written, type=Position)
    except (ValueError, binascii.Error) as unreadable:
        raise CursorUnreadable from unreadable
    if position[0].tzinfo is None:
        raise CursorUnreadable
    return position


def newest_first(
    rows: sa.Select[Any], at: sa.ColumnElement[datetime], id_: sa.ColumnElement[str], *, cursor: str | None, limit: int
) -> sa.Select[Any]:
    """`rows` from `cursor` on, with one row more than the page holds, which tells whether there is another page."""
    if cursor is not None:
        position = read_cursor(cursor)
        rows = rows.where(sa.tuple_(at, id_) < sa.tuple_(sa.literal(position[0], at.type), sa.literal(position[1])))
    return rows.order_by(at.desc(), id_.desc()).limit(page_size(limit) + 1)


def page_size(limit: int) -> int:
    """`limit` within what one page may hold."""
    return max(1, min(limit, MOST_PER_PAGE))
