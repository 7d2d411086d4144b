"""What the database remembers of conversations and desks: given back to the queues after a restart, and taken over from
nodes that are gone."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime

import structlog

from skipline.base.clock import Clock
from skipline.centre.conversation_stays import ConversationStay, StayState
from skipline.host.host import Host
from skipline.host.messages.stays import Stays
from skipline.model.queue_events import AgentCame, AgentPaused, AgentWent
from skipline.model.queueing import Medium
from skipline.store import agent_desks, agent_pauses
from skipline.store import conversation_stays as store
from skipline.store.database import Database
from skipline.store.errors import StorageError

log = structlog.get_logger(__name__)


class DeskMemory:
    """`is_alone`: no other node has its queues on this database."""

    def __init__(self, *, database: Database, host: Host, stays: Stays, clock: Clock, is_alone: bool) -> None:
        self._database, self._host, self._stays, self._clock = database, host, stays, clock
        self._is_alone = is_alone

    async def recall(self) -> None:
        """Have everybody back: those whom agents have, then the agents, but for those who are on a break, then those
        who wait, at their old place. Raises `StorageError`.

        Agents come before those who wait, or queues that give up when nobody is signed in would send everybody away.
        Who was offered comes first of these: agents have room for them and for nobody else, so nobody is served out of
        turn.
        """
        node = self._host.centre.node
        pauses = await self._database.read(agent_pauses.read)
        if self._is_alone:
            adopted = await self._database.write(store.adopt, node)
            adopted += await self._database.read(store.of_node, node)
        else:
            adopted = await self._database.write(store.adopt_orphans, node)
        stays = {one.entry.id: one for one in adopted}.values()
        await self._take_up(one for one in stays if one.connected_at is not None)
        self._host.office.tell(AgentPaused(at=one.paused_at, agent=one.agent, reason=one.reason) for one in pauses)
        await self.tell_desks()
        await self._take_up(sorted((one for one in stays if one.connected_at is None), key=_turn))

    async def inherit(self, node: str) -> None:
        """Carry what a node carried that is gone. Raises `StorageError`."""
        await self._take_up(await self._database.write(store.adopt, self._host.centre.node, of=node))

    async def look_again(self) -> None:
        """This node was taken for dead and is not: whoever leads carries its conversations by now."""
        self._stays.own.clear()
        await self._take_up(await self._database.read(store.of_node, self._host.centre.node))

    async def tell_desks(self) -> None:
        """Have the queues know who is signed in for messages. Raises `StorageError`."""
        now, signed_in = self._clock(), await self._database.read(agent_desks.read)
        agents = [agent for agent in signed_in if agent in self._host.centre.agents]
        self._host.office.tell(AgentCame(at=now, agent=agent, medium=Medium.MESSAGE) for agent in agents)

    async def _take_up(self, stays: Iterable[ConversationStay]) -> None:
        found = list(stays)
        if found:
            log.info("conversations_taken_up", count=len(found))
        self._stays.tell_queues(found)
        for stay in found:
            await self._stays.answer(stay)


def _turn(stay: ConversationStay) -> tuple[bool, datetime]:
    return stay.state is not StayState.OFFERED, stay.entry.joined_at


async def sign_in_agent(database: Database, host: Host, agent: str, clock: Clock) -> None:
    """Have an agent take conversations until they sign out, restarts or not. Raises `StorageError`."""
    now = clock()
    await database.write(agent_desks.sign_in, agent, now)
    host.office.tell([AgentCame(at=now, agent=agent, medium=Medium.MESSAGE)])


async def sign_out_agent(database: Database, host: Host, agent: str, clock: Clock) -> None:
    """Offer an agent no conversations any more; those that they have go on. Raises `StorageError`."""
    await database.write(agent_desks.sign_out, agent)
    host.office.tell([AgentWent(at=clock(), agent=agent, medium=Medium.MESSAGE)])


async def tried(work: Callable[[], Awaitable[None]], what: str) -> None:
    """Do a work that nobody waits for; trouble with the database is told."""
    try:
        await work()
    except StorageError as trouble:
        log.error(what, why=str(trouble))
