"""Drafts: for each flow at most one text that somebody is working on. Two people who work on the same one do not
overwrite each other, because a save names the revision it was made from."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from skipline.model.flow_version import FlowDraft
from skipline.store.errors import DraftChanged, DraftUnknown
from skipline.store.schema import flow_drafts, flows


def save(
    transaction: sa.Connection, flow: str, text: str, now: datetime, *, author: str = "", revision: int | None = None
) -> FlowDraft:
    """Keep `text` as the draft. `revision` is the one that was changed (0: there was none); None overwrites any.

    Raises `DraftChanged` when somebody else has saved meanwhile.
    """
    before = find(transaction, flow)
    _refuse_other(before, revision)
    draft = FlowDraft(
        flow=flow,
        text=text,
        based_on=before.based_on if before is not None else _live_version(transaction, flow),
        revision=before.revision + 1 if before is not None else 1,
        author=author,
        updated_at=now,
    )
    discard(transaction, flow)
    transaction.execute(sa.insert(flow_drafts).values(**_row(draft)))
    return draft


def find(transaction: sa.Connection, flow: str) -> FlowDraft | None:
    """The draft of a flow; None when there is none."""
    row = transaction.execute(sa.select(flow_drafts).where(flow_drafts.c.flow == flow)).mappings().one_or_none()
    return None if row is None else FlowDraft(**row)


def read(transaction: sa.Connection, flow: str) -> FlowDraft:
    """The draft of a flow. Raises `DraftUnknown`."""
    draft = find(transaction, flow)
    if draft is None:
        raise DraftUnknown(flow)
    return draft


def list_all(transaction: sa.Connection) -> tuple[FlowDraft, ...]:
    """Every draft, by the flows' keys."""
    rows = transaction.execute(sa.select(flow_drafts).order_by(flow_drafts.c.flow)).mappings()
    return tuple(FlowDraft(**row) for row in rows)


def discard(transaction: sa.Connection, flow: str, *, revision: int | None = None) -> None:
    """Drop the draft, if there is one. With `revision`, raises `DraftChanged` when it is another one by now."""
    if revision is not None:
        _refuse_other(find(transaction, flow), revision)
    transaction.execute(sa.delete(flow_drafts).where(flow_drafts.c.flow == flow))


def _refuse_other(draft: FlowDraft | None, revision: int | None) -> None:
    found = draft.revision if draft is not None else 0
    if revision is not None and revision != found:
        raise DraftChanged(found, draft.author if draft is not None else "")


def _live_version(transaction: sa.Connection, flow: str) -> int | None:
    return transaction.scalar(sa.select(flows.c.live_version).where(flows.c.flow == flow))


def _row(draft: FlowDraft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in FlowDraft.__struct_fields__}
