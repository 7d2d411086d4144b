"""Every table, once, for every database; those of queues, messages, people and the audit have modules of their own. A
change here needs a migration beside it; a test compares the two.

Rows of calls and runs name each other without foreign keys: a record that could not be written (a full disk) must not
keep the next one from being written.
"""

import sqlalchemy as sa

from skipline.store.columns import Counter, Json, UtcTime
from skipline.store.metadata import metadata as metadata

NEWEST_REVISION = "0019"
"""The newest migration; known here so that a start with nothing to migrate need not load Alembic."""


def _configuration_table(name: str) -> sa.Table:
    """A noun of `skipline.yaml`: its key, its place in the file and its value as JSON, so that a new field with a
    default needs no migration."""
    return sa.Table(
        name,
        metadata,
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("updated_at", UtcTime, nullable=False),
    )


tiers = _configuration_table("tiers")
trunks = _configuration_table("trunks")
numbers = _configuration_table("numbers")
sources = _configuration_table("sources")
tables = _configuration_table("tables")
hours = _configuration_table("hours")
queues = _configuration_table("queues")
skills = _configuration_table("skills")
agents = _configuration_table("agents")
channels = _configuration_table("channels")

flows = sa.Table(
    "flows",
    metadata,
    sa.Column("flow", sa.String, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("live_version", sa.Integer),
    sa.Column("updated_at", UtcTime, nullable=False),
)

flow_versions = sa.Table(
    "flow_versions",
    metadata,
    sa.Column("flow", sa.String, sa.ForeignKey("flows.flow"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("sha256", sa.String, nullable=False),
    sa.Column("numbers", Json, nullable=False),
    sa.Column("author", sa.String, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    # Which messages are its own while it is live (`live_claims`); `numbers` is the same for calls.
    sa.Column("claims", Json, nullable=False, server_default="[]"),
)

flow_drafts = sa.Table(
    "flow_drafts",
    metadata,
    # Not a key of `flows`: a flow may be drawn long before its first publication.
    sa.Column("flow", sa.String, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("based_on", sa.Integer),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("author", sa.String, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
)

draft_changes = sa.Table(
    "draft_changes",
    metadata,
    # The newest revisions of a flow's drafts: how each came from the one before. Revisions count on when a draft is
    # gone, so that no editor takes a new draft for the one that it knows.
    sa.Column("flow", sa.String, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    # The sender's own name for it, empty: none.
    sa.Column("id", sa.String, nullable=False),
    sa.Column("author", sa.String, nullable=False),
    # NULL: the whole text was replaced.
    sa.Column("patches", Json),
    sa.Column("at", UtcTime, nullable=False),
)

flow_stories = sa.Table(
    "flow_stories",
    metadata,
    # One story file for each flow; not a key of `flows`, because stories may be told of a flow that is only begun.
    sa.Column("flow", sa.String, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("author", sa.String, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
)

live_numbers = sa.Table(
    "live_numbers",
    metadata,
    # The primary key is the promise that a number belongs to at most one published flow.
    sa.Column("number", sa.String, primary_key=True),
    sa.Column("flow", sa.String, sa.ForeignKey("flows.flow"), nullable=False, index=True),
)

live_claims = sa.Table(
    "live_claims",
    metadata,
    # The same promise for messages: an account's, on one channel, or those of them with a keyword.
    sa.Column("claim", sa.String, primary_key=True),
    sa.Column("flow", sa.String, sa.ForeignKey("flows.flow"), nullable=False, index=True),
)

calls = sa.Table(
    "calls",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("arrived_at", UtcTime, nullable=False),
    sa.Column("phone", sa.String, nullable=False),
    sa.Column("body", Json, nullable=False),
    sa.Column("ended_at", UtcTime),
    sa.Column("ended_by", sa.String),
    sa.Column("code", sa.Integer, nullable=False, server_default="0"),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    # The process that carries it, where several share a database.
    sa.Column("node", sa.String, nullable=False, server_default=""),
    sa.Index(None, "arrived_at", "id"),
    sa.Index(None, "phone", "arrived_at", "id"),
)
sa.Index(
    "ix_calls_open",
    calls.c.id,
    sqlite_where=calls.c.ended_at.is_(None),
    postgresql_where=calls.c.ended_at.is_(None),
)

call_tries = sa.Table(
    "call_tries",
    metadata,
    sa.Column("call_id", sa.String, primary_key=True),
    sa.Column("command", sa.String, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("body", Json, nullable=False),
)

voicemails = sa.Table(
    "voicemails",
    metadata,
    # What a caller left is found by this row; the sound is a file on the disk of the server that took the call.
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("call_id", sa.String, nullable=False),
    sa.Column("run_id", sa.String, nullable=False, index=True),
    sa.Column("flow", sa.String, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("phone", sa.String, nullable=False),
    sa.Column("contact_name", sa.String, nullable=False),
    # The queue that they waited in before; empty: none.
    sa.Column("queue", sa.String, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("file", sa.String, nullable=False),
    # The server and its folder; empty: it was left before this was written down.
    sa.Column("kept_by", sa.String, nullable=False),
    sa.Index(None, "at", "id"),
    sa.Index(None, "queue", "at", "id"),
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("flow", sa.String, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("call_id", sa.String),
    sa.Column("phone", sa.String, nullable=False),
    sa.Column("contact", Json, nullable=False),
    sa.Column("started_at", UtcTime, nullable=False),
    sa.Column("ended_at", UtcTime),
    sa.Column("outcome", sa.String),
    sa.Column("variables", Json, nullable=False),
    sa.Column("trace", Json, nullable=False),
    sa.Column("steps_taken", sa.Integer, nullable=False),
    # What started a run that serves no call.
    sa.Column("started_by", Json),
    sa.Index(None, "started_at", "id"),
    sa.Index(None, "phone", "started_at", "id"),
    sa.Index(None, "outcome", "started_at", "id"),
    sa.Index(None, "call_id"),
)
sa.Index("ix_runs_open", runs.c.id, sqlite_where=runs.c.ended_at.is_(None), postgresql_where=runs.c.ended_at.is_(None))

run_passages = sa.Table(
    "run_passages",
    metadata,
    # Which runs took a step, and left it how; `run_id` last, so that this key finds the runs of an exit.
    sa.Column("step", sa.String, primary_key=True),
    sa.Column("exit", sa.String, primary_key=True),
    sa.Column("run_id", sa.String, primary_key=True),
)

last_known = sa.Table(
    "last_known",
    metadata,
    sa.Column("source", sa.String, primary_key=True),
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("value", Json),
    sa.Column("known_at", UtcTime, nullable=False, index=True),
)

secrets = sa.Table(
    "secrets",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("ciphertext", sa.Text, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
)

api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("token_sha256", sa.String, nullable=False, unique=True),
    sa.Column("hint", sa.String, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("revoked_at", UtcTime),
    # Those of before there were roles did everything, and go on doing so.
    sa.Column("role", sa.String, nullable=False, server_default="admin"),
)

durable_runs = sa.Table(
    "durable_runs",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("conversation", sa.String, nullable=False),
    sa.Column("flow", sa.String, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("status", sa.String, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("rev", sa.Integer, nullable=False),
    # When somebody should look at this run: now, at its time-out, at the end of a lease; NULL when it is over.
    sa.Column("due_at", UtcTime),
    sa.Column("owner", sa.String),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("problem", sa.Text, nullable=False, server_default=""),
    sa.Column("changed_at", UtcTime, nullable=False),
    # A run ends on the version that it began on, so that version must be there as long as the run is.
    sa.ForeignKeyConstraint(
        ["flow", "version"], ["flow_versions.flow", "flow_versions.version"], name="fk_durable_runs_version"
    ),
)
_is_live = durable_runs.c.due_at.is_not(None)
sa.Index("ix_durable_runs_due_at", durable_runs.c.due_at, sqlite_where=_is_live, postgresql_where=_is_live)
sa.Index(
    "uq_durable_runs_live", durable_runs.c.conversation, unique=True, sqlite_where=_is_live, postgresql_where=_is_live
)
_is_parked = durable_runs.c.status == sa.literal_column("'parked'")
sa.Index("ix_durable_runs_parked", durable_runs.c.id, sqlite_where=_is_parked, postgresql_where=_is_parked)
_is_over = durable_runs.c.due_at.is_(None)
sa.Index("ix_durable_runs_over", durable_runs.c.changed_at, sqlite_where=_is_over, postgresql_where=_is_over)

run_care = sa.Table(
    "run_care",
    metadata,
    # What became of a parked run, and who did it (nobody: the run store itself).
    sa.Column("id", Counter, primary_key=True),
    sa.Column("run_id", sa.String, nullable=False, index=True),
    sa.Column("deed", sa.String, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("author", sa.String, nullable=False, server_default=""),
    sa.Column("why", sa.Text, nullable=False, server_default=""),
)

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("id", Counter, primary_key=True),
    sa.Column("channel", sa.String, nullable=False),
    sa.Column("dedup", sa.String, nullable=False),
    sa.Column("conversation", sa.String, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("received_at", UtcTime, nullable=False),
    # The run that used it; NULL while it waits for its turn, empty when nobody wanted it.
    sa.Column("run_id", sa.String),
    # The run that begins with this event, if its conversation's present one is over by then.
    sa.Column("next_run", sa.String),
    sa.Column("next_flow", sa.String),
    sa.Column("next_version", sa.Integer),
    sa.Column("next_state", sa.Text),
    sa.UniqueConstraint("channel", "dedup"),
)
_is_unused = inbox.c.run_id.is_(None)
sa.Index("ix_inbox_open", inbox.c.conversation, inbox.c.id, sqlite_where=_is_unused, postgresql_where=_is_unused)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", Counter, primary_key=True),
    # The command's id, which counts the commands of its run: carried out once, however often a turn was begun.
    sa.Column("idem", sa.String, nullable=False, unique=True),
    sa.Column("run_id", sa.String, nullable=False),
    sa.Column("conversation", sa.String, nullable=False),
    sa.Column("command", sa.Text, nullable=False),
    sa.Column("due_at", UtcTime),
    sa.Column("owner", sa.String),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("problem", sa.Text, nullable=False, server_default=""),
    sa.Column("settled_at", UtcTime),
)
_is_unsent = outbox.c.due_at.is_not(None)
sa.Index("ix_outbox_due_at", outbox.c.due_at, sqlite_where=_is_unsent, postgresql_where=_is_unsent)
sa.Index("ix_outbox_unsent", outbox.c.run_id, outbox.c.id, sqlite_where=_is_unsent, postgresql_where=_is_unsent)

schedules = sa.Table(
    "schedules",
    metadata,
    # A schedule of a published flow: how far its times are done with, and what became of them.
    sa.Column("flow", sa.String, primary_key=True),
    sa.Column("cron", sa.String, primary_key=True),
    sa.Column("zone", sa.String, primary_key=True),
    sa.Column("done_until", UtcTime, nullable=False),
    sa.Column("last_planned_at", UtcTime),
    sa.Column("last_run", sa.String, nullable=False, server_default=""),
    sa.Column("missed", sa.Integer, nullable=False, server_default="0"),
    sa.Column("last_missed_at", UtcTime),
)

webhook_deliveries = sa.Table(
    "webhook_deliveries",
    metadata,
    # The newest delivery of each webhook that was accepted, and the newest that was refused: a help in drawing.
    sa.Column("webhook", sa.String, primary_key=True),
    sa.Column("is_accepted", sa.Boolean, primary_key=True),
    sa.Column("received_at", UtcTime, nullable=False, index=True),
    sa.Column("body", Json, nullable=False),
)

from skipline.store import audit_schema as audit_schema  # noqa: E402
from skipline.store import message_schema as message_schema  # noqa: E402 - its tables belong to the same metadata
from skipline.store import people_schema as people_schema  # noqa: E402
from skipline.store import queue_schema as queue_schema  # noqa: E402
