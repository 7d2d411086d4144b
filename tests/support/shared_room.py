"""Nodes that share queues on one PostgreSQL, without voices: a centre's part is played by a few lines."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import asyncpg

from skipline.base.clock import system_clock
from skipline.base.ids import time_ordered_ids
from skipline.host.shared_office import SharedOffice, serving_office
from skipline.model.configuration import Tier
from skipline.model.ids import EntryId
from skipline.model.queue_events import (
    AgentCame,
    ContactEnded,
    EntryJoined,
    OfferMade,
    QueueDecision,
    QueuesConfigured,
    ReservationAccepted,
)
from skipline.model.queueing import Agent, Entry, Medium, Place, Queue

QUEUE = Queue(name="vip", offer_seconds=30.0, misses=0)
TIERS = (Tier(name="gold", target_seconds=20),)


class Node:
    """A node: what it was told to do, in order. `answers`: its agents take what they are offered."""

    def __init__(self, url: str, name: str, *, answers: bool = True, silence_seconds: float = 10.0) -> None:
        self.name, self.answers = name, answers
        self.decided: list[QueueDecision] = []
        self.lost: list[str] = []
        self.given_up = 0
        self.on_decision: Callable[[QueueDecision], None] = lambda _: None
        self.office = SharedOffice(
            url=url,
            node=name,
            clock=system_clock,
            ids=time_ordered_ids,
            decided=self._take,
            entries=lambda: self.waiting,
            node_silence=timedelta(seconds=silence_seconds),
        )
        self.office.on_node_lost = self._lose
        self.office.on_given_up = self._count_given_up
        self.waiting: list[EntryId] = []

    async def _lose(self, node: str) -> None:
        self.lost.append(node)

    def _count_given_up(self) -> None:
        self.given_up += 1

    def configure(self, *agents: str) -> None:
        people = tuple(Agent(name=agent, queues=("vip",)) for agent in agents)
        self.office.tell([QueuesConfigured(at=system_clock(), queues=(QUEUE,), tiers=TIERS, agents=people)])

    def come(self, *agents: str) -> None:
        self.office.tell(AgentCame(at=system_clock(), agent=agent, medium=Medium.CALL) for agent in agents)

    def join(self, *entries: str) -> None:
        self.waiting += map(EntryId, entries)
        self.office.tell(EntryJoined(at=system_clock(), entry=self.entry(entry)) for entry in entries)

    def entry(self, id_: str) -> Entry:
        return Entry(id=EntryId(id_), joined_at=system_clock(), place=Place(queue="vip", tier="gold"), node=self.name)

    def end(self, entry: EntryId) -> None:
        self.office.tell([ContactEnded(at=system_clock(), entry=entry, talk_seconds=1.0)])

    def offers(self) -> list[OfferMade]:
        return [one for one in self.decided if isinstance(one, OfferMade)]

    def _take(self, decision: QueueDecision) -> None:
        self.decided.append(decision)
        self.on_decision(decision)
        if self.answers and isinstance(decision, OfferMade):
            accepted = ReservationAccepted(at=system_clock(), reservation=decision.reservation.id)
            self.office.tell([accepted])


@asynccontextmanager
async def working(node: Node, *agents: str) -> AsyncIterator[Node]:
    """A node at work within the block."""
    async with serving_office(node.office):
        node.configure(*(agents or ("ana", "ben", "eva")))
        yield node


async def eventually(is_so: Callable[[], object], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not is_so():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)


async def value_of(url: str, query: str, *values: Any) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query, *values)
    finally:
        await connection.close()
