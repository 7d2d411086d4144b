"""Queues, skills and agents, nouns of the configuration like the others."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_TIME = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    """Create the three tables."""
    for noun in ("queues", "skills", "agents"):
        op.create_table(
            noun,
            sa.Column("key", sa.String, nullable=False),
            sa.Column("position", sa.Integer, nullable=False),
            sa.Column("body", sa.JSON(none_as_null=True), nullable=False),
            sa.Column("updated_at", _TIME, nullable=False),
            sa.PrimaryKeyConstraint("key", name=f"pk_{noun}"),
        )
