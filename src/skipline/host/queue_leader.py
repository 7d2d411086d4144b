"""Leads the queues of a routing group, when no other node does.

Every node tries for the lock each quarter of a second. Whoever has it raises the epoch, reads what the leader before
kept, and goes on from there. Each batch of events is written with what came of it before anybody hears of a decision;
when another node has raised the epoch meanwhile, nothing is written and this one follows again.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import msgspec
import structlog

from skipline.base.clock import Clock
from skipline.base.fault_points import pass_point
from skipline.host.leadership import Leadership, Numbered
from skipline.host.node_post import NodePost, own
from skipline.host.queue_questions import answer
from skipline.model.queue_events import AnyQueueEvent, QueuesConfigured
from skipline.store import shared_queues as store
from skipline.store.errors import StorageError

log = structlog.get_logger(__name__)

TRY_SECONDS = 0.25
WATCH_SECONDS = 1.0
POLL_SECONDS = 0.5
LEADER_SILENCE = timedelta(seconds=3)
"""A leader that has the lock and says nothing for this long is cut off."""
NODE_SILENCE = timedelta(seconds=10)
"""A node that says nothing for this long is lost, and its callers with it."""

_events: msgspec.json.Decoder[AnyQueueEvent] = msgspec.json.Decoder(AnyQueueEvent)


class Fenced(Exception):
    """Another node leads by now."""


class QueueLeader:
    """`configured` gives the queues as this node knows them (None: not yet); `on_node_lost` looks after what a node
    left behind, before its entries are given up. `on_lead` is carried out beside the leading, once it has begun."""

    def __init__(
        self,
        *,
        url: str,
        post: NodePost,
        clock: Clock,
        configured: Callable[[], QueuesConfigured | None],
        on_node_lost: Callable[[str], Awaitable[None]],
        on_lead: Callable[[], Awaitable[None]],
        node_silence: timedelta = NODE_SILENCE,
    ) -> None:
        self._url, self._post, self._clock = url, post, clock
        self._configured, self._on_node_lost, self._on_lead = configured, on_node_lost, on_lead
        self._node_silence = node_silence
        self.leadership: Leadership | None = None
        """What this node knows of the queues while it leads."""
        self._epoch = 0
        self._lost: list[str] = []

    async def run(self) -> None:
        """Try to lead, lead, and try again, until cancelled."""
        while True:
            try:
                await self._campaign()
            except Fenced:
                log.warning("queues_led_by_another", node=self._post.node, epoch=self._epoch)
            except store.TROUBLES as trouble:
                log.error("queues_not_led", why=str(trouble) or type(trouble).__name__)
            except Exception:  # a bug of ours: whoever leads next reads what was written, and nothing else
                log.exception("queues_not_led")
            await asyncio.sleep(TRY_SECONDS)

    async def _campaign(self) -> None:
        connection = await store.connect(self._url)
        try:
            tries = 0
            while self._configured() is None or not await store.try_lock(connection, self._post.group):
                tries += 1
                if tries % 4 == 0 and await store.unseat(connection, self._post.group, LEADER_SILENCE):
                    log.error("silent_leader_cut_off")
                await asyncio.sleep(TRY_SECONDS)
            await self._lead(connection)
        finally:
            self.leadership = None
            self._post.follow()
            connection.terminate()

    async def _lead(self, connection: Any) -> None:
        post, configured = self._post, self._configured()
        self._lost.clear()
        assert configured is not None  # noqa: S101 - asked by `_campaign`
        began = time.monotonic()
        self._epoch = await store.take_lead(connection, post.group, post.node)
        kept = await store.read_kept(connection, post.group)
        await post.lead()
        leadership = Leadership(group=post.group, node=post.node, epoch=self._epoch)
        leadership.take_up(kept, configured, self._clock())
        await self._write(connection, leadership, [], 0)
        self.leadership = leadership
        milliseconds = round((time.monotonic() - began) * 1000)
        log.info("queues_led", node=post.node, epoch=self._epoch, entries=len(kept.stays), milliseconds=milliseconds)
        beside = {
            asyncio.create_task(self._watch(), name="queue-nodes-watch"),
            asyncio.ensure_future(self._on_lead()),
        }
        try:
            await self._serve(connection, leadership)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.wait(beside)

    async def _serve(self, connection: Any, leadership: Leadership) -> None:
        """Own events count only once everything that waits in the table was read: some may be there from before."""
        post, beaten = self._post, time.monotonic()
        post.is_told.set()
        looked = 0.0
        while True:
            rows: list[store.Told] = []
            if post.is_told.is_set() or time.monotonic() - looked > POLL_SECONDS:
                post.is_told.clear()
                looked = time.monotonic()
                rows = await store.told(connection, post.group)
                await self._answer(connection, leadership)
            is_all = len(rows) < store.MOST_AT_ONCE
            await self._take(connection, leadership, rows, is_all=is_all)
            if self._lost:
                await self._give_up(connection, leadership)
            if time.monotonic() - beaten > WATCH_SECONDS:
                beaten = time.monotonic()
                if not await store.keep_lead(connection, post.group, self._epoch):
                    raise Fenced
            if is_all and not post.has_events.is_set():
                await self._wait(leadership)
            elif not is_all:
                post.is_told.set()

    async def _take(self, connection: Any, leadership: Leadership, rows: list[store.Told], *, is_all: bool) -> None:
        now, post = self._clock(), self._post
        leadership.take(_read(rows), now)
        unsent = post.unsent() if is_all else []
        leadership.take([(post.node, number, event) for number, event in unsent], now)
        leadership.pass_time(now)
        await self._write(connection, leadership, [row.id for row in rows], unsent[-1][0] if unsent else 0)

    async def _write(self, connection: Any, leadership: Leadership, rows: list[int], sent: int) -> None:
        post, batch = self._post, leadership.withdraw_batch()
        batch.events = rows
        if not (rows or batch.applied or batch.decisions or batch.stays or batch.left or batch.seats):
            post.sent(sent)
            return
        pass_point("batch_decided")
        ids = await store.commit(connection, post.group, self._epoch, post.node, batch)
        if ids is None:
            raise Fenced
        pass_point("batch_written")
        post.sent(sent)
        post.carry_out(own(batch.decisions, ids, post.node))

    async def _answer(self, connection: Any, leadership: Leadership) -> None:
        asked = await store.questions(connection, self._post.group)
        if asked:
            now = self._clock()
            await store.answer(connection, [(id_, answer(leadership.state, body, now)) for id_, body in asked])

    async def _wait(self, leadership: Leadership) -> None:
        """Until something comes, falls due, or it is time to look."""
        due, seconds = leadership.next_wake_at, POLL_SECONDS
        if due is not None:
            seconds = min(seconds, max(0.001, (due - self._clock()).total_seconds()))
        post = self._post
        waits = [asyncio.create_task(one.wait()) for one in (post.has_events, post.is_told)]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()

    async def _watch(self) -> None:
        """Look for silent nodes. After a silence of our own, such as the database's, all others have theirs."""
        began = last = time.monotonic()
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            if time.monotonic() - last > 2 * WATCH_SECONDS:
                began = time.monotonic()
            last = time.monotonic()
            silence = self._node_silence
            if last - began < silence.total_seconds():
                continue
            try:
                await self._look_for_lost(silence)
            except StorageError as trouble:
                log.error("nodes_not_watched", why=str(trouble))
                began = time.monotonic()

    async def _look_for_lost(self, silence: timedelta) -> None:
        for node in await self._post.silent_nodes(silence):
            if node not in self._lost and node != self._post.node:
                log.error("node_lost", node=node)
                await self._on_node_lost(node)
                self._lost.append(node)
                self._post.has_events.set()

    async def _give_up(self, connection: Any, leadership: Leadership) -> None:
        for node in list(self._lost):
            leadership.lose(node, self._clock())
            await self._write(connection, leadership, [], 0)
            await store.give_up(connection, self._post.group, self._epoch, node)
            self._lost.remove(node)
        await self._post.drain()


def _read(rows: list[store.Told]) -> list[Numbered]:
    read: list[Numbered] = []
    for row in rows:
        try:
            read.append((row.node, row.number, _events.decode(row.body)))
        except msgspec.MsgspecError:
            log.exception("queue_event_not_read", node=row.node)
    return read
