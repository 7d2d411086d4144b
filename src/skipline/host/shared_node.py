"""A node's part in queues that several nodes share: office, memory and workspace joined."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from skipline.base.clock import Clock
from skipline.base.ids import time_ordered_ids
from skipline.host.host import Host
from skipline.host.queue_leader import NODE_SILENCE
from skipline.host.shared_memory import SharedMemory
from skipline.host.shared_office import SharedOffice, serving_office
from skipline.host.wait_memory import recall_waits
from skipline.host.workspace import LiveWorkspace
from skipline.store.database import Database


@asynccontextmanager
async def share_queues(
    url: str,
    database: Database,
    host: Host,
    workspace: LiveWorkspace,
    clock: Clock,
    node_silence: timedelta = NODE_SILENCE,
) -> AsyncIterator[SharedMemory]:
    """Have a host's queues shared with all nodes on the same database, within the block. Enter it before the workspace
    is loaded: the queues hear of it from then on."""
    memory = SharedMemory(database, host, clock)
    office = SharedOffice(
        url=url,
        node=host.centre.node,
        clock=clock,
        ids=time_ordered_ids,
        decided=host.take_decision,
        entries=lambda: list(host.centre.entries),
        node_silence=node_silence,
    )
    office.on_configured, workspace.on_changed = workspace.reload, office.announce
    office.on_lead = lambda: recall_waits(database, office.learn, clock())
    office.on_node_lost = memory.inherit
    office.on_places_lost = memory.see_lost_places
    office.on_given_up = memory.tell_again
    host.office, host.centre.lines = office, office.lines
    async with serving_office(office):
        yield memory
