"""Queues that several nodes share, and which node carries a call."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_TIME = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the column and create the tables."""
    op.add_column("calls", sa.Column("node", sa.String, server_default="", nullable=False))
    _create_who_leads()
    _create_what_passes()
    _create_what_is_kept()


def _create_who_leads() -> None:
    op.create_table(
        "queue_leaders",
        sa.Column("routing_group", sa.String, nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("node", sa.String, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("beat_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("routing_group", name="pk_queue_leaders"),
    )
    op.create_table(
        "queue_nodes",
        sa.Column("node", sa.String, nullable=False),
        sa.Column("routing_group", sa.String, nullable=False),
        sa.Column("beat_at", _TIME, nullable=False),
        sa.Column("applied", sa.BigInteger, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("node", name="pk_queue_nodes"),
    )


def _create_what_passes() -> None:
    op.create_table(
        "queue_events",
        sa.Column("id", _COUNTER, nullable=False),
        sa.Column("routing_group", sa.String, nullable=False),
        sa.Column("node", sa.String, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_queue_events"),
        sa.UniqueConstraint("node", "number", name="uq_queue_events_node_number"),
    )
    op.create_table(
        "queue_decisions",
        sa.Column("id", _COUNTER, nullable=False),
        sa.Column("routing_group", sa.String, nullable=False),
        sa.Column("node", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_queue_decisions"),
    )
    op.create_index("ix_queue_decisions_node_id", "queue_decisions", ["node", "id"])
    op.create_table(
        "queue_questions",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("routing_group", sa.String, nullable=False),
        sa.Column("node", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("answer", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_queue_questions"),
    )


def _create_what_is_kept() -> None:
    op.create_table(
        "queue_stays",
        sa.Column("entry", sa.String, nullable=False),
        sa.Column("routing_group", sa.String, nullable=False),
        sa.Column("node", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("entry", name="pk_queue_stays"),
    )
    op.create_table(
        "queue_seats",
        sa.Column("routing_group", sa.String, nullable=False),
        sa.Column("agent", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("routing_group", "agent", name="pk_queue_seats"),
    )
