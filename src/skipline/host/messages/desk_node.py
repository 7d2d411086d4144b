"""A node's part in the conversations that people have, joined."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from skipline.base.clock import Clock
from skipline.base.ids import Ids
from skipline.host.host import Host
from skipline.host.live_relay import LiveRelay
from skipline.host.messages.desk import Desk
from skipline.host.messages.desk_decisions import Decisions
from skipline.host.messages.desk_memory import DeskMemory, tried
from skipline.host.messages.desk_watch import LOOK_SECONDS, Watch
from skipline.host.messages.post import MessagePost
from skipline.host.messages.stays import Receive, Stays
from skipline.host.queue_office import LocalOffice
from skipline.store.database import Database

if TYPE_CHECKING:
    from skipline.host.shared_office import SharedOffice


@dataclass(frozen=True, slots=True)
class DeskNode:
    """A desk and who works at it."""

    desk: Desk
    stays: Stays
    decisions: Decisions
    memory: DeskMemory
    watch: Watch


def open_desk(
    *, database: Database, host: Host, receive: Receive, clock: Clock, ids: Ids, post: MessagePost
) -> DeskNode:
    """A desk that takes conversations from now on, so open it before runs go on; decisions about them wait until it is
    served."""
    stays = Stays(database, host, receive, clock)
    decisions = Decisions(database=database, host=host, stays=stays, clock=clock)
    is_alone = isinstance(host.office, LocalOffice)
    host.conversations = decisions.take
    return DeskNode(
        desk=Desk(database=database, host=host, stays=stays, clock=clock, ids=ids),
        stays=stays,
        decisions=decisions,
        memory=DeskMemory(database=database, host=host, stays=stays, clock=clock, is_alone=is_alone),
        watch=Watch(database=database, host=host, stays=stays, clock=clock, post=post),
    )


@asynccontextmanager
async def serving_desk(node: DeskNode, host: Host, watchers: list[Callable[[], None]]) -> AsyncIterator[Desk]:
    """The desk at work within the block. Enter it once the voice worker is there, so that agents in calls are known to
    be; `watchers` are called when another workspace has come into force."""
    is_configured = asyncio.Event()
    works = [node.decisions.run(), node.watch.run(), _tell_desks(is_configured, node.memory)]
    if not isinstance(host.office, LocalOffice):
        works.append(_share(cast("SharedOffice", host.office), node, host))
    watchers.append(is_configured.set)
    tasks = {asyncio.create_task(work, name="conversations") for work in works}
    try:
        await tried(node.memory.recall, "conversations_not_recalled")
        node.desk.is_open = True
        yield node.desk
    finally:
        watchers.remove(is_configured.set)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


def _share(office: "SharedOffice", node: DeskNode, host: Host) -> Coroutine[None, None, None]:
    """Take over from nodes that are gone, be told when we were thought to be, and give what tells others what happens
    here."""
    relay = LiveRelay(host.live, office.node, office.post.notify)
    on_node_lost, on_given_up = office.on_node_lost, office.on_given_up
    background: set[asyncio.Task[None]] = set()

    async def lose(lost: str) -> None:
        await on_node_lost(lost)
        await node.memory.inherit(lost)

    def look_again() -> None:
        on_given_up()
        task = asyncio.ensure_future(tried(node.memory.look_again, "conversations_not_recalled"))
        background.add(task)
        task.add_done_callback(background.discard)

    office.on_node_lost, office.on_given_up = lose, look_again
    office.on_live = relay.hear
    office.watch(lambda: node.stays.own)
    return relay.run()


async def _tell_desks(is_configured: asyncio.Event, memory: DeskMemory) -> None:
    """Another workspace has come into force: agents who are new in it may be signed in already."""
    while True:
        await is_configured.wait()
        is_configured.clear()
        await tried(memory.tell_desks, "desks_not_told")
        await asyncio.sleep(LOOK_SECONDS)
