"""Which agents are on a break, so that a restart calls nobody back from theirs."""

from datetime import datetime

import msgspec
import sqlalchemy as sa

from skipline.store.queue_schema import agent_pauses
from skipline.store.statements import load_statements

_PAUSES = load_statements("agent_pauses", agent_pauses)


class Pause(msgspec.Struct, frozen=True, kw_only=True):
    """An agent wants no contacts, since when and why."""

    agent: str
    reason: str
    paused_at: datetime


def begin(transaction: sa.Connection, pause: Pause) -> None:
    """An agent is on a break from now on, or for another reason than before."""
    _PAUSES["pause"].write(transaction, [msgspec.structs.asdict(pause)])


def end(transaction: sa.Connection, agent: str) -> None:
    """An agent is back; harmless when they were."""
    transaction.execute(sa.delete(agent_pauses).where(agent_pauses.c.agent == agent))


def read(transaction: sa.Connection) -> tuple[Pause, ...]:
    """Everybody who is on a break, by name."""
    rows = transaction.execute(sa.select(agent_pauses).order_by(agent_pauses.c.agent))
    return tuple(Pause(agent=row.agent, reason=row.reason, paused_at=row.paused_at) for row in rows)
