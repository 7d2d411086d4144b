"""Contacts, conversations and messages."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_TIME = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_JSON = sa.JSON(none_as_null=True)
_IS_DUE = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    """Create the tables."""
    _create_people()
    _create_conversations()
    _create_traffic()


def _create_people() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("name", sa.String, server_default="", nullable=False),
        sa.Column("phone", sa.String, server_default="", nullable=False),
        sa.Column("language", sa.String, server_default="", nullable=False),
        sa.Column("tags", _JSON, nullable=False),
        sa.Column("tier", sa.String, server_default="", nullable=False),
        sa.Column("merged_into", sa.String, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
    )
    op.create_index("ix_contacts_created_at_id", "contacts", ["created_at", "id"])
    op.create_index("ix_contacts_merged_into", "contacts", ["merged_into"])
    op.create_index("ix_contacts_phone", "contacts", ["phone"])
    op.create_table(
        "contact_changes",
        sa.Column("id", _COUNTER, nullable=False),
        sa.Column("contact_id", sa.String, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("deed", sa.String, nullable=False),
        sa.Column("author", sa.String, server_default="", nullable=False),
        sa.Column("body", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contact_changes"),
    )
    op.create_index("ix_contact_changes_contact_id", "contact_changes", ["contact_id"])
    op.create_table(
        "addresses",
        sa.Column("account", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("provider_id", sa.String, nullable=False),
        sa.Column("contact_id", sa.String, nullable=False),
        sa.Column("phone", sa.String, server_default="", nullable=False),
        sa.Column("name", sa.String, server_default="", nullable=False),
        sa.Column("first_seen_at", _TIME, nullable=False),
        sa.Column("opted_out_at", _TIME),
        sa.PrimaryKeyConstraint("account", "channel", "provider_id", name="pk_addresses"),
    )
    op.create_index("ix_addresses_contact_id", "addresses", ["contact_id"])
    op.create_index("ix_addresses_phone", "addresses", ["phone"])


def _create_conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("contact_id", sa.String, nullable=False),
        sa.Column("account", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("provider_id", sa.String, nullable=False),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("agent", sa.String, server_default="", nullable=False),
        sa.Column("entry", sa.String, server_default="", nullable=False),
        sa.Column("window_ends_at", _TIME),
        sa.Column("last_message_at", _TIME),
        sa.Column("last_received_at", _TIME),
        sa.Column("paused_until", _TIME),
        sa.Column("closed_at", _TIME),
        sa.Column("unread", sa.Integer, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.UniqueConstraint("account", "channel", "provider_id", name="uq_conversations_account_channel_provider_id"),
    )
    op.create_index("ix_conversations_agent_last_message_at_id", "conversations", ["agent", "last_message_at", "id"])
    op.create_index("ix_conversations_contact_id", "conversations", ["contact_id"])
    op.create_index("ix_conversations_last_message_at_id", "conversations", ["last_message_at", "id"])
    op.create_index("ix_conversations_state_last_message_at_id", "conversations", ["state", "last_message_at", "id"])
    op.create_table(
        "messages",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("conversation_id", sa.String, nullable=False),
        sa.Column("direction", sa.String, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("position", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("account", sa.String, nullable=False),
        sa.Column("provider_id", sa.String),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("text", sa.Text, server_default="", nullable=False),
        sa.Column("author", sa.String, server_default="", nullable=False),
        sa.Column("state", sa.String),
        sa.Column("problem", sa.Text, server_default="", nullable=False),
        sa.Column("body", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("account", "provider_id", name="uq_messages_account_provider_id"),
    )
    op.create_index("ix_messages_conversation_id_at_position", "messages", ["conversation_id", "at", "position"])
    op.create_table(
        "media_files",
        sa.Column("message_id", sa.String, nullable=False),
        sa.Column("position", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("account", sa.String, nullable=False),
        sa.Column("attachment", _JSON, nullable=False),
        sa.Column("body", _JSON, nullable=False),
        sa.Column("due_at", _TIME),
        sa.Column("attempts", sa.Integer, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("message_id", "position", name="pk_media_files"),
    )
    op.create_index("ix_media_files_due_at", "media_files", ["due_at"], sqlite_where=_IS_DUE, postgresql_where=_IS_DUE)
    op.create_table(
        "conversation_stays",
        sa.Column("entry", sa.String, nullable=False),
        sa.Column("conversation_id", sa.String, nullable=False),
        sa.Column("node", sa.String, server_default="", nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("body", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("entry", name="pk_conversation_stays"),
    )
    op.create_index("ix_conversation_stays_node_state", "conversation_stays", ["node", "state"])
    op.create_index("ix_conversation_stays_conversation_id", "conversation_stays", ["conversation_id"])
    op.create_table(
        "agent_desks",
        sa.Column("agent", sa.String, nullable=False),
        sa.Column("signed_in_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("agent", name="pk_agent_desks"),
    )
    op.create_table(
        "canned_replies",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("language", sa.String, server_default="", nullable=False),
        sa.Column("author", sa.String, server_default="", nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_canned_replies"),
    )


def _create_traffic() -> None:
    op.create_table(
        "channels",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("body", _JSON, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_channels"),
    )
    op.create_table(
        "channel_deliveries",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("account", sa.String, nullable=False),
        sa.Column("received_at", _TIME, nullable=False),
        sa.Column("headers", _JSON, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_channel_deliveries"),
    )
    op.create_index("ix_channel_deliveries_account_received_at", "channel_deliveries", ["account", "received_at"])
    op.create_index("ix_channel_deliveries_received_at_id", "channel_deliveries", ["received_at", "id"])
    op.create_table(
        "channel_events",
        sa.Column("id", _COUNTER, nullable=False),
        sa.Column("account", sa.String, nullable=False),
        sa.Column("dedup", sa.String, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("received_at", _TIME, nullable=False),
        sa.Column("delivery_id", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("due_at", _TIME),
        sa.Column("owner", sa.String),
        sa.Column("attempts", sa.Integer, server_default="0", nullable=False),
        sa.Column("problem", sa.Text, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_channel_events"),
        sa.UniqueConstraint("account", "dedup", name="uq_channel_events_account_dedup"),
    )
    op.create_index(
        "ix_channel_events_address",
        "channel_events",
        ["account", "address", "at"],
        sqlite_where=_IS_DUE,
        postgresql_where=_IS_DUE,
    )
    op.create_index(
        "ix_channel_events_due_at", "channel_events", ["due_at"], sqlite_where=_IS_DUE, postgresql_where=_IS_DUE
    )
    op.create_index("ix_channel_events_account_id", "channel_events", ["account", "id"])
    op.create_index("ix_channel_events_received_at", "channel_events", ["received_at"])
    op.create_table(
        "sendings",
        sa.Column("id", _COUNTER, nullable=False),
        sa.Column("message_id", sa.String, nullable=False),
        sa.Column("conversation_id", sa.String, nullable=False),
        sa.Column("account", sa.String, nullable=False),
        sa.Column("command", _JSON),
        sa.Column("body", _JSON, nullable=False),
        sa.Column("due_at", _TIME),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("owner", sa.String),
        sa.Column("attempts", sa.Integer, server_default="0", nullable=False),
        sa.Column("begun_at", _TIME),
        sa.Column("problem", sa.Text, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sendings"),
        sa.UniqueConstraint("message_id", name="uq_sendings_message_id"),
    )
    op.create_index("ix_sendings_due_at", "sendings", ["due_at"], sqlite_where=_IS_DUE, postgresql_where=_IS_DUE)
    op.create_index(
        "ix_sendings_unsent", "sendings", ["conversation_id", "id"], sqlite_where=_IS_DUE, postgresql_where=_IS_DUE
    )
