"""Whose conversation a run is in, as a queue needs to know it."""

from typing import NamedTuple

import sqlalchemy as sa

from skipline.model.ids import ConversationId, RunId
from skipline.store import contacts, conversations
from skipline.store.posting import NoConversation, written_by


class Thread(NamedTuple):
    """A run's conversation: `key` is its name among all that runs can have."""

    conversation: ConversationId
    key: str
    contact_name: str
    contact_phone: str


def thread_of(transaction: sa.Connection, run: RunId) -> Thread:
    """The conversation of a run, and who it is with. Raises `NoConversation`."""
    id_, key, _ = written_by(transaction, run)
    found = conversations.read(transaction, id_)
    if found is None:
        raise NoConversation(id_)
    contact = contacts.read_root(transaction, found.contact)
    address = contacts.find_address(transaction, found.account, found.channel, found.provider_id)
    names = [one.name for one in (contact, address) if one is not None and one.name]
    phones = [one.phone for one in (contact, address) if one is not None and one.phone]
    return Thread(id_, key, next(iter(names), ""), next(iter(phones), ""))
