"""How drafts of flows came about, revision by revision, so that people can edit one together."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_TIME = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "draft_changes",
        sa.Column("flow", sa.String, nullable=False),
        sa.Column("revision", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("author", sa.String, nullable=False),
        sa.Column("patches", sa.JSON(none_as_null=True)),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("flow", "revision", name="pk_draft_changes"),
    )
