"""An index that finds the oldest messages, which are not kept for ever."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Create the index."""
    op.create_index("ix_messages_at_id", "messages", ["at", "id"])
