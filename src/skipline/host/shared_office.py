"""The queues of several nodes that share one PostgreSQL: this node tells its leader, which may be itself."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import structlog

from skipline.base.clock import Clock
from skipline.base.ids import Ids
from skipline.centre.lines import Standing
from skipline.flow.names import QueueView
from skipline.host.live_relay import KIND as LIVE
from skipline.host.node_post import NodePost
from skipline.host.queue_leader import NODE_SILENCE, QueueLeader
from skipline.host.queue_lines import LocalLines
from skipline.host.queue_questions import View, answer, ask, read_answer
from skipline.model.ids import EntryId
from skipline.model.queue_events import AnyQueueEvent, QueueDecision, QueuesConfigured
from skipline.model.queueing import Estimate, Visit
from skipline.queue.explain import ExplainedEntry
from skipline.queue.figures import Displacement, QueueFigures
from skipline.queue.lists import AgentStanding, TierFigures, WaitingEntry
from skipline.store.errors import StorageError

log = structlog.get_logger(__name__)

GROUP = "default"
"""The one routing group that there is."""
LOOK_SECONDS = 2.0
_WORKSPACE, _LOST = "workspace", "lost"
WORKSPACE_CHANGED = f"{_WORKSPACE}:"
"""What all nodes are told of a change that none of them made."""


async def _do_nothing(_: str = "") -> None:
    pass


class SharedOffice:
    """See `QueueOffice`. `entries` are those of this node that wait; `on_configured` is called when another node has
    changed the workspace, `on_lead` when this one begins to lead, `on_node_lost` on the leader when a node is gone,
    `on_places_lost` everywhere then, and `on_given_up` when this one was taken for dead and is not. `on_live` hears
    what nodes tell people who watch."""

    def __init__(
        self,
        *,
        url: str,
        node: str,
        clock: Clock,
        ids: Ids,
        decided: Callable[[QueueDecision], None],
        entries: Callable[[], Iterable[EntryId]] = tuple,
        group: str = GROUP,
        node_silence: timedelta = NODE_SILENCE,
    ) -> None:
        self.node = node
        self.on_configured: Callable[[], Awaitable[None]] = _do_nothing
        self.on_lead: Callable[[], Awaitable[None]] = _do_nothing
        self.on_node_lost: Callable[[str], Awaitable[None]] = _do_nothing
        self.on_places_lost: Callable[[], Awaitable[None]] = _do_nothing
        self.on_given_up: Callable[[], None] = lambda: None
        self.on_live: Callable[[str], None] = lambda _: None
        self._clock, self._entries = clock, entries
        self._configured: QueuesConfigured | None = None
        self._workspace_due, self._places_due, self._is_announcing = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.post = NodePost(
            url=url,
            group=group,
            node=node,
            ids=ids,
            take=decided,
            on_word=self._hear,
            on_given_up=lambda: self.on_given_up(),
        )
        self.leader = QueueLeader(
            url=url,
            post=self.post,
            clock=clock,
            configured=lambda: self._configured,
            on_node_lost=self._lose,
            on_lead=lambda: self.on_lead(),
            node_silence=node_silence,
        )
        self.lines = SharedLines(self)
        self.view = View()

    @property
    def leads(self) -> bool:
        """Whether this node leads now."""
        return self.leader.leadership is not None

    def tell(self, events: Iterable[AnyQueueEvent]) -> None:
        """Hand facts over, in their order."""
        told = list(events)
        for event in told:
            if isinstance(event, QueuesConfigured):
                self._configured = event
        self.post.tell(told)

    def announce(self) -> None:
        """Have the other nodes read the workspace again, because this one has changed it."""
        self._is_announcing.set()

    def watch(self, entries: Callable[[], Iterable[EntryId]]) -> None:
        """Know where these entries of this node stand, too."""
        before = self._entries
        self._entries = lambda: [*before(), *entries()]

    def learn(self, visits: Iterable[Visit]) -> None:
        """Only the leader estimates."""
        if self.leader.leadership is not None:
            self.leader.leadership.forecaster.recall(visits)

    async def explain(self, entry: EntryId) -> ExplainedEntry | None:
        found: ExplainedEntry | None = await self._ask("explain", entry)
        return found

    async def estimate(self, entry: EntryId) -> Estimate | None:
        found: Estimate | None = await self._ask("estimate", entry)
        return found

    async def figures(self, queue: str) -> QueueFigures | None:
        found: QueueFigures | None = await self._ask("figures", queue)
        return found

    async def tiers(self, queue: str) -> Sequence[TierFigures]:
        found: list[TierFigures] = await self._ask("tiers", queue)
        return found

    async def displacements(self, queue: str) -> Sequence[Displacement]:
        found: list[Displacement] = await self._ask("displacements", queue)
        return found

    async def waiting(self, queue: str, most: int) -> Sequence[WaitingEntry]:
        found: list[WaitingEntry] = await self._ask("waiting", queue, most)
        return found

    async def agents(self, queue: str | None = None) -> Sequence[AgentStanding]:
        found: list[AgentStanding] = await self._ask("agents", queue)
        return found

    async def agent(self, name: str) -> AgentStanding | None:
        found: AgentStanding | None = await self._ask("agent", name)
        return found

    def ask_here(self, name: str, *values: object) -> Any:
        """What this node can tell as the leader; raises `LookupError` when it does not lead."""
        leadership = self.leader.leadership
        if leadership is None:
            raise LookupError(name)
        return read_answer(name, answer(leadership.state, ask(name, *values), self._clock()))

    def local_lines(self) -> LocalLines | None:
        """What the leader's own memory says; None on a node that does not lead."""
        leadership = self.leader.leadership
        return None if leadership is None else LocalLines(leadership.state, self._clock)

    async def run(self) -> None:
        """Serve until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.post.run(), name="queue-post")
            tasks.create_task(self.leader.run(), name="queue-leader")
            tasks.create_task(self._look(), name="queue-look")
            tasks.create_task(_when(self._is_announcing, self._announce), name="queue-announce")
            tasks.create_task(_when(self._workspace_due, self._reload), name="queue-reload")
            tasks.create_task(_when(self._places_due, self._see_places), name="queue-places")

    async def _ask(self, name: str, *values: object) -> Any:
        """Raises `StorageFailed` when nobody leads."""
        with suppress(LookupError):
            return self.ask_here(name, *values)
        return read_answer(name, await self.post.ask(ask(name, *values)))

    async def _look(self) -> None:
        """Know what conditions and announcements may ask at any time, as of a moment ago."""
        while True:
            if not self.leads and self._configured is not None and self._configured.queues:
                try:
                    self.view = await self._ask("view", list(self._entries()))
                except StorageError as trouble:
                    log.warning("queues_not_seen", why=str(trouble))
            await asyncio.sleep(LOOK_SECONDS)

    async def _announce(self) -> None:
        await self.post.notify(f"{_WORKSPACE}:{self.node}")

    async def _reload(self) -> None:
        await self.on_configured()

    async def _see_places(self) -> None:
        await self.on_places_lost()

    async def _lose(self, node: str) -> None:
        await self.on_node_lost(node)
        await self.post.notify(f"{_LOST}:{node}")

    def _hear(self, word: str) -> None:
        """Another node changed the workspace, or one is lost; the empty word: something may have been missed."""
        kind, _, who = word.partition(":")
        if not word or (kind == _WORKSPACE and who != self.node):
            self._workspace_due.set()
        if not word or kind == _LOST:
            self._places_due.set()
        if kind == LIVE:
            self.on_live(word.removeprefix(f"{LIVE}:"))


class SharedLines:
    """What the centre may ask at once. On a node that does not lead it is as old as its last look."""

    def __init__(self, office: SharedOffice) -> None:
        self._office = office

    @property
    def figures(self) -> QueueView:
        here = self._office.local_lines()
        return self._office.view.figures if here is None else here.figures

    def standing(self, entry: EntryId) -> Standing | None:
        here = self._office.local_lines()
        return self._office.view.standings.get(entry) if here is None else here.standing(entry)

    def explain(self, entry: EntryId) -> ExplainedEntry | None:
        """None on a node that does not lead: the centre cannot wait for another one."""
        found: ExplainedEntry | None = self._office.ask_here("explain", entry) if self._office.leads else None
        return found


async def _when(due: asyncio.Event, work: Callable[[], Awaitable[None]]) -> None:
    """Do a work each time it is due, and again when the database is in trouble."""
    while True:
        await due.wait()
        due.clear()
        try:
            await work()
        except StorageError as trouble:
            log.error("other_nodes_not_heard", why=str(trouble))
            due.set()
            await asyncio.sleep(LOOK_SECONDS)


@asynccontextmanager
async def serving_office(office: SharedOffice) -> AsyncIterator[SharedOffice]:
    """The office at work within the block. Raises `StorageFailed` when the database does not answer at the start."""
    await office.post.open()
    work = asyncio.create_task(office.run(), name="queue-office")
    try:
        yield office
    finally:
        work.cancel()
        await asyncio.wait({work})
        await office.post.close()
