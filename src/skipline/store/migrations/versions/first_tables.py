"""The first tables: configuration, flows, calls, runs, last known answers, secrets and API keys."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TIME = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    """Create every table; the order serves the foreign keys."""
    for noun in ("tiers", "trunks", "numbers", "sources", "tables"):
        _create_configuration_table(noun)
    _create_flows()
    _create_calls()
    _create_runs()
    _create_last_known()
    _create_access()


def _create_configuration_table(noun: str) -> None:
    op.create_table(
        noun,
        sa.Column("key", sa.String, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("body", _JSON, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name=f"pk_{noun}"),
    )


def _create_flows() -> None:
    op.create_table(
        "flows",
        sa.Column("flow", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("live_version", sa.Integer),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("flow", name="pk_flows"),
    )
    op.create_table(
        "flow_versions",
        sa.Column("flow", sa.String, nullable=False),
        sa.Column("version", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("numbers", _JSON, nullable=False),
        sa.Column("author", sa.String, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("flow", "version", name="pk_flow_versions"),
        sa.ForeignKeyConstraint(["flow"], ["flows.flow"], name="fk_flow_versions_flow"),
    )
    op.create_table(
        "live_numbers",
        sa.Column("number", sa.String, nullable=False),
        sa.Column("flow", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_live_numbers"),
        sa.ForeignKeyConstraint(["flow"], ["flows.flow"], name="fk_live_numbers_flow"),
    )
    op.create_index("ix_live_numbers_flow", "live_numbers", ["flow"])


def _create_calls() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("arrived_at", _TIME, nullable=False),
        sa.Column("phone", sa.String, nullable=False),
        sa.Column("body", _JSON, nullable=False),
        sa.Column("ended_at", _TIME),
        sa.Column("ended_by", sa.String),
        sa.Column("code", sa.Integer, server_default="0", nullable=False),
        sa.Column("reason", sa.Text, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
    )
    op.create_index("ix_calls_arrived_at_id", "calls", ["arrived_at", "id"])
    op.create_index("ix_calls_phone_arrived_at_id", "calls", ["phone", "arrived_at", "id"])
    _create_index_of_open("calls")
    op.create_table(
        "call_tries",
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("command", sa.String, nullable=False),
        sa.Column("position", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("body", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("call_id", "command", "position", name="pk_call_tries"),
    )


def _create_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("flow", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("call_id", sa.String),
        sa.Column("phone", sa.String, nullable=False),
        sa.Column("contact", _JSON, nullable=False),
        sa.Column("started_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME),
        sa.Column("outcome", sa.String),
        sa.Column("variables", _JSON, nullable=False),
        sa.Column("trace", _JSON, nullable=False),
        sa.Column("steps_taken", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_index("ix_runs_started_at_id", "runs", ["started_at", "id"])
    op.create_index("ix_runs_phone_started_at_id", "runs", ["phone", "started_at", "id"])
    op.create_index("ix_runs_outcome_started_at_id", "runs", ["outcome", "started_at", "id"])
    op.create_index("ix_runs_call_id", "runs", ["call_id"])
    _create_index_of_open("runs")


def _create_index_of_open(table: str) -> None:
    is_open = sa.text("ended_at IS NULL")
    op.create_index(f"ix_{table}_open", table, ["id"], sqlite_where=is_open, postgresql_where=is_open)


def _create_last_known() -> None:
    op.create_table(
        "last_known",
        sa.Column("source", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("value", _JSON),
        sa.Column("known_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("source", "key", name="pk_last_known"),
    )
    op.create_index("ix_last_known_known_at", "last_known", ["known_at"])


def _create_access() -> None:
    op.create_table(
        "secrets",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("ciphertext", sa.Text, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_secrets"),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("token_sha256", sa.String, nullable=False),
        sa.Column("hint", sa.String, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("revoked_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("token_sha256", name="uq_api_keys_token_sha256"),
    )
