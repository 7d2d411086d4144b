"""Runs that a webhook or a schedule starts: what started them, how far schedules are, and the newest deliveries."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TIME = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    """Add the column and create the tables."""
    op.add_column("runs", sa.Column("started_by", _JSON))
    op.create_table(
        "schedules",
        sa.Column("flow", sa.String, nullable=False),
        sa.Column("cron", sa.String, nullable=False),
        sa.Column("zone", sa.String, nullable=False),
        sa.Column("done_until", _TIME, nullable=False),
        sa.Column("last_planned_at", _TIME),
        sa.Column("last_run", sa.String, server_default="", nullable=False),
        sa.Column("missed", sa.Integer, server_default="0", nullable=False),
        sa.Column("last_missed_at", _TIME),
        sa.PrimaryKeyConstraint("flow", "cron", "zone", name="pk_schedules"),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("webhook", sa.String, nullable=False),
        sa.Column("is_accepted", sa.Boolean, nullable=False),
        sa.Column("received_at", _TIME, nullable=False),
        sa.Column("body", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("webhook", "is_accepted", name="pk_webhook_deliveries"),
    )
    op.create_index("ix_webhook_deliveries_received_at", "webhook_deliveries", ["received_at"])
