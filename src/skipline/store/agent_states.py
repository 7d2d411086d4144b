"""What agents did when: their states as stretches of time, each begun by an event and ended by the next."""

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from skipline.model.queue_events import AgentChanged
from skipline.model.queueing import AgentSpell, AgentState
from skipline.store.queue_schema import agent_spells
from skipline.store.statements import load_statements

_SPELLS = load_statements("agent_spells", agent_spells)
AT_ONCE = 250


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Spells in no order that matters; `position` is where the next batch begins, None: that is all."""

    spells: tuple[AgentSpell, ...]
    position: tuple[datetime, str] | None = None


def change(transaction: sa.Connection, changed: AgentChanged) -> None:
    """Write down that an agent's state is another one; told again it changes nothing."""
    row = {"agent": changed.agent, "began_at": changed.at, "state": changed.state.value, "reason": changed.reason}
    _SPELLS["close"].write(transaction, [row])
    _SPELLS["open"].write(transaction, [row])


def close_all(transaction: sa.Connection, at: datetime) -> int:
    """End every spell that goes on: nobody was watching the agents any more. Gives how many there were."""
    is_open = agent_spells.c.ended_at.is_(None)
    return transaction.execute(sa.update(agent_spells).where(is_open).values(ended_at=at)).rowcount


def read_batch(
    transaction: sa.Connection,
    began_at: datetime,
    until: datetime,
    *,
    agent: str | None = None,
    position: tuple[datetime, str] | None = None,
    limit: int = AT_ONCE,
) -> Batch:
    """Spells that lie, with a part at least, between the two times: the first, or the next ones after `position`."""
    of_agent = sa.true() if agent is None else agent_spells.c.agent == agent
    wanted = sa.select(agent_spells).where(agent_spells.c.began_at < until, of_agent)
    over = transaction.execute(
        wanted.where(agent_spells.c.ended_at > began_at, _follows(position)).order_by(*_ORDER).limit(limit)
    ).all()
    if len(over) == limit:
        return Batch(spells=tuple(map(_spell, over)), position=(over[-1].ended_at, over[-1].agent))
    # Few and small: at most one for each agent.
    goes_on = transaction.execute(wanted.where(agent_spells.c.ended_at.is_(None))).all()
    return Batch(spells=tuple(map(_spell, [*over, *goes_on])))


_ORDER = (agent_spells.c.ended_at, agent_spells.c.agent)


def _follows(position: tuple[datetime, str] | None) -> sa.ColumnElement[bool]:
    if position is None:
        return sa.true()
    at, agent = position
    return sa.tuple_(*_ORDER) > sa.tuple_(sa.literal(at, agent_spells.c.ended_at.type), sa.literal(agent))


def _spell(row: sa.Row[Any]) -> AgentSpell:
    return AgentSpell(
        agent=row.agent,
        state=AgentState(row.state),
        began_at=row.began_at,
        ended_at=row.ended_at,
        reason=row.reason,
    )
