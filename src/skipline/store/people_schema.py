"""Tables of those who sign in, and of how they do."""

import sqlalchemy as sa

from skipline.store.columns import UtcTime
from skipline.store.metadata import metadata

users = sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    # The name as it is compared: nobody is to be taken for somebody whose name differs in capitals alone.
    sa.Column("name_key", sa.String, nullable=False, unique=True),
    sa.Column("role", sa.String, nullable=False),
    sa.Column("agent", sa.String, nullable=False, server_default=""),
    # An argon2id hash in its usual writing; NULL: by a link alone.
    sa.Column("password", sa.Text),
    # The secret of their codes as the vault closed it, and the one that they have not shown a code of yet.
    sa.Column("code_secret", sa.Text),
    sa.Column("new_code_secret", sa.Text),
    # The time step of the newest code that was taken: no code opens twice.
    sa.Column("code_step", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("disabled_at", UtcTime),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_sha256", sa.String, primary_key=True),
    sa.Column("user_id", sa.String, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("needs_password", sa.Boolean, nullable=False),
    sa.Column("started_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
    sa.Index("ix_sessions_user_id", "user_id"),
)

one_time_links = sa.Table(
    "one_time_links",
    metadata,
    sa.Column("token_sha256", sa.String, primary_key=True),
    sa.Column("user_id", sa.String, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("needs_password", sa.Boolean, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
    sa.Index("ix_one_time_links_user_id", "user_id"),
)

sign_in_tries = sa.Table(
    "sign_in_tries",
    metadata,
    # `account NAME` or `network ADDRESS`.
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("last_at", UtcTime, nullable=False),
)
