"""What callers left a message, so that it can be found and heard; with those that were left before."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import context, op

revision = "0019"
down_revision = "0018"

_TIME = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_AT_ONCE = 500


def upgrade() -> None:
    """Create the table, and write down what the traces of runs tell."""
    table = op.create_table(
        "voicemails",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("run_id", sa.String, nullable=False),
        sa.Column("flow", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("phone", sa.String, nullable=False),
        sa.Column("contact_name", sa.String, nullable=False),
        sa.Column("queue", sa.String, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("file", sa.String, nullable=False),
        sa.Column("kept_by", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_voicemails"),
    )
    op.create_index("ix_voicemails_run_id", "voicemails", ["run_id"])
    op.create_index("ix_voicemails_at_id", "voicemails", ["at", "id"])
    op.create_index("ix_voicemails_queue_at_id", "voicemails", ["queue", "at", "id"])
    if not context.is_offline_mode():
        _fill(table)


def _fill(table: sa.Table) -> None:
    for rows in _batches():
        left = {row["id"]: row for run in rows for row in _left_in(run)}
        if left:
            op.bulk_insert(table, list(left.values()))


def _batches() -> Iterator[list[Any]]:
    """The runs of calls in whose trace a message is, a few hundred at a time, in the order of their ids."""
    names = ("id", "flow", "version", "call_id", "phone", "contact", "trace")
    runs = sa.table("runs", *map(sa.column, names))
    texts = {name: sa.cast(runs.c[name], sa.Text) for name in ("contact", "trace")}
    wanted = sa.select(*(texts.get(name, runs.c[name]).label(name) for name in names))
    wanted = wanted.where(runs.c.call_id.is_not(None), texts["trace"].contains('"voicemail"'))
    last = ""
    while rows := op.get_bind().execute(wanted.where(runs.c.id > last).order_by(runs.c.id).limit(_AT_ONCE)).all():
        yield list(rows)
        last = rows[-1].id


def _left_in(run: Any) -> Iterator[dict[str, Any]]:
    contact, queue = json.loads(run.contact), ""
    for entry in json.loads(run.trace):
        detail = entry.get("detail", {})
        queue = detail.get("queue") or queue
        file = detail.get("file")
        if entry["type"] != "voicemail" or not file:
            continue
        yield {
            "id": file.removesuffix(".wav"),
            "at": _end_of(entry),
            "call_id": run.call_id,
            "run_id": run.id,
            "flow": run.flow,
            "version": run.version,
            "phone": run.phone,
            "contact_name": contact.get("name", ""),
            "queue": queue,
            "seconds": _seconds_of(detail, file),
            "file": file,
            "kept_by": "",
        }


def _end_of(entry: dict[str, Any]) -> Any:
    """When the step was left, as the database keeps times."""
    at = datetime.fromisoformat(entry["at"]) + timedelta(milliseconds=entry["ms"])
    return at.isoformat(timespec="microseconds") if op.get_bind().dialect.name == "sqlite" else at


def _seconds_of(detail: dict[str, Any], file: str) -> float:
    """How long it is, which the step keeps beside the file's name."""
    kept = detail.get("output", {})
    found = (kept.get(f"{name}_seconds") for name, value in kept.items() if value == file)
    return next((float(seconds) for seconds in found if isinstance(seconds, int | float)), 0.0)
