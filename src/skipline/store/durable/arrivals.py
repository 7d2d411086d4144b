"""What became of an event that arrived."""

import sqlalchemy as sa

from skipline.model.ids import RunId
from skipline.store.schema import inbox


def find_run(transaction: sa.Connection, channel: str, dedup: str) -> RunId | None:
    """The run that an event began or woke, or that will begin with it; None when there is none, or it is forgotten."""
    wanted = sa.select(inbox.c.run_id, inbox.c.next_run).where(inbox.c.channel == channel, inbox.c.dedup == dedup)
    row = transaction.execute(wanted).one_or_none()
    found = (row.run_id or row.next_run) if row is not None else None
    return RunId(found) if found else None
