"""The audit: who did what, in one chain."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_TIME = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "audit_entries",
        sa.Column("number", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("deed", "who", "who_id", "role", "address")),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_entries"),
    )
    op.create_index("ix_audit_entries_who", "audit_entries", ["who", "number"])
    op.create_index("ix_audit_entries_deed", "audit_entries", ["deed", "number"])
    op.create_table(
        "audit_ends",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_audit_ends"),
    )
