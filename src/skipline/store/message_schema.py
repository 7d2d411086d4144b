"""The tables of contacts, conversations and messages. A change here needs a migration beside it; a test compares the
two."""

import sqlalchemy as sa

from skipline.store.columns import Counter, Json, UtcTime
from skipline.store.metadata import metadata

contacts = sa.Table(
    "contacts",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("name", sa.String, nullable=False, server_default=""),
    sa.Column("phone", sa.String, nullable=False, server_default=""),
    sa.Column("language", sa.String, nullable=False, server_default=""),
    sa.Column("tags", Json, nullable=False),
    sa.Column("tier", sa.String, nullable=False, server_default=""),
    # Who they turned out to be; their addresses and conversations stay theirs, so that it can be undone.
    sa.Column("merged_into", sa.String, nullable=False, server_default=""),
    sa.Index(None, "phone"),
    sa.Index(None, "merged_into"),
    sa.Index(None, "created_at", "id"),
)

contact_changes = sa.Table(
    "contact_changes",
    metadata,
    # Merges, their undoing, and opt-outs: who did what and why.
    sa.Column("id", Counter, primary_key=True),
    sa.Column("contact_id", sa.String, nullable=False, index=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("deed", sa.String, nullable=False),
    sa.Column("author", sa.String, nullable=False, server_default=""),
    sa.Column("body", Json, nullable=False),
)

addresses = sa.Table(
    "addresses",
    metadata,
    sa.Column("account", sa.String, primary_key=True),
    sa.Column("channel", sa.String, primary_key=True),
    sa.Column("provider_id", sa.String, primary_key=True),
    sa.Column("contact_id", sa.String, nullable=False, index=True),
    sa.Column("phone", sa.String, nullable=False, server_default=""),
    sa.Column("name", sa.String, nullable=False, server_default=""),
    sa.Column("first_seen_at", UtcTime, nullable=False),
    sa.Column("opted_out_at", UtcTime),
    sa.Index(None, "phone"),
)

conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("contact_id", sa.String, nullable=False, index=True),
    sa.Column("account", sa.String, nullable=False),
    sa.Column("channel", sa.String, nullable=False),
    sa.Column("provider_id", sa.String, nullable=False),
    sa.Column("opened_at", UtcTime, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("agent", sa.String, nullable=False, server_default=""),
    sa.Column("entry", sa.String, nullable=False, server_default=""),
    sa.Column("window_ends_at", UtcTime),
    sa.Column("last_message_at", UtcTime),
    sa.Column("last_received_at", UtcTime),
    sa.Column("paused_until", UtcTime),
    sa.Column("closed_at", UtcTime),
    sa.Column("unread", sa.Integer, nullable=False, server_default="0"),
    # The promise that there is one, however many messages arrive at once.
    sa.UniqueConstraint("account", "channel", "provider_id"),
    sa.Index(None, "state", "last_message_at", "id"),
    sa.Index(None, "agent", "last_message_at", "id"),
    sa.Index(None, "last_message_at", "id"),
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("conversation_id", sa.String, nullable=False),
    sa.Column("direction", sa.String, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    # The order in which we came to know of messages of one instant.
    sa.Column("position", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("account", sa.String, nullable=False),
    sa.Column("provider_id", sa.String),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("text", sa.Text, nullable=False, server_default=""),
    sa.Column("author", sa.String, nullable=False, server_default=""),
    sa.Column("state", sa.String),
    sa.Column("problem", sa.Text, nullable=False, server_default=""),
    # The rest, which is only ever read whole: `conversation.Message`.
    sa.Column("body", Json, nullable=False),
    sa.UniqueConstraint("account", "provider_id"),
    sa.Index(None, "conversation_id", "at", "position"),
    # The oldest, which are not kept for ever.
    sa.Index(None, "at", "id"),
)

media_files = sa.Table(
    "media_files",
    metadata,
    sa.Column("message_id", sa.String, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    # What the provider told of it (`messaging.Attachment`), and what became of it (`conversation.MediaRecord`).
    sa.Column("account", sa.String, nullable=False),
    sa.Column("attachment", Json, nullable=False),
    sa.Column("body", Json, nullable=False),
    sa.Column("due_at", UtcTime),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
)
_is_unfetched = media_files.c.due_at.is_not(None)
sa.Index("ix_media_files_due_at", media_files.c.due_at, sqlite_where=_is_unfetched, postgresql_where=_is_unfetched)

channel_deliveries = sa.Table(
    "channel_deliveries",
    metadata,
    # What a provider sent, byte for byte. It is here before the provider hears that we have it.
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("account", sa.String, nullable=False),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Column("headers", Json, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Index(None, "account", "received_at"),
    sa.Index(None, "received_at", "id"),
)

channel_events = sa.Table(
    "channel_events",
    metadata,
    # One row for each thing that a delivery told, told apart by its key however often it is delivered.
    sa.Column("id", Counter, primary_key=True),
    sa.Column("account", sa.String, nullable=False),
    sa.Column("dedup", sa.String, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Column("delivery_id", sa.String, nullable=False),
    # Events of one address are handled in their order; empty: they concern nobody.
    sa.Column("address", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    # When it is to be handled: after a small hold, later again after a failure; NULL when it is done.
    sa.Column("due_at", UtcTime),
    sa.Column("owner", sa.String),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("problem", sa.Text, nullable=False, server_default=""),
    sa.UniqueConstraint("account", "dedup"),
    sa.Index(None, "account", "id"),
)
_is_unhandled = channel_events.c.due_at.is_not(None)
sa.Index(
    "ix_channel_events_due_at", channel_events.c.due_at, sqlite_where=_is_unhandled, postgresql_where=_is_unhandled
)
sa.Index(
    "ix_channel_events_address",
    channel_events.c.account,
    channel_events.c.address,
    channel_events.c.at,
    sqlite_where=_is_unhandled,
    postgresql_where=_is_unhandled,
)
sa.Index("ix_channel_events_received_at", channel_events.c.received_at)

sendings = sa.Table(
    "sendings",
    metadata,
    # A message of ours on its way to the provider. Its message's id is our reference in the request.
    sa.Column("id", Counter, primary_key=True),
    sa.Column("message_id", sa.String, nullable=False, unique=True),
    sa.Column("conversation_id", sa.String, nullable=False),
    sa.Column("account", sa.String, nullable=False),
    # The run's command that this carries out and who waits for it; empty when a person wrote it.
    sa.Column("command", Json),
    sa.Column("body", Json, nullable=False),
    sa.Column("due_at", UtcTime),
    sa.Column("expires_at", UtcTime, nullable=False),
    sa.Column("owner", sa.String),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    # Set before the request leaves: after a crash nobody knows whether the provider took it.
    sa.Column("begun_at", UtcTime),
    sa.Column("problem", sa.Text, nullable=False, server_default=""),
)
_is_unsent = sendings.c.due_at.is_not(None)
sa.Index("ix_sendings_due_at", sendings.c.due_at, sqlite_where=_is_unsent, postgresql_where=_is_unsent)
sa.Index(
    "ix_sendings_unsent",
    sendings.c.conversation_id,
    sendings.c.id,
    sqlite_where=_is_unsent,
    postgresql_where=_is_unsent,
)

conversation_stays = sa.Table(
    "conversation_stays",
    metadata,
    # A conversation that waits in a queue or is with an agent, as it must be known after a restart, until the queues
    # have closed its entry and its run has heard of it. One that is handed on has another entry beside the old one.
    sa.Column("entry", sa.String, primary_key=True),
    sa.Column("conversation_id", sa.String, nullable=False, index=True),
    sa.Column("node", sa.String, nullable=False, server_default=""),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("body", Json, nullable=False),
    sa.Index(None, "node", "state"),
)

agent_desks = sa.Table(
    "agent_desks",
    metadata,
    # Who is signed in for messages; a restart signs nobody out.
    sa.Column("agent", sa.String, primary_key=True),
    sa.Column("signed_in_at", UtcTime, nullable=False),
)

canned_replies = sa.Table(
    "canned_replies",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("language", sa.String, nullable=False, server_default=""),
    sa.Column("author", sa.String, nullable=False, server_default=""),
    sa.Column("updated_at", UtcTime, nullable=False),
)
