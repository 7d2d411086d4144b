"""Runs that outlive the process: the runs themselves, the events that wake them, and what they want done."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_TIME = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_FUNCTIONS = Path(__file__).parent.parent / "functions" / "run_store_1.sql"


def upgrade() -> None:
    """Create the tables and, on PostgreSQL, the functions that keep a batch to one round trip."""
    _create_durable_runs()
    _create_inbox()
    _create_outbox()
    if op.get_context().dialect.name == "postgresql":
        for statement in _FUNCTIONS.read_text("utf-8").split("$$;")[:-1]:
            op.execute(statement.replace(":=", r"\:=").replace("::", r"\:\:") + "$$")


def _create_durable_runs() -> None:
    op.create_table(
        "durable_runs",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("conversation", sa.String, nullable=False),
        sa.Column("flow", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("rev", sa.Integer, nullable=False),
        sa.Column("due_at", _TIME),
        sa.Column("owner", sa.String),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("problem", sa.Text, server_default="", nullable=False),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_durable_runs"),
        sa.ForeignKeyConstraint(
            ["flow", "version"], ["flow_versions.flow", "flow_versions.version"], name="fk_durable_runs_version"
        ),
    )
    _create_partial_index("ix_durable_runs_due_at", "durable_runs", ["due_at"], "due_at IS NOT NULL")
    _create_partial_index(
        "uq_durable_runs_live", "durable_runs", ["conversation"], "due_at IS NOT NULL", is_unique=True
    )


def _create_inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", _COUNTER, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("dedup", sa.String, nullable=False),
        sa.Column("conversation", sa.String, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("received_at", _TIME, nullable=False),
        sa.Column("run_id", sa.String),
        sa.Column("next_run", sa.String),
        sa.Column("next_flow", sa.String),
        sa.Column("next_version", sa.Integer),
        sa.Column("next_state", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("channel", "dedup", name="uq_inbox_channel_dedup"),
    )
    _create_partial_index("ix_inbox_open", "inbox", ["conversation", "id"], "run_id IS NULL")


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", _COUNTER, nullable=False),
        sa.Column("idem", sa.String, nullable=False),
        sa.Column("run_id", sa.String, nullable=False),
        sa.Column("conversation", sa.String, nullable=False),
        sa.Column("command", sa.Text, nullable=False),
        sa.Column("due_at", _TIME),
        sa.Column("owner", sa.String),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("problem", sa.Text, server_default="", nullable=False),
        sa.Column("settled_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("idem", name="uq_outbox_idem"),
    )
    _create_partial_index("ix_outbox_due_at", "outbox", ["due_at"], "due_at IS NOT NULL")
    _create_partial_index("ix_outbox_unsent", "outbox", ["run_id", "id"], "due_at IS NOT NULL")


def _create_partial_index(name: str, table: str, columns: list[str], where: str, *, is_unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=is_unique, sqlite_where=condition, postgresql_where=condition)
