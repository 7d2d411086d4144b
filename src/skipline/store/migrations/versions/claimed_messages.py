"""Which flow is started by which messages."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Create the table, and let versions of flows name what they claim."""
    op.add_column("flow_versions", sa.Column("claims", sa.JSON(none_as_null=True), server_default="[]", nullable=False))
    op.create_table(
        "live_claims",
        sa.Column("claim", sa.String, nullable=False),
        sa.Column("flow", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("claim", name="pk_live_claims"),
        sa.ForeignKeyConstraint(["flow"], ["flows.flow"], name="fk_live_claims_flow"),
    )
    op.create_index("ix_live_claims_flow", "live_claims", ["flow"])
