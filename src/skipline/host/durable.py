"""Durable runs at work: takes events in, takes the turns that are due, and sees to it that none is forgotten.

Whoever receives an event takes the turn at once. Besides, each node looks for runs that are due: those that others told
of, whose time has come, or whose holder died.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta

import structlog

from skipline.base.fault_points import pass_point
from skipline.host.durable_turn import DurableTurn, FindFlow, Queues, Sources
from skipline.model.durable import Arrival, Claim, RunStatus, Verdict
from skipline.store.durable import RunStore
from skipline.store.errors import StorageError

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.5
MOST_TURNS = 64
LONGEST_BACK_OFF = timedelta(minutes=5)


class DurableRuns:
    """Takes turns of durable runs under the name `owner`, which no other process may ever have."""

    def __init__(
        self,
        *,
        store: RunStore,
        find_flow: FindFlow,
        sources: Sources,
        queues: Queues,
        owner: str,
        poll_seconds: float = POLL_SECONDS,
        most_turns: int = MOST_TURNS,
    ) -> None:
        self.store, self.owner = store, owner
        self._find_flow, self._sources, self._queues = find_flow, sources, queues
        self._poll_seconds, self._most_turns = poll_seconds, most_turns
        self._turns: dict[asyncio.Task[None], DurableTurn] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._is_stopping = asyncio.Event()

    async def receive(self, arrival: Arrival) -> Verdict:
        """Keep an event for good, and take the turn that it makes due. Returns once it is kept.

        Raises `StorageError` when it could not be kept: the sender should deliver it again.
        """
        has_room = self._tasks is not None and len(self._turns) < self._most_turns and not self._is_stopping.is_set()
        ingested = await self.store.ingest(arrival, self.owner if has_room else None)
        pass_point("event_taken")
        if ingested.claim is not None:
            self._start(ingested.claim)
        return ingested.verdict

    async def run(self) -> None:
        """Serve until `stop`; turns that were begun are finished first."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            renewing = tasks.create_task(self._renew_leases())
            await self._claim_what_is_due()
            while self._turns:
                await asyncio.wait(set(self._turns))
            renewing.cancel()
            self._tasks = None

    def stop(self) -> None:
        """Begin no more turns."""
        self._is_stopping.set()
        self.store.runs_due.set()

    async def _claim_what_is_due(self) -> None:
        while not self._is_stopping.is_set():
            self.store.runs_due.clear()
            room = self._most_turns - len(self._turns)
            claimed = await self._claim(room) if room > 0 else 0
            if claimed < room or room <= 0:
                await wait_until_set(self.store.runs_due, self._poll_seconds)

    async def _claim(self, room: int) -> int:
        try:
            claims, parked = await self.store.claim(self.owner, room)
        except StorageError as trouble:
            log.error("durable_runs_not_claimed", why=str(trouble))
            return 0
        except Exception:  # a bug of ours stops no calls: looked at again after the usual pause
            log.exception("durable_runs_not_claimed")
            return 0
        for run in parked:
            log.error("run_parked", run=run, why="its holder died again and again")
        for held in claims:
            self._start(held)
        return len(claims)

    def _start(self, held: Claim) -> None:
        if self._tasks is None:
            return  # too late: the lease ends by itself
        turn = DurableTurn(held, store=self.store, sources=self._sources, queues=self._queues)
        task = self._tasks.create_task(self._serve(turn))
        self._turns[task] = turn
        task.add_done_callback(self._finished)

    def _finished(self, task: "asyncio.Task[None]") -> None:
        had_no_room = len(self._turns) >= self._most_turns
        self._turns.pop(task, None)
        if had_no_room:
            self.store.runs_due.set()

    async def _serve(self, turn: DurableTurn) -> None:
        try:
            if not await turn.take(self._find_flow):
                log.warning("turn_dropped", run=turn.held.run, why="another node holds the run by now")
        except StorageError as trouble:
            log.error("turn_not_saved", run=turn.held.run, why=str(trouble))
        except Exception as mistake:
            log.exception("turn_broke", run=turn.held.run, attempt=turn.held.attempts)
            await self._give_back(turn.held, turn.told(mistake))
        pass_point("turn_saved")

    async def _give_back(self, held: Claim, problem: str) -> None:
        try:
            status = await self.store.give_back(held, problem, back_off(held.attempts))
        except Exception as trouble:  # its lease ends by itself
            log.error("turn_not_given_back", run=held.run, why=str(trouble))
            return
        if status is RunStatus.PARKED:
            log.error("run_parked", run=held.run, why=problem)

    async def _renew_leases(self) -> None:
        while True:
            await asyncio.sleep(self.store.lease.total_seconds() / 3)
            turns = dict(self._turns)
            if not turns:
                continue
            try:
                kept = await self.store.renew([turn.held for turn in turns.values()])
            except Exception as trouble:  # a lease that was not renewed is lost at worst, and then nothing is saved
                log.error("leases_not_renewed", why=str(trouble))
                continue
            for task, turn in turns.items():
                if turn.held.run not in kept:
                    task.cancel()


def back_off(attempts: int) -> timedelta:
    """How long to leave something that failed `attempts` times: 2 s, 4 s, 8 s, up to five minutes."""
    return min(LONGEST_BACK_OFF, timedelta(seconds=2 ** min(attempts, 20)))


async def wait_until_set(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, but no longer than `seconds`."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
