"""The audit's chain: entries are appended in one order, whichever node they come from, and never changed.

Each entry has the next number and the SHA-256 of itself with the hash of the one before. So who changes, removes or
swaps entries has to write all later ones anew, and then the newest hash is not the one that was noted elsewhere.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

import msgspec
import sqlalchemy as sa

from skipline.model.audit import AuditEntry, AuditRow, Deed
from skipline.store.audit_schema import audit_ends as ends
from skipline.store.audit_schema import audit_entries as rows
from skipline.store.errors import CursorUnreadable
from skipline.store.exclusion import exclude_others
from skipline.store.paging import page_size

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

BEGINNING = "0" * 64
"""What the first entry follows."""
NEWEST, FORGOTTEN = "newest", "forgotten"
_LONGEST = 500
"""Signs of a name, an address or a thing that are kept: strangers choose some of them."""


def append(transaction: sa.Connection, entry: AuditEntry) -> int:
    """Put an entry at the end of the chain; gives its number. Others wait until this transaction has ended, so it
    belongs at a work's end."""
    exclude_others(transaction, "audit")
    number, before = read_end(transaction, NEWEST)
    row = _row_of(number + 1, entry)
    row["hash"] = hash_of(before, row)
    transaction.execute(sa.insert(rows).values(row))
    _keep_end(transaction, NEWEST, number + 1, row["hash"])
    return number + 1


def told(
    entry: AuditEntry | None, work: Callable[Concatenate[sa.Connection, Arguments], Result]
) -> Callable[Concatenate[sa.Connection, Arguments], Result]:
    """A work that does the same and appends `entry` in the same transaction; nothing is appended when it says by
    False that there was nothing to do, or without an entry."""

    def both(transaction: sa.Connection, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        result = work(transaction, *args, **kwargs)
        if entry is not None and result is not False:
            append(transaction, entry)
        return result

    return both


def find(
    transaction: sa.Connection,
    *,
    who: str | None = None,
    deed: Deed | None = None,
    after: datetime | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> tuple[tuple[AuditRow, ...], str | None]:
    """Entries that are all that is asked for, newest first, and the cursor of the page after. Raises
    `CursorUnreadable`."""
    wanted = sa.select(rows).order_by(rows.c.number.desc()).limit(page_size(limit) + 1)
    if who is not None:
        wanted = wanted.where(sa.or_(rows.c.who == who, rows.c.who_id == who))
    if deed is not None:
        wanted = wanted.where(rows.c.deed == deed.value)
    if after is not None:
        wanted = wanted.where(rows.c.at > after)
    if cursor is not None:
        wanted = wanted.where(rows.c.number < _read_cursor(cursor))
    found = [_read_row(one) for one in transaction.execute(wanted)]
    page = tuple(found[: page_size(limit)])
    return page, str(page[-1].number) if len(found) > len(page) else None


def forget(transaction: sa.Connection, before: datetime, now: datetime) -> int:
    """Let go of the entries that are from before a time, oldest first; gives how many. What was let go of is told by an
    entry, and the chain goes on from the last one."""
    exclude_others(transaction, "audit")
    young = transaction.scalar(sa.select(sa.func.min(rows.c.number)).where(rows.c.at >= before))
    newest, _ = read_end(transaction, NEWEST)
    last = (newest if young is None else young - 1) if newest else 0
    hash_ = transaction.scalar(sa.select(rows.c.hash).where(rows.c.number == last))
    if hash_ is None:
        return 0
    gone = transaction.execute(sa.delete(rows).where(rows.c.number <= last)).rowcount
    _keep_end(transaction, FORGOTTEN, last, hash_)
    append(transaction, AuditEntry(at=now, deed=Deed.AUDIT_FORGOTTEN, about=f"up to entry {last}"))
    return gone


def read_end(transaction: sa.Connection, name: str) -> tuple[int, str]:
    """The number and hash of an end of the chain."""
    row = transaction.execute(sa.select(ends.c.number, ends.c.hash).where(ends.c.name == name)).one_or_none()
    return (0, BEGINNING) if row is None else (row.number, row.hash)


def hash_of(before: str, row: dict[str, Any]) -> str:
    """The hash of a row of the table that follows one of the hash `before`."""
    at = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    told = [row[name] for name in ("deed", "who", "who_id", "role", "address", "about", "detail")]
    return hashlib.sha256(msgspec.json.encode([before, row["number"], at, *told])).hexdigest()


def _keep_end(transaction: sa.Connection, name: str, number: int, hash_: str) -> None:
    values = {"number": number, "hash": hash_}
    if not transaction.execute(sa.update(ends).where(ends.c.name == name).values(values)).rowcount:
        transaction.execute(sa.insert(ends).values(name=name, **values))


def _row_of(number: int, entry: AuditEntry) -> dict[str, Any]:
    detail = msgspec.json.encode(entry.detail, order="sorted").decode()
    texts = {name: _clean(getattr(entry, name)) for name in ("who", "who_id", "role", "address", "about")}
    return {"number": number, "at": entry.at, "deed": entry.deed.value, "detail": detail, **texts}


def _clean(text: str) -> str:
    """As every database can keep it."""
    return text.replace("\0", "")[:_LONGEST].encode("utf-8", "replace").decode()


def _read_row(row: sa.Row[Any]) -> AuditRow:
    entry = AuditEntry(
        at=row.at,
        deed=Deed(row.deed),
        who=row.who,
        who_id=row.who_id,
        role=row.role,
        address=row.address,
        about=row.about,
        detail=msgspec.json.decode(row.detail),
    )
    return AuditRow(number=row.number, entry=entry, hash=row.hash)


def _read_cursor(cursor: str) -> int:
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:
        raise CursorUnreadable
    return int(cursor)
