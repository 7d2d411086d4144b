"""Drafts of flows, and by which steps and exits runs went, so that runs can be found by their path."""

import json
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import context, op

revision = "0004"
down_revision = "0003"

_TIME = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_AT_ONCE = 500


def upgrade() -> None:
    """Create the tables, and write down the passages of the runs there are."""
    op.create_table(
        "flow_drafts",
        sa.Column("flow", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("based_on", sa.Integer),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("author", sa.String, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("flow", name="pk_flow_drafts"),
    )
    passages = op.create_table(
        "run_passages",
        sa.Column("step", sa.String, nullable=False),
        sa.Column("exit", sa.String, nullable=False),
        sa.Column("run_id", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("step", "exit", "run_id", name="pk_run_passages"),
    )
    if not context.is_offline_mode():
        _fill(passages)


def _fill(passages: sa.Table) -> None:
    for rows in _batches():
        found = {(entry["step"], entry["exit"], run) for run, trace in rows for entry in _entries(trace)}
        if found:
            op.bulk_insert(passages, [{"step": step, "exit": exit_, "run_id": run} for step, exit_, run in found])


def _batches() -> Iterator[list[tuple[str, object]]]:
    """The runs there are, a few hundred at a time, in the order of their ids."""
    runs = sa.table("runs", sa.column("id"), sa.column("trace"))
    last = ""
    while rows := op.get_bind().execute(_after(runs, last)).all():
        yield [(row.id, row.trace) for row in rows]
        last = rows[-1].id


def _after(runs: sa.TableClause, last: str) -> sa.Select[tuple[str, object]]:
    wanted = sa.select(runs.c.id, sa.cast(runs.c.trace, sa.Text).label("trace"))
    return wanted.where(runs.c.id > last).order_by(runs.c.id).limit(_AT_ONCE)


def _entries(trace: object) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = json.loads(trace) if isinstance(trace, str) else []
    return entries or []
