"""An index that finds the oldest entries, which are not kept for ever."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the index."""
    op.create_index("ix_entries_joined_at_id", "entries", ["joined_at", "id"])
