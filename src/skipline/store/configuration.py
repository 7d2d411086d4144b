"""The company's configuration: each noun (tiers, trunks, hours and so on) is a table of JSON values by key.

Nothing is written that did not change, so applying the same workspace twice leaves every row as it was.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

from skipline.model.configuration import Account, Configuration, Hours, Number, Source, Table, Tier, Trunk
from skipline.model.queueing import Agent, Queue, Skill
from skipline.store import schema
from skipline.store.exclusion import exclude_others

Noun = Tier | Trunk | Number | Source | Table | Hours | Queue | Skill | Agent | Account
AnyNoun = TypeVar("AnyNoun", Tier, Trunk, Number, Source, Table, Hours, Queue, Skill, Agent, Account)

_TABLES: dict[type[Noun], sa.Table] = {
    Tier: schema.tiers,
    Trunk: schema.trunks,
    Number: schema.numbers,
    Source: schema.sources,
    Table: schema.tables,
    Hours: schema.hours,
    Queue: schema.queues,
    Skill: schema.skills,
    Agent: schema.agents,
    Account: schema.channels,
}


def key_of(value: Noun) -> str:
    """What a value is known by: a number by its E.164 form, all else by its name."""
    return value.number if isinstance(value, Number) else value.name


def read(transaction: sa.Connection) -> Configuration:
    """The whole configuration, each noun in its order."""
    return Configuration(
        tiers=read_all(transaction, Tier),
        trunks=read_all(transaction, Trunk),
        numbers=read_all(transaction, Number),
        sources=read_all(transaction, Source),
        tables=read_all(transaction, Table),
        hours=read_all(transaction, Hours),
        queues=read_all(transaction, Queue),
        skills=read_all(transaction, Skill),
        agents=read_all(transaction, Agent),
        channels=read_all(transaction, Account),
    )


def read_all(transaction: sa.Connection, noun: type[AnyNoun]) -> tuple[AnyNoun, ...]:
    """Every value of one noun, such as `Trunk`, in its order."""
    table = _TABLES[noun]
    bodies = transaction.scalars(sa.select(table.c.body).order_by(table.c.position, table.c.key))
    return tuple(msgspec.convert(body, noun) for body in bodies)


def replace(transaction: sa.Connection, configuration: Configuration, now: datetime) -> None:
    """Make the stored configuration equal to `configuration`, in this one transaction."""
    exclude_others(transaction)
    _replace_all(transaction, Tier, configuration.tiers, now)
    _replace_all(transaction, Trunk, configuration.trunks, now)
    _replace_all(transaction, Number, configuration.numbers, now)
    _replace_all(transaction, Source, configuration.sources, now)
    _replace_all(transaction, Table, configuration.tables, now)
    _replace_all(transaction, Hours, configuration.hours, now)
    _replace_all(transaction, Queue, configuration.queues, now)
    _replace_all(transaction, Skill, configuration.skills, now)
    _replace_all(transaction, Agent, configuration.agents, now)
    _replace_all(transaction, Account, configuration.channels, now)


def put(transaction: sa.Connection, value: Noun, now: datetime) -> None:
    """Add a value after the others of its noun, or change the one of its key in place."""
    exclude_others(transaction)
    table = _TABLES[type(value)]
    body = _body(value)
    changed = transaction.execute(
        sa.update(table).where(table.c.key == key_of(value)).values(body=body, updated_at=now)
    ).rowcount
    if not changed:
        last = transaction.scalar(sa.select(sa.func.coalesce(sa.func.max(table.c.position), -1)))
        row = {"key": key_of(value), "position": (last or 0) + 1, "body": body, "updated_at": now}
        transaction.execute(sa.insert(table).values(row))


def delete(transaction: sa.Connection, noun: type[Noun], key: str) -> bool:
    """Delete a value; whether there was one."""
    table = _TABLES[noun]
    return transaction.execute(sa.delete(table).where(table.c.key == key)).rowcount > 0


def _body(value: Noun) -> dict[str, Any]:
    """The value as it comes back from the database, so that the two can be compared."""
    body: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(value))
    return body


def _replace_all(transaction: sa.Connection, noun: type[Noun], values: Sequence[Noun], now: datetime) -> None:
    table = _TABLES[noun]
    wanted = {key_of(value): (place, _body(value)) for place, value in enumerate(values)}
    stored = {
        row.key: (row.position, row.body)
        for row in transaction.execute(sa.select(table.c.key, table.c.position, table.c.body))
    }
    changed = [key for key in stored if wanted.get(key) != stored[key]]
    if changed:
        transaction.execute(sa.delete(table).where(table.c.key == sa.bindparam("gone")), [{"gone": k} for k in changed])
    rows = [
        {"key": key, "position": place, "body": body, "updated_at": now}
        for key, (place, body) in wanted.items()
        if stored.get(key) != (place, body)
    ]
    if rows:
        transaction.execute(sa.insert(table), rows)
