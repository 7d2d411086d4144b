"""Tables of the audit."""

import sqlalchemy as sa

from skipline.store.columns import UtcTime
from skipline.store.metadata import metadata

audit_entries = sa.Table(
    "audit_entries",
    metadata,
    # Given by whoever appends, never by the database: numbers that a sequence gives have gaps.
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("deed", sa.String, nullable=False),
    sa.Column("who", sa.String, nullable=False),
    sa.Column("who_id", sa.String, nullable=False),
    sa.Column("role", sa.String, nullable=False),
    sa.Column("address", sa.String, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    # JSON as it was hashed, so that no database writes it otherwise.
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("hash", sa.String, nullable=False),
    sa.Index("ix_audit_entries_who", "who", "number"),
    sa.Index("ix_audit_entries_deed", "deed", "number"),
)

audit_ends = sa.Table(
    "audit_ends",
    metadata,
    # `newest`: the entry that the next one follows. `forgotten`: the newest of those that were kept long enough.
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.String, nullable=False),
)
