"""A node's part in the durable runs, joined: who takes turns, who carries commands out, and the store between them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from skipline.base.clock import Clock
from skipline.flow.names import NO_QUEUES
from skipline.host.carriers import Carriers
from skipline.host.durable import POLL_SECONDS, DurableRuns
from skipline.host.durable_outbox import Outbox
from skipline.host.durable_turn import FindFlow, Queues, Sources
from skipline.store.database import Database
from skipline.store.durable import open_run_store
from skipline.store.durable.run_store import LEASE


@asynccontextmanager
async def serving_durable_runs(
    *,
    database: Database,
    find_flow: FindFlow,
    sources: Sources,
    carriers: Carriers,
    clock: Clock,
    owner: str,
    queues: Queues = lambda: NO_QUEUES,
    lease: timedelta = LEASE,
    poll_seconds: float = POLL_SECONDS,
) -> AsyncIterator[DurableRuns]:
    """Durable runs at work within the block; turns that were begun are finished when it ends.

    `owner` names this process and no other that ever was or will be; `carriers` say who carries out which command;
    channels may come and go. `queues` says how busy the queues are now.
    """
    store = await open_run_store(database, lease)
    durable = DurableRuns(
        store=store, find_flow=find_flow, sources=sources, queues=queues, owner=owner, poll_seconds=poll_seconds
    )
    outbox = Outbox(
        store=store, receive=durable.receive, carriers=carriers, clock=clock, owner=owner, poll_seconds=poll_seconds
    )
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(outbox.run(), name="durable-outbox")
            tasks.create_task(durable.run(), name="durable-runs")
            await asyncio.sleep(0)  # so that an event received at once finds them at work
            try:
                yield durable
            finally:
                outbox.stop()
                durable.stop()
    finally:
        await store.close()
