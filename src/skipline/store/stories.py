"""Stories that are kept with flows: for each flow at most one story file."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
import sqlalchemy as sa

from skipline.model.flow_version import FlowStories
from skipline.store.errors import StoriesChanged
from skipline.store.exclusion import exclude_others
from skipline.store.schema import flow_stories


def find(transaction: sa.Connection, flow: str) -> FlowStories | None:
    """The stories of a flow; None when none are kept."""
    row = transaction.execute(sa.select(flow_stories).where(flow_stories.c.flow == flow)).mappings().one_or_none()
    return None if row is None else FlowStories(**row)


def read_texts(transaction: sa.Connection) -> dict[str, str]:
    """The story file of each flow that has one, by the flows' keys."""
    rows = transaction.execute(sa.select(flow_stories.c.flow, flow_stories.c.text).order_by(flow_stories.c.flow))
    return {row.flow: row.text for row in rows}


def save_texts(transaction: sa.Connection, texts: Mapping[str, str], now: datetime, *, author: str = "") -> None:
    """Keep these texts, by the flows' keys, as they stand in a workspace; what is kept so already stays untouched."""
    before = read_texts(transaction) if texts else {}
    for flow, text in texts.items():
        if before.get(flow) != text:
            save(transaction, flow, text, now, author=author)


def save(
    transaction: sa.Connection, flow: str, text: str, now: datetime, *, author: str = "", revision: int | None = None
) -> FlowStories:
    """Keep `text` as the flow's story file. `revision` is the one that was changed (0: there was none); None overwrites
    any. Raises `StoriesChanged` when somebody else has saved meanwhile."""
    exclude_others(transaction, "stories")
    before = _found_at(transaction, flow, revision)
    kept = FlowStories(flow=flow, text=text, revision=before + 1, author=author, updated_at=now)
    _remove(transaction, flow)
    transaction.execute(sa.insert(flow_stories).values(**msgspec.structs.asdict(kept)))
    return kept


def discard(transaction: sa.Connection, flow: str, *, revision: int | None = None) -> None:
    """Drop the stories of a flow, if there are any. Raises as `save` does."""
    exclude_others(transaction, "stories")
    _found_at(transaction, flow, revision)
    _remove(transaction, flow)


def _found_at(transaction: sa.Connection, flow: str, revision: int | None) -> int:
    kept = find(transaction, flow)
    found = kept.revision if kept is not None else 0
    if revision is not None and revision != found:
        raise StoriesChanged(found)
    return found


def _remove(transaction: sa.Connection, flow: str) -> None:
    transaction.execute(sa.delete(flow_stories).where(flow_stories.c.flow == flow))
