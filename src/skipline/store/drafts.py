"""Drafts: for each flow at most one text that somebody is working on. Two people who work on the same one do not
overwrite each other, because a save names the revision it was made from."""

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from skipline.model.flow_version import DraftChange, FlowDraft, FlowUnderWork
from skipline.store import draft_changes, stories
from skipline.store.errors import DraftChanged, DraftUnknown, FlowPublished
from skipline.store.exclusion import exclude_others
from skipline.store.schema import flow_drafts, flow_versions, flows


def save(
    transaction: sa.Connection,
    flow: str,
    text: str,
    now: datetime,
    *,
    author: str = "",
    revision: int | None = None,
    change: DraftChange | None = None,
) -> FlowDraft:
    """Keep `text` as the draft. `revision` is the one that was changed (0: there was none); None overwrites any.
    `change` tells how it came about, when it is not the whole text that was replaced.

    Raises `DraftChanged` when somebody else has saved meanwhile.
    """
    exclude_others(transaction, "drafts")
    before = find(transaction, flow)
    _refuse_other(before, revision)
    draft = FlowDraft(
        flow=flow,
        text=text,
        based_on=before.based_on if before is not None else _live_version(transaction, flow),
        revision=draft_changes.newest(transaction, flow, before) + 1,
        author=author,
        updated_at=now,
    )
    discard(transaction, flow)
    transaction.execute(sa.insert(flow_drafts).values(**_row(draft)))
    kept = change or DraftChange(revision=draft.revision, author=author)
    draft_changes.add(transaction, flow, msgspec.structs.replace(kept, revision=draft.revision), now)
    return draft


def save_patched(
    transaction: sa.Connection, under_work: FlowUnderWork, text: str, now: datetime, change: DraftChange
) -> FlowDraft:
    """Keep what patches made of `under_work`. Raises `DraftChanged` when that is not what is under work any more."""
    exclude_others(transaction, "drafts")
    found = find_under_work(transaction, under_work.flow)
    if found is None or found != under_work:
        raise DraftChanged(found.revision if found is not None else 0, "")
    return save(transaction, under_work.flow, text, now, author=change.author, change=change)


def take_back(transaction: sa.Connection, flow: str, now: datetime, *, author: str = "", revision: int | None) -> bool:
    """Drop the draft as `discard` does, and let those who have it open know; whether there was one."""
    exclude_others(transaction, "drafts")
    before = find(transaction, flow)
    discard(transaction, flow, revision=revision)
    if before is not None:
        number = draft_changes.newest(transaction, flow, before) + 1
        draft_changes.add(transaction, flow, DraftChange(revision=number, author=author), now)
    return before is not None


def delete_begun(
    transaction: sa.Connection, flow: str, now: datetime, *, author: str = "", revision: int | None
) -> bool:
    """Drop a flow that was never published: its draft and its stories; whether there was one. Raises `FlowPublished`
    when it has versions, and `DraftChanged` as `discard` does."""
    if transaction.scalar(sa.select(sa.func.count()).where(flow_versions.c.flow == flow)):
        raise FlowPublished(flow)
    was_there = take_back(transaction, flow, now, author=author, revision=revision)
    if was_there:
        stories.discard(transaction, flow)
    return was_there


def find_under_work(transaction: sa.Connection, flow: str) -> FlowUnderWork | None:
    """What an editor opens; None when there is neither a draft nor a version of this flow."""
    draft, live = find(transaction, flow), _live_version(transaction, flow)
    newest = sa.select(sa.func.max(flow_versions.c.version)).where(flow_versions.c.flow == flow)
    shown = live if live is not None else transaction.scalar(newest)
    if draft is None and shown is None:
        return None
    its = (flow_versions.c.flow == flow) & (flow_versions.c.version == shown)
    text = draft.text if draft is not None else transaction.scalar(sa.select(flow_versions.c.text).where(its))
    return FlowUnderWork(
        flow=flow,
        text=text or "",
        revision=draft_changes.newest(transaction, flow, draft),
        based_on=draft.based_on if draft is not None else shown,
        live_version=live,
        has_draft=draft is not None,
    )


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
