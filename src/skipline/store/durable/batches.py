"""Items that arrive while a batch is on its way form the next one, so that one round trip carries many."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from skipline.store.work import refuse_when_closed

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST_IN_A_BATCH = 128
AT_ONCE = 2


class Batches(Generic[Item, Result]):
    """Gives each item to `carry_out` in a batch with others, at most two batches at once."""

    def __init__(self, carry_out: Callable[[list[Item]], Awaitable[list[Result]]]) -> None:
        self._carry_out = carry_out
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._under_way: set[asyncio.Task[None]] = set()
        self._is_closed = False

    def put(self, item: Item) -> "asyncio.Future[Result]":
        """Queue an item; the future has its result when the batch is committed. Its wait may be cancelled freely."""
        refuse_when_closed(self._is_closed, len(self._waiting))
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Result] = loop.create_future()
        self._waiting.append((item, done))
        if len(self._waiting) == 1:
            loop.call_soon(self._start)  # after the present tasks had a chance to join the batch
        return done

    async def close(self) -> None:
        """Carry out what waits."""
        self._is_closed = True
        while self._under_way or self._waiting:
            self._start()
            await asyncio.wait(self._under_way)

    def _start(self) -> None:
        while self._waiting and len(self._under_way) < AT_ONCE:
            batch = [self._waiting.popleft() for _ in range(min(MOST_IN_A_BATCH, len(self._waiting)))]
            task = asyncio.create_task(self._serve(batch))
            self._under_way.add(task)
            task.add_done_callback(self._go_on)

    def _go_on(self, ended: "asyncio.Task[None]") -> None:
        self._under_way.discard(ended)
        self._start()

    async def _serve(self, batch: "list[tuple[Item, asyncio.Future[Result]]]") -> None:
        try:
            results = await self._carry_out([item for item, _ in batch])
        except Exception as failure:
            await self._serve_one_by_one(batch, failure)
            return
        for (_, done), result in zip(batch, results, strict=True):
            if not done.done():
                done.set_result(result)

    async def _serve_one_by_one(self, batch: "list[tuple[Item, asyncio.Future[Result]]]", failure: Exception) -> None:
        """A deadlock or one poisoned item spoils a batch; alone, the others succeed."""
        if len(batch) > 1:
            for one in batch:
                await self._serve([one])
            return
        ((_, done),) = batch
        if not done.done():
            done.set_exception(failure)
