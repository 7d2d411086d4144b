"""Which agents are signed in for messages, so that a restart signs nobody out."""

from datetime import datetime

import sqlalchemy as sa

from skipline.store.message_schema import agent_desks
from skipline.store.statements import load_statements

_DESKS = load_statements("agent_desks", agent_desks)


def sign_in(transaction: sa.Connection, agent: str, now: datetime) -> None:
    """An agent takes conversations from now on; harmless when they did."""
    _DESKS["sign_in"].write(transaction, [{"agent": agent, "signed_in_at": now}])


def sign_out(transaction: sa.Connection, agent: str) -> None:
    """An agent takes no conversations any more; harmless when they did not."""
    transaction.execute(sa.delete(agent_desks).where(agent_desks.c.agent == agent))


def read(transaction: sa.Connection) -> tuple[str, ...]:
    """Everybody who is signed in, by name."""
    return tuple(transaction.scalars(sa.select(agent_desks.c.agent).order_by(agent_desks.c.agent)))
