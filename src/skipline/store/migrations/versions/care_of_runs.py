"""What people did about runs that were parked, and indexes that find parked runs and those that are long over."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_TIME = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the table and the indexes."""
    op.create_table(
        "run_care",
        sa.Column("id", _COUNTER, nullable=False),
        sa.Column("run_id", sa.String, nullable=False),
        sa.Column("deed", sa.String, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("author", sa.String, server_default="", nullable=False),
        sa.Column("why", sa.Text, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_run_care"),
    )
    op.create_index("ix_run_care_run_id", "run_care", ["run_id"])
    _create_partial_index("ix_durable_runs_parked", ["id"], "status = 'parked'")
    _create_partial_index("ix_durable_runs_over", ["changed_at"], "due_at IS NULL")


def _create_partial_index(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, "durable_runs", columns, sqlite_where=condition, postgresql_where=condition)
