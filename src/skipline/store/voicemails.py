"""Who left a message, when, and in which file. The files are on the disk of the server that took the call."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, TypedDict

import msgspec
import sqlalchemy as sa

from skipline.model.ids import CallId, RunId, VoicemailId
from skipline.model.record import VoicemailPage, VoicemailRecord
from skipline.store.paging import newest_first, page_size, write_cursor
from skipline.store.schema import voicemails
from skipline.store.statements import load_statements

_STATEMENTS = load_statements("voicemails", voicemails)


class Wanted(TypedDict, total=False):
    """Voicemails that are all of this; what is left out or None does not matter. `contact` is a part of a number or
    name, `queues` those that the caller may have waited in."""

    contact: str | None
    queue: str | None
    queues: Collection[str] | None
    flow: str | None
    run: RunId | None
    left_after: datetime | None
    left_before: datetime | None


_Condition = sa.ColumnElement[bool]
_CONDITIONS: dict[str, Callable[[Any], _Condition]] = {
    "contact": lambda part: _is_called(part),
    "queue": lambda queue: voicemails.c.queue == queue,
    "queues": lambda queues: voicemails.c.queue.in_(list(queues)),
    "flow": lambda flow: voicemails.c.flow == flow,
    "run": lambda run: voicemails.c.run_id == run,
    "left_after": lambda at: voicemails.c.at > at,
    "left_before": lambda at: voicemails.c.at < at,
}


def keep(transaction: sa.Connection, left: VoicemailRecord, kept_by: str) -> None:
    """Write down that a caller left a message, and which server has it; told again it changes nothing."""
    row = msgspec.structs.asdict(left)
    row |= {"call_id": row.pop("call"), "run_id": row.pop("run"), "kept_by": kept_by}
    _STATEMENTS["keep"].write(transaction, [row])


def find(transaction: sa.Connection, wanted: Wanted, *, cursor: str | None = None, limit: int = 50) -> VoicemailPage:
    """Voicemails that are all that is wanted, newest first; `cursor` is the `next_cursor` of the page before. Raises
    `CursorUnreadable`."""
    conditions = [_CONDITIONS[name](value) for name, value in wanted.items() if value is not None]
    asked = sa.select(voicemails).where(*conditions)
    rows = transaction.execute(newest_first(asked, voicemails.c.at, voicemails.c.id, cursor=cursor, limit=limit)).all()
    page = rows[: page_size(limit)]
    next_cursor = write_cursor(page[-1].at, page[-1].id) if len(rows) > len(page) else None
    return VoicemailPage(voicemails=tuple(map(_record, page)), next_cursor=next_cursor)


def read(transaction: sa.Connection, voicemail: VoicemailId) -> VoicemailRecord | None:
    """One voicemail; None when there is none."""
    row = transaction.execute(sa.select(voicemails).where(voicemails.c.id == voicemail)).one_or_none()
    return None if row is None else _record(row)


def forget(transaction: sa.Connection, voicemail: VoicemailId) -> bool:
    """Delete what is written down of a voicemail; false: there was nothing."""
    return transaction.execute(sa.delete(voicemails).where(voicemails.c.id == voicemail)).rowcount > 0


def _is_called(part: str) -> _Condition:
    name = voicemails.c.contact_name.icontains(part, autoescape=True)
    return sa.or_(voicemails.c.phone.contains(part, autoescape=True), name)


def _record(row: sa.Row[Any]) -> VoicemailRecord:
    return VoicemailRecord(
        id=VoicemailId(row.id),
        at=row.at,
        call=CallId(row.call_id),
        run=RunId(row.run_id),
        flow=row.flow,
        version=row.version,
        phone=row.phone,
        contact_name=row.contact_name,
        queue=row.queue,
        seconds=row.seconds,
        file=row.file,
        kept_by=row.kept_by,
    )
