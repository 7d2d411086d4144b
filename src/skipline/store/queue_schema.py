"""Tables of queues: who waited, who answered, and how several nodes share them."""

import sqlalchemy as sa

from skipline.store.columns import Counter, Json, UtcTime
from skipline.store.metadata import metadata

visits = sa.Table(
    "visits",
    metadata,
    # One entry's stay in one queue, which every report is computed from; it names no person.
    sa.Column("id", Counter, primary_key=True),
    sa.Column("entry", sa.String, nullable=False),
    sa.Column("queue", sa.String, nullable=False),
    sa.Column("tier", sa.String, nullable=False),
    sa.Column("medium", sa.String, nullable=False),
    sa.Column("target_seconds", sa.Float, nullable=False),
    sa.Column("joined_at", UtcTime, nullable=False),
    sa.Column("left_at", UtcTime, nullable=False),
    sa.Column("ended", sa.String, nullable=False),
    sa.Column("waited_seconds", sa.Float, nullable=False),
    sa.Column("credit_seconds", sa.Float, nullable=False),
    sa.Column("rang_seconds", sa.Float, nullable=False),
    sa.Column("agent", sa.String, nullable=False),
    sa.Column("talk_seconds", sa.Float, nullable=False),
    sa.Column("hold_seconds", sa.Float, nullable=False),
    sa.Column("wrap_up_seconds", sa.Float, nullable=False),
    sa.Column("overflowed_to", sa.String, nullable=False),
    sa.Column("offers", sa.Integer, nullable=False),
    sa.Column("misses", sa.Integer, nullable=False),
    sa.Column("was_transferred", sa.Boolean, nullable=False),
    sa.Column("is_call_back", sa.Boolean, nullable=False),
    sa.Column("estimate_seconds", sa.Float),
    sa.Column("estimate_low", sa.Float),
    sa.Column("estimate_high", sa.Float),
    sa.Column("call_id", sa.String, nullable=False),
    sa.Column("run_id", sa.String, nullable=False),
    sa.UniqueConstraint("entry", "queue", "left_at"),
    sa.Index(None, "joined_at", "id"),
    sa.Index(None, "queue", "joined_at", "id"),
)

agent_spells = sa.Table(
    "agent_spells",
    metadata,
    sa.Column("agent", sa.String, primary_key=True),
    sa.Column("began_at", UtcTime, primary_key=True),
    sa.Column("ended_at", UtcTime),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Index(None, "ended_at", "agent"),
)
sa.Index(
    "ix_agent_spells_open",
    agent_spells.c.agent,
    sqlite_where=agent_spells.c.ended_at.is_(None),
    postgresql_where=agent_spells.c.ended_at.is_(None),
)

entries = sa.Table(
    "entries",
    metadata,
    # One stay in queues with its reasons; a call-back waits here, because no call carries it.
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("queue", sa.String, nullable=False),
    sa.Column("phone", sa.String, nullable=False),
    sa.Column("joined_at", UtcTime, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("left_at", UtcTime),
    sa.Column("is_lost", sa.Boolean, nullable=False),
    sa.Column("body", Json, nullable=False),
    sa.Column("told", Json, nullable=False),
    sa.Column("call_back", Json),
    sa.Index(None, "joined_at", "id"),
    sa.Index(None, "phone", "joined_at", "id"),
)
sa.Index(
    "ix_entries_open",
    entries.c.id,
    sqlite_where=entries.c.left_at.is_(None),
    postgresql_where=entries.c.left_at.is_(None),
)
sa.Index(
    "ix_entries_lost",
    entries.c.left_at,
    sqlite_where=entries.c.is_lost,
    postgresql_where=entries.c.is_lost,
)

agent_pauses = sa.Table(
    "agent_pauses",
    metadata,
    # Agents who want no contacts; they mean it after a restart too.
    sa.Column("agent", sa.String, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("paused_at", UtcTime, nullable=False),
)

# Queues that several nodes share, on PostgreSQL: see `shared_queues`. Bodies are JSON that only Skipline reads.

queue_leaders = sa.Table(
    "queue_leaders",
    metadata,
    sa.Column("routing_group", sa.String, primary_key=True),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("node", sa.String, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("beat_at", UtcTime, nullable=False),
)

queue_nodes = sa.Table(
    "queue_nodes",
    metadata,
    sa.Column("node", sa.String, primary_key=True),
    sa.Column("routing_group", sa.String, nullable=False),
    sa.Column("beat_at", UtcTime, nullable=False),
    # The last of its events that a leader has taken.
    sa.Column("applied", sa.BigInteger, nullable=False, server_default="0"),
)

queue_events = sa.Table(
    "queue_events",
    metadata,
    sa.Column("id", Counter, primary_key=True),
    sa.Column("routing_group", sa.String, nullable=False),
    sa.Column("node", sa.String, nullable=False),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.UniqueConstraint("node", "number"),
)

queue_decisions = sa.Table(
    "queue_decisions",
    metadata,
    sa.Column("id", Counter, primary_key=True),
    sa.Column("routing_group", sa.String, nullable=False),
    sa.Column("node", sa.String, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index(None, "node", "id"),
)

queue_stays = sa.Table(
    "queue_stays",
    metadata,
    sa.Column("entry", sa.String, primary_key=True),
    sa.Column("routing_group", sa.String, nullable=False),
    sa.Column("node", sa.String, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)

queue_seats = sa.Table(
    "queue_seats",
    metadata,
    sa.Column("routing_group", sa.String, primary_key=True),
    sa.Column("agent", sa.String, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
)

queue_questions = sa.Table(
    "queue_questions",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("routing_group", sa.String, nullable=False),
    sa.Column("node", sa.String, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("answer", sa.Text),
)
