"""Queues that several nodes share on one PostgreSQL: what passes between them, and what the one that leads keeps.

1. A node tells its events in `queue_events`, each with a number of its own, so that one told twice is taken once.
2. The leader takes them, and writes down in one statement what became of entries and agents, how far it came with each
   node, and its decisions, each for the node that carries the entry. That statement does nothing when the epoch is not
   the leader's own any more: whoever believes to lead and does not, decides nothing that anybody hears of.
3. Nodes take their decisions in the order of their numbers.
4. The lock on an advisory key says who leads, and is gone with its connection. A leader that keeps the connection and
   does nothing is cut off.

They speak to the driver itself, as `durable.postgres` does. Errors are `TROUBLES`.
"""

import zlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import asyncpg
import msgspec

from skipline.model.ids import EntryId
from skipline.store.postgres import connect_settings, server_url
from skipline.store.postgres_driver import load_queries

CHANNEL = "skipline_queues"
TROUBLES = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
MOST_AT_ONCE = 512

_SQL = load_queries("shared_queues")
_LOCK_SPACE = 0x51C0
_KEEPALIVE = {"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "2", "tcp_keepalives_count": "3"}
"""A leader's machine may vanish without a word; its lock must not outlive it for long."""


class Told(msgspec.Struct, frozen=True):
    """An event that waits for the leader."""

    id: int
    node: str
    number: int
    body: bytes


class Batch(msgspec.Struct, kw_only=True):
    """What a leader writes at once. `events` are rows of `queue_events` that are done with, `applied` how far each node
    is; `stays` maps an entry to its node and body, `decisions` are for a node each, in their order."""

    events: list[int] = msgspec.field(default_factory=list)
    applied: dict[str, int] = msgspec.field(default_factory=dict)
    left: list[EntryId] = msgspec.field(default_factory=list)
    stays: dict[EntryId, tuple[str, str]] = msgspec.field(default_factory=dict)
    seats: dict[str, str] = msgspec.field(default_factory=dict)
    decisions: list[tuple[str, str]] = msgspec.field(default_factory=list)


class KeptQueues(msgspec.Struct, frozen=True):
    """What the leader before kept: (node, stay) pairs, seats, and how far it came with each node."""

    stays: tuple[tuple[str, str], ...]
    seats: tuple[str, ...]
    applied: dict[str, int]


async def connect(url: str) -> Any:
    """A connection of its own, for a leader's lock or for listening."""
    server = server_url(url)
    _, place = server.get_dialect()().create_connect_args(server)
    settings = connect_settings()
    settings["server_settings"] = {**settings["server_settings"], **_KEEPALIVE}
    return await asyncpg.connect(**{**place, **settings})


def lock_key(group: str) -> int:
    """The advisory key of a routing group."""
    return zlib.crc32(group.encode()) & 0x7FFFFFFF


async def try_lock(connection: Any, group: str) -> bool:
    """Whether the connection has the lock of a group from now on."""
    is_ours: bool = await connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", _LOCK_SPACE, lock_key(group))
    return is_ours


async def unseat(connection: Any, group: str, silence: timedelta) -> bool:
    """Cut off a leader that was silent for this long; whether there was one. Needs the same database user."""
    key = lock_key(group)
    rows = await _SQL["unseat"].ask(connection, routing_group=group, space=_LOCK_SPACE, key=key, silence=silence)
    return any(row["is_cut"] for row in rows)


async def take_lead(connection: Any, group: str, node: str) -> int:
    """Lead from now on; gives the epoch. Only for whoever has the lock."""
    rows = await _SQL["take_lead"].ask(connection, routing_group=group, node=node)
    return int(rows[0]["epoch"])


async def keep_lead(connection: Any, group: str, epoch: int) -> bool:
    """Say that the leader is at work; false when it leads no more."""
    return bool(await _SQL["keep_lead"].ask(connection, routing_group=group, epoch=epoch))


async def read_kept(connection: Any, group: str) -> KeptQueues:
    """Everything that the leader before kept."""
    stays = await _SQL["stays"].ask(connection, routing_group=group)
    seats = await _SQL["seats"].ask(connection, routing_group=group)
    applied = await _SQL["applied"].ask(connection, routing_group=group)
    return KeptQueues(
        tuple((row["node"], row["body"]) for row in stays),
        tuple(row["body"] for row in seats),
        {row["node"]: row["applied"] for row in applied},
    )


async def commit(connection: Any, group: str, epoch: int, node: str, batch: Batch) -> list[int] | None:
    """Write a leader's batch; gives the numbers of its decisions, or None when another one leads by now."""
    stays, decisions = batch.stays, batch.decisions
    rows = await _SQL["commit"].ask(
        connection,
        routing_group=group,
        epoch=epoch,
        events=batch.events,
        nodes=list(batch.applied),
        numbers=list(batch.applied.values()),
        left=batch.left,
        entries=list(stays),
        entry_nodes=[one for one, _ in stays.values()],
        stays=[body for _, body in stays.values()],
        agents=list(batch.seats),
        seats=list(batch.seats.values()),
        decision_nodes=[one for one, _ in decisions],
        decisions=[body for _, body in decisions],
        others=sorted({one for one, _ in decisions} - {node}),
    )
    return list(rows[0]["ids"] or ()) if rows[0]["held"] else None


async def told(connection: Any, group: str) -> list[Told]:
    """Events that wait for the leader, some hundreds at most."""
    rows = await _SQL["told"].ask(connection, routing_group=group, most=MOST_AT_ONCE)
    return [Told(row["id"], row["node"], row["number"], row["body"].encode()) for row in rows]


async def silent_nodes(connection: Any, group: str, silence: timedelta) -> list[str]:
    """Nodes that have not been heard of for this long."""
    return [row["node"] for row in await _SQL["silent"].ask(connection, routing_group=group, silence=silence)]


async def give_up(connection: Any, group: str, epoch: int, node: str) -> None:
    """Forget a node; the leader inherits what it had to write down."""
    await _SQL["give_up"].ask(connection, routing_group=group, epoch=epoch, node=node)


async def beat(connection: Any, group: str, node: str) -> bool:
    """Say that a node is at work; true when nobody knew it, or not any more."""
    rows = await _SQL["beat"].ask(connection, routing_group=group, node=node)
    return bool(rows[0]["is_new"])


async def tell(connection: Any, group: str, node: str, events: Sequence[tuple[int, str]]) -> None:
    """Have a node's events wait for the leader."""
    numbers, bodies = [number for number, _ in events], [body for _, body in events]
    await _SQL["tell"].ask(connection, routing_group=group, node=node, numbers=numbers, bodies=bodies)


async def decisions(connection: Any, node: str, after: int) -> list[tuple[int, str]]:
    """What a node has to carry out next, some hundreds at most."""
    rows = await _SQL["decisions"].ask(connection, node=node, after=after, most=MOST_AT_ONCE)
    return [(row["id"], row["body"]) for row in rows]


async def forget_decisions(connection: Any, node: str, until: int) -> None:
    """A node has carried its decisions out, up to this one."""
    await _SQL["forget_decisions"].ask(connection, node=node, until=until)


async def ask(connection: Any, group: str, node: str, id_: str, body: str) -> None:
    """Have a question wait for the leader."""
    await _SQL["ask"].ask(connection, routing_group=group, node=node, id=id_, body=body)


async def questions(connection: Any, group: str) -> list[tuple[str, str]]:
    """What the leader is asked."""
    rows = await _SQL["questions"].ask(connection, routing_group=group, most=MOST_AT_ONCE)
    return [(row["id"], row["body"]) for row in rows]


async def answer(connection: Any, answers: Sequence[tuple[str, str]]) -> None:
    """The leader's answers."""
    await _SQL["answer"].ask(connection, ids=[one for one, _ in answers], answers=[body for _, body in answers])


async def take_answers(connection: Any, node: str) -> list[tuple[str, str]]:
    """The answers to a node's questions."""
    return [(row["id"], row["answer"]) for row in await _SQL["answers"].ask(connection, node=node)]


async def drop_question(connection: Any, id_: str) -> None:
    """Nobody waits for this answer any more."""
    await _SQL["drop_question"].ask(connection, id=id_)


async def notify(connection: Any, word: str) -> None:
    """Tell every node a word."""
    await _SQL["notify"].ask(connection, word=word)


async def resign(connection: Any, node: str) -> None:
    """A node leaves: the leader need not wait for its silence."""
    await _SQL["resign"].ask(connection, node=node)
