"""People who sign in, their sessions and one-time links, tries that failed, and a role for each key."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_TIME = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    """Add the column and create the tables."""
    op.add_column("api_keys", sa.Column("role", sa.String, server_default="admin", nullable=False))
    op.create_table(
        "users",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("name_key", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("agent", sa.String, server_default="", nullable=False),
        sa.Column("password", sa.Text),
        sa.Column("code_secret", sa.Text),
        sa.Column("new_code_secret", sa.Text),
        sa.Column("code_step", sa.Integer, server_default="0", nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("disabled_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("name_key", name="uq_users_name_key"),
    )
    for name in ("sessions", "one_time_links"):
        started = (sa.Column("started_at", _TIME, nullable=False),) if name == "sessions" else ()
        op.create_table(
            name,
            sa.Column("token_sha256", sa.String, nullable=False),
            sa.Column("user_id", sa.String, nullable=False),
            sa.Column("needs_password", sa.Boolean, nullable=False),
            *started,
            sa.Column("expires_at", _TIME, nullable=False),
            sa.PrimaryKeyConstraint("token_sha256", name=f"pk_{name}"),
            sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=f"fk_{name}_user_id", ondelete="CASCADE"),
        )
        op.create_index(f"ix_{name}_user_id", name, ["user_id"])
    op.create_table(
        "sign_in_tries",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("last_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sign_in_tries"),
    )
