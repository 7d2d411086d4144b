"""What is an agent's own, for those who may touch nothing else."""

import sqlalchemy as sa

from skipline.model.ids import ContactId, ConversationId
from skipline.store import conversation_stays
from skipline.store.message_schema import conversations
from skipline.store.people_schema import users


def has_conversation(transaction: sa.Connection, agent: str, conversation: ConversationId) -> bool:
    """Whether an agent has a conversation, or is offered it."""
    shown = sa.select(conversations.c.id).where(conversations.c.id == conversation, conversations.c.agent == agent)
    if transaction.scalar(shown) is not None:
        return True
    stay = conversation_stays.present(transaction, conversation)
    return stay is not None and stay.agent == agent


def shut_out(transaction: sa.Connection) -> frozenset[str]:
    """The agents whose users are all disabled. Those who are nobody's have a phone and no user, and are not meant."""
    is_theirs = users.c.agent != ""
    there = set(transaction.scalars(sa.select(users.c.agent).where(is_theirs, users.c.disabled_at.is_(None))))
    gone = set(transaction.scalars(sa.select(users.c.agent).where(is_theirs, users.c.disabled_at.is_not(None))))
    return frozenset(gone - there)


def has_contact(transaction: sa.Connection, agent: str, contact: ContactId) -> bool:
    """Whether an agent has a conversation with a contact, or is offered one."""
    theirs = (conversations.c.contact_id == contact, conversations.c.agent == agent)
    if transaction.scalar(sa.select(conversations.c.id).where(*theirs).limit(1)) is not None:
        return True
    offered = [stay.conversation for stay in conversation_stays.offered_to(transaction, agent)]
    with_them = (conversations.c.contact_id == contact, conversations.c.id.in_(offered))
    return transaction.scalar(sa.select(conversations.c.id).where(*with_them).limit(1)) is not None
