"""The database's own clock, which all who share the database agree on."""

from datetime import UTC, datetime

import sqlalchemy as sa

from skipline.store.prepared import Prepared

_ON_A_SERVER = Prepared(sa.select(sa.func.clock_timestamp().label("present")))
_IN_A_FOLDER = Prepared(sa.select(sa.func.strftime("%Y-%m-%dT%H:%M:%f", "now").label("present")))

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When something is due that waits for a person or an event alone."""


def read_clock(transaction: sa.Connection) -> datetime:
    """The present, as the database knows it."""
    if transaction.dialect.name == "postgresql":
        present: datetime = _ON_A_SERVER.value(transaction)
        return present
    return datetime.fromisoformat(_IN_A_FOLDER.value(transaction)).replace(tzinfo=UTC)
