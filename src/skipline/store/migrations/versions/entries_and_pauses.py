"""Entries with their reasons, call-backs among them, and who is on a break."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_TIME = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "entries",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("queue", sa.String, nullable=False),
        sa.Column("phone", sa.String, nullable=False),
        sa.Column("joined_at", _TIME, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("left_at", _TIME),
        sa.Column("is_lost", sa.Boolean, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("told", sa.JSON, nullable=False),
        sa.Column("call_back", sa.JSON),
        sa.PrimaryKeyConstraint("id", name="pk_entries"),
    )
    op.create_index("ix_entries_phone_joined_at_id", "entries", ["phone", "joined_at", "id"])
    is_open, is_lost = sa.text("left_at IS NULL"), sa.text("is_lost")
    op.create_index("ix_entries_open", "entries", ["id"], sqlite_where=is_open, postgresql_where=is_open)
    op.create_index("ix_entries_lost", "entries", ["left_at"], sqlite_where=is_lost, postgresql_where=is_lost)
    op.create_table(
        "agent_pauses",
        sa.Column("agent", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("paused_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("agent", name="pk_agent_pauses"),
    )
