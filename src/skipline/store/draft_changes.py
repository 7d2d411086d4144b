"""How drafts came about, revision by revision: what an editor needs that was away for a moment."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from skipline.model.flow_version import DraftChange, FlowDraft
from skipline.store.schema import draft_changes

MOST_KEPT = 500
"""Revisions of a flow that can be caught up with; who was away for longer opens the document again."""


def newest(transaction: sa.Connection, flow: str, draft: FlowDraft | None = None) -> int:
    """The newest revision that a flow's drafts came to; 0: it never had one."""
    known = sa.select(sa.func.max(draft_changes.c.revision)).where(draft_changes.c.flow == flow)
    return max(transaction.scalar(known) or 0, draft.revision if draft is not None else 0)


def add(transaction: sa.Connection, flow: str, change: DraftChange, now: datetime) -> None:
    """Write down how a revision came about; the oldest are forgotten."""
    row = {"flow": flow, "revision": change.revision, "id": change.id, "author": change.author}
    transaction.execute(sa.insert(draft_changes).values(**row, patches=change.patches, at=now))
    is_old = draft_changes.c.revision <= change.revision - MOST_KEPT
    transaction.execute(sa.delete(draft_changes).where(draft_changes.c.flow == flow, is_old))


def read_since(transaction: sa.Connection, flow: str, revision: int) -> tuple[DraftChange, ...] | None:
    """The changes after a revision, oldest first; None when one of them is not known any more."""
    its = (draft_changes.c.flow == flow) & (draft_changes.c.revision > revision)
    rows = transaction.execute(sa.select(draft_changes).where(its).order_by(draft_changes.c.revision)).all()
    if [row.revision for row in rows] != list(range(revision + 1, newest(transaction, flow) + 1)):
        return None
    return tuple(_change(row) for row in rows)


def read_newest(transaction: sa.Connection, flow: str) -> tuple[DraftChange, ...]:
    """All changes that are still known, newest first."""
    its = sa.select(draft_changes).where(draft_changes.c.flow == flow).order_by(draft_changes.c.revision.desc())
    return tuple(_change(row) for row in transaction.execute(its))


def find_sent(transaction: sa.Connection, flow: str, id_: str) -> int | None:
    """The revision that a change with this sender's name for it came to; None: it has not been sent before."""
    wanted = sa.select(draft_changes.c.revision).where(draft_changes.c.flow == flow, draft_changes.c.id == id_)
    return transaction.scalar(wanted) if id_ else None


def _change(row: Any) -> DraftChange:
    return DraftChange(revision=row.revision, author=row.author, id=row.id, patches=row.patches, at=row.at)
