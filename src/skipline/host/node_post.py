"""A node's post with whoever leads the queues: its events go out in their order, its decisions come in in theirs.

Events have numbers and wait until they are on the disk, so that one that is sent again is taken once. Decisions have
numbers too, and are carried out in their order, each once. When this node leads itself, both take the short way: the
leader fetches events from here and hands its decisions over, after the same commit.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

import msgspec
import structlog

from skipline.base.ids import Ids
from skipline.base.sentence import say
from skipline.model.queue_events import AnyQueueEvent, QueueDecision
from skipline.store import shared_queues as store
from skipline.store.errors import StorageFailed
from skipline.store.postgres_driver import make_pool

log = structlog.get_logger(__name__)

BEAT_SECONDS = 1.0
POLL_SECONDS = 1.0
"""How often a node looks for what it was not told of."""
ANSWER_SECONDS = 2.0
_AGAIN_SECONDS = 0.25
_CONNECTIONS = 4

_decisions: msgspec.json.Decoder[QueueDecision] = msgspec.json.Decoder(QueueDecision)


class NodePost:
    """`take` carries a decision out and never raises. `on_word` hears what nodes tell each other, `on_given_up` that
    the leader took this node for dead."""

    def __init__(
        self,
        *,
        url: str,
        group: str,
        node: str,
        ids: Ids,
        take: Callable[[QueueDecision], None],
        on_word: Callable[[str], None] = lambda _: None,
        on_given_up: Callable[[], None] = lambda: None,
    ) -> None:
        self._url, self.group, self.node, self._ids, self._take = url, group, node, ids, take
        self._on_word, self._on_given_up = on_word, on_given_up
        self._pool = make_pool(url, _CONNECTIONS)
        self._unsent: deque[tuple[int, AnyQueueEvent]] = deque()
        self._numbered, self._taken = 0, 0
        self._sending, self._draining = asyncio.Lock(), asyncio.Lock()
        self._asked: dict[str, asyncio.Future[str]] = {}
        self._decisions_due, self._answers_due = asyncio.Event(), asyncio.Event()
        self.has_events = asyncio.Event()
        """Set while events wait to be sent."""
        self.is_told = asyncio.Event()
        """Set when a node says that something waits for the leader."""
        self.is_leader = False

    async def open(self) -> None:
        """Be known to the others. Raises `StorageFailed`."""
        await self._pool
        await self._ask_database(store.beat, self.group, self.node)

    async def run(self) -> None:
        """Serve until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for work in (self._listen, self._send, self._fetch, self._fetch_answers, self._beat):
                tasks.create_task(_again_and_again(work))

    async def close(self) -> None:
        """Send what waits, if that is quick, and let go."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS), self._pool.acquire() as connection:
                if self._unsent:
                    await self._send_some(connection)
                await store.resign(connection, self.node)
        except store.TROUBLES as trouble:
            log.warning("node_left_without_a_word", why=str(trouble))
        self._pool.terminate()

    def tell(self, events: Iterable[AnyQueueEvent]) -> None:
        """Hand events over, in their order."""
        for event in events:
            self._numbered += 1
            self._unsent.append((self._numbered, event))
            self.has_events.set()

    async def lead(self) -> None:
        """From now on the leader of this node fetches events itself. Decisions of leaders before are carried out."""
        async with self._sending:
            self.is_leader = True
        await self.drain()

    def follow(self) -> None:
        """Another node may lead from now on."""
        self.is_leader = False
        self._decisions_due.set()
        self.has_events.set()

    def unsent(self, most: int = store.MOST_AT_ONCE) -> list[tuple[int, AnyQueueEvent]]:
        """Events that wait, for the leader of this node."""
        return [self._unsent[place] for place in range(min(most, len(self._unsent)))]

    def sent(self, until: int) -> None:
        """Events up to this number are on the disk."""
        while self._unsent and self._unsent[0][0] <= until:
            self._unsent.popleft()
        if not self._unsent:
            self.has_events.clear()

    def carry_out(self, decided: Iterable[tuple[int, str]]) -> None:
        """Carry out decisions for this node; those that were already are passed over."""
        for number, body in decided:
            if number > self._taken:
                self._taken = number
                self._take(_decisions.decode(body))

    async def drain(self) -> None:
        """Carry out everything that waits for this node."""
        async with self._draining, self._pool.acquire() as connection:
            while rows := await store.decisions(connection, self.node, self._taken):
                self.carry_out(rows)

    async def ask(self, body: str) -> str:
        """Have the leader of another node answer a question. Raises `StorageFailed` when nobody does in time."""
        id_ = self._ids()
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._asked[id_] = future
        try:
            await self._ask_database(store.ask, self.group, self.node, id_, body)
            async with asyncio.timeout(ANSWER_SECONDS):
                return await future
        except TimeoutError:
            await self._ask_database(store.drop_question, id_)
            raise StorageFailed(say("no node leads the queues at this moment: ask again in a second")) from None
        finally:
            self._asked.pop(id_, None)

    async def silent_nodes(self, silence: timedelta) -> list[str]:
        """Nodes that have not been heard of for this long. Raises `StorageFailed`."""
        found: list[str] = await self._ask_database(store.silent_nodes, self.group, silence)
        return found

    async def notify(self, word: str) -> None:
        """Tell every node a word. Raises `StorageFailed`."""
        await self._ask_database(store.notify, word)

    async def _ask_database(self, work: Callable[..., Awaitable[Any]], *values: object) -> Any:
        try:
            async with self._pool.acquire() as connection:
                return await work(connection, *values)
        except store.TROUBLES as trouble:
            raise StorageFailed(f"the queues' database did not answer: {trouble}") from trouble

    async def _send(self) -> None:
        while True:
            await self.has_events.wait()
            if self.is_leader:
                await asyncio.sleep(_AGAIN_SECONDS)
                continue
            async with self._sending, self._pool.acquire() as connection:
                if not self.is_leader:
                    await self._send_some(connection)

    async def _send_some(self, connection: Any) -> None:
        events = self.unsent()
        if events:
            await store.tell(connection, self.group, self.node, [(number, _write(event)) for number, event in events])
            self.sent(events[-1][0])

    async def _fetch(self) -> None:
        while True:
            await _wait(self._decisions_due, POLL_SECONDS)
            await self.drain()

    async def _fetch_answers(self) -> None:
        while True:
            await self._answers_due.wait()
            self._answers_due.clear()
            async with self._pool.acquire() as connection:
                for id_, answer in await store.take_answers(connection, self.node):
                    if (future := self._asked.get(id_)) is not None and not future.done():
                        future.set_result(answer)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            async with self._pool.acquire() as connection:
                if await store.beat(connection, self.group, self.node):
                    log.error("node_was_given_up", node=self.node)
                    self._on_given_up()
                await store.forget_decisions(connection, self.node, self._taken)

    async def _listen(self) -> None:
        connection, is_lost = await store.connect(self._url), asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: is_lost.set())
            await connection.add_listener(store.CHANNEL, lambda *told: self._hear(told[-1]))
            # What was said meanwhile was not heard.
            for missed in (self._decisions_due, self._answers_due, self.is_told):
                missed.set()
            self._on_word("")
            await is_lost.wait()
        finally:
            connection.terminate()

    def _hear(self, word: str) -> None:
        kind, _, who = word.partition(":")
        if kind == "events":
            if who == self.group:
                self.is_told.set()
        elif kind == "decisions":
            if who == self.node:
                self._decisions_due.set()
        elif kind == "answers":
            if who == self.node:
                self._answers_due.set()
        else:
            self._on_word(word)


def _write(event: AnyQueueEvent) -> str:
    return msgspec.json.encode(event).decode()


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
    event.clear()


async def _again_and_again(work: Callable[[], Awaitable[None]]) -> None:
    """Trouble with the database is told, and waited out."""
    while True:
        try:
            await work()
        except store.TROUBLES as trouble:
            log.error("queues_out_of_touch", work=work.__name__, why=str(trouble) or type(trouble).__name__)
        await asyncio.sleep(_AGAIN_SECONDS)


def own(decisions: Sequence[tuple[str, str]], ids: Sequence[int], node: str) -> Iterable[tuple[int, str]]:
    """Of decisions that were written under `ids`, those for `node`."""
    return ((id_, body) for id_, (one, body) in zip(ids, decisions, strict=True) if one == node)
