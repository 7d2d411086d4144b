"""What reports are computed from: stays in queues, and what agents spent their time on."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_TIME = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create both tables."""
    _create_visits()
    _create_agent_spells()


def _create_visits() -> None:
    op.create_table(
        "visits",
        sa.Column("id", _COUNTER, nullable=False),
        sa.Column("entry", sa.String, nullable=False),
        sa.Column("queue", sa.String, nullable=False),
        sa.Column("tier", sa.String, nullable=False),
        sa.Column("medium", sa.String, nullable=False),
        sa.Column("target_seconds", sa.Float, nullable=False),
        sa.Column("joined_at", _TIME, nullable=False),
        sa.Column("left_at", _TIME, nullable=False),
        sa.Column("ended", sa.String, nullable=False),
        sa.Column("waited_seconds", sa.Float, nullable=False),
        sa.Column("credit_seconds", sa.Float, nullable=False),
        sa.Column("rang_seconds", sa.Float, nullable=False),
        sa.Column("agent", sa.String, nullable=False),
        sa.Column("talk_seconds", sa.Float, nullable=False),
        sa.Column("hold_seconds", sa.Float, nullable=False),
        sa.Column("wrap_up_seconds", sa.Float, nullable=False),
        sa.Column("overflowed_to", sa.String, nullable=False),
        sa.Column("offers", sa.Integer, nullable=False),
        sa.Column("misses", sa.Integer, nullable=False),
        sa.Column("was_transferred", sa.Boolean, nullable=False),
        sa.Column("is_call_back", sa.Boolean, nullable=False),
        sa.Column("estimate_seconds", sa.Float),
        sa.Column("estimate_low", sa.Float),
        sa.Column("estimate_high", sa.Float),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("run_id", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visits"),
        sa.UniqueConstraint("entry", "queue", "left_at", name="uq_visits_entry_queue_left_at"),
    )
    op.create_index("ix_visits_joined_at_id", "visits", ["joined_at", "id"])
    op.create_index("ix_visits_queue_joined_at_id", "visits", ["queue", "joined_at", "id"])


def _create_agent_spells() -> None:
    op.create_table(
        "agent_spells",
        sa.Column("agent", sa.String, nullable=False),
        sa.Column("began_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("reason", sa.Text, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("agent", "began_at", name="pk_agent_spells"),
    )
    op.create_index("ix_agent_spells_ended_at_agent", "agent_spells", ["ended_at", "agent"])
    is_open = sa.text("ended_at IS NULL")
    op.create_index("ix_agent_spells_open", "agent_spells", ["agent"], sqlite_where=is_open, postgresql_where=is_open)
