"""Durable runs at work in one process, on a database of either kind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec
from durable_pieces import Ledger, LedgerSources, Shelf, carriers
from durable_values import arrival, make_run

from skipline.base.clock import system_clock
from skipline.host.carriers import ANY_CHANNEL, Carrier, Carriers
from skipline.host.durable import DurableRuns
from skipline.host.durable_node import serving_durable_runs
from skipline.model.commands import Command
from skipline.model.durable import Arrival
from skipline.model.events import ContactAnswered
from skipline.model.ids import CallId, CommandId, RunId
from skipline.model.run import Run
from skipline.store import Database, runs
from skipline.store.durable import RunStore


@dataclass
class Room:
    """A node at work."""

    store: RunStore
    durable: DurableRuns
    ledger: Ledger
    sources: LedgerSources

    async def record(self, run: str) -> Run | None:
        return await self.store.database.read(runs.read, RunId(run))

    async def until(self, is_so: Callable[[], object]) -> None:
        """Wait until something in memory is so; the test's own limit ends a vain wait."""
        while not is_so():  # noqa: ASYNC110 - what it waits for has no event
            await asyncio.sleep(0.01)

    async def until_over(self, run: str) -> Run:
        while (record := await self.record(run)) is None or record.ended_at is None:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        return record


@asynccontextmanager
async def working(
    database: Database,
    owner: str = "node",
    *,
    carry: Mapping[type[Command], Carrier] | None = None,
    sources: LedgerSources | None = None,
    ledger: Ledger | None = None,
    lease_seconds: float = 30.0,
    poll_seconds: float = 0.1,
) -> AsyncIterator[Room]:
    """A node that takes turns and carries commands out, until the block ends."""
    ledger = ledger or Ledger()
    sources = sources or LedgerSources(ledger)
    known = Carriers()
    known.add(ANY_CHANNEL, carriers(ledger) if carry is None else carry)
    async with serving_durable_runs(
        database=database,
        find_flow=Shelf(database).find,
        sources=sources,
        carriers=known,
        clock=system_clock,
        owner=owner,
        lease=timedelta(seconds=lease_seconds),
        poll_seconds=poll_seconds,
    ) as durable:
        yield Room(durable.store, durable, ledger, sources)


def started(conversation: str, version: int = 1, dedup: str = "") -> Arrival:
    run = make_run(f"run-{conversation}", version)
    return arrival(conversation, dedup or f"start {conversation}", begins=run)


def answered(conversation: str, dedup: str = "", number: int = 4) -> Arrival:
    """The contact's answer to the question of the flow `ORDERS`."""
    command = CommandId(f"run-{conversation}:{number}")
    said = ContactAnswered(at=datetime(2030, 5, 1, tzinfo=UTC), call=CallId(""), command=command, text="yes")
    payload = msgspec.json.encode(said).decode()
    return arrival(conversation, dedup or f"answer {conversation}", payload=payload)
