"""What flows note of their contacts for later: their tags."""

from collections.abc import Iterable

import sqlalchemy as sa

from skipline.model.contact import retagged
from skipline.model.ids import RunId
from skipline.store import contacts, conversations
from skipline.store.message_schema import contacts as contact_rows
from skipline.store.posting import NoConversation, written_by


def change(transaction: sa.Connection, run: RunId, add: Iterable[str], remove: Iterable[str]) -> None:
    """Put tags on the contact of a run's conversation, or take them off; doing it again changes nothing. Raises
    `NoConversation`."""
    id_, _, _ = written_by(transaction, run)
    conversation = conversations.read(transaction, id_)
    found = None if conversation is None else contacts.read_root(transaction, conversation.contact)
    if found is None:
        raise NoConversation(id_)
    # Two runs of one contact may do this at once: the second waits here, and reads what the first wrote.
    transaction.execute(sa.select(contact_rows.c.id).filter_by(id=found.id).with_for_update())
    present = contacts.read(transaction, found.id) or found
    after = retagged(present.tags, add, remove)
    if after != present.tags:
        contacts.update(transaction, found.id, tags=after)
