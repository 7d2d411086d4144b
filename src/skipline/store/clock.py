"""The database's own clock, which all who share the database agree on."""

from datetime import UTC, datetime

import sqlalchemy as sa

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When something is due that waits for a person or an event alone."""


def read_clock(transaction: sa.Connection) -> datetime:
    """The present, as the database knows it."""
    if transaction.dialect.name == "postgresql":
        present: datetime = transaction.scalar(sa.text("SELECT clock_timestamp()"))
        return present
    written = transaction.scalar(sa.text("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')"))
    return datetime.fromisoformat(str(written)).replace(tzinfo=UTC)
