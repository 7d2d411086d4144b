"""The crash drill: nodes feed and serve runs, are killed at every named point and at any time, and start again."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import sqlalchemy as sa
from chaos_node import Plan, live
from durable_pieces import orders
from durable_values import publish

from skipline.store import Database
from skipline.store.schema import durable_runs, inbox, outbox, runs

POINTS = (
    "event_kept",
    "event_taken",
    "request_saved",
    "turn_taken",
    "turn_written",
    "turn_saved",
    "command_carried",
    "command_answered",
)
"""Every boundary at which a node may die."""
AT_ANY_TIME = ""
DEATHS = (*POINTS, AT_ANY_TIME, AT_ANY_TIME)
COMMANDS_OF_A_RUN = ("AskContact", "LookUp", "SendMessage", "SendMessage", "SendRequest")
LEASE_SECONDS = 2.0


@dataclass
class Node:
    """A process of the drill; `line` tells when it is ready."""

    plan: Plan
    process: ForkServerProcess
    line: Connection

    def wait_until(self, word: str, seconds: float) -> None:
        """Wait for a word of the node, unless it dies first."""
        with_end = [self.line, self.process.sentinel]
        while self.line in multiprocessing.connection.wait(with_end, seconds):
            try:
                if self.line.recv() == word:
                    return
            except EOFError:
                return

    def signal(self, number: signal.Signals) -> None:
        if self.process.pid is not None and self.process.is_alive():
            os.kill(self.process.pid, number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self.process.join()

    def told(self) -> str:
        return (Path(self.plan.ledger).parent / f"{self.plan.owner}.log").read_text(errors="replace")[-4000:]


@dataclass
class Drill:
    """One drill, told by its seed: ten deaths, one at each named point and two at any time, and then an end in peace.

    `is_shared`: a second node works beside the one that dies and is fed a third of the same webhooks. Half-way it is
    stopped and another takes its place; it goes on at the end, when it has long lost the leases that it believes in.
    """

    place: str
    folder: Path
    seed: int
    runs: int
    is_shared: bool
    others: list[Node] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.ledger = self.folder / "ledger.txt"
        self.deaths = self.rng.sample(DEATHS, len(DEATHS))
        self.limit_seconds = 120 + self.runs / 20
        self._names = (f"node-{number}" for number in range(100))

    def go(self) -> None:
        """Let one node after the other die, with everything delivered again each time, and the last one finish."""
        asyncio.run(self._publish_first())
        try:
            for number, point in enumerate(self.deaths):
                if self.is_shared and number in (0, len(self.deaths) // 2):
                    self._change_the_other()
                self._let_die(number, point)
            self._finish()
        finally:
            for node in self.others:
                node.kill()

    async def _publish_first(self) -> None:
        async with await Database.open(self.place, folder=self.folder / "data") as database:
            await publish(database, orders(1))

    def _let_die(self, number: int, point: str) -> None:
        share = range(self._begun_after(max(0, number - 1)), self._begun_after(number + 1))
        # In a batch of events or turns a point may be passed once, so small drills die early.
        fatal = f"{point}:{self.rng.randint(1, max(2, self.runs // 200))}" if point else ""
        node = self._start(share, fatal=fatal, publishes=number >= len(self.deaths) // 2)
        node.wait_until("ready", self.limit_seconds)
        if point:
            node.process.join(self.limit_seconds)
        else:
            time.sleep(self.rng.uniform(0.0, 0.5))
            node.kill()
        # A node with little to do may be done before a moment that was picked at random.
        ends = (-signal.SIGKILL,) if point else (-signal.SIGKILL, 0)
        assert node.process.exitcode in ends, f"{node.plan} ended otherwise:\n{node.told()}"

    def _begun_after(self, rounds: int) -> int:
        """How many conversations the first rounds begin. The last round begins some as well, on the new version."""
        return self.runs * rounds // (len(self.deaths) + 1)

    def _change_the_other(self) -> None:
        """The node beside those that die is stopped in the middle of whatever it does, and gets a successor."""
        for node in self.others:
            node.signal(signal.SIGSTOP)
        node = self._start(range(0, self._begun_after(len(self.deaths) - 1), 3))
        node.wait_until("ready", self.limit_seconds)
        self.others.append(node)

    def _finish(self) -> None:
        last = self._start(range(self.runs), publishes=True)
        for node in self.others:
            node.signal(signal.SIGCONT)
        for node in [last, *self.others]:
            node.process.join(self.limit_seconds)
            assert node.process.exitcode == 0, f"{node.plan} did not finish:\n{node.told()}"

    def _start(self, share: range, *, fatal: str = "", publishes: bool = False) -> Node:
        owner = next(self._names)
        folder = self.folder / (f"data-{owner}" if self.is_shared else "data")
        plan = Plan(
            place=self.place,
            folder=str(folder),
            owner=owner,
            seed=self.seed,
            conversations=share,
            ledger=str(self.ledger),
            lease_seconds=LEASE_SECONDS,
            publishes=publishes,
            fatal=fatal,
        )
        ours, theirs = multiprocessing.Pipe(duplex=False)
        process = _loaded().Process(target=live, args=(plan, theirs), daemon=True)
        process.start()
        theirs.close()
        return Node(plan, process, ours)


def _loaded() -> multiprocessing.context.ForkServerContext:
    """Nodes are forked from a process that has loaded everything: a start of Python would take most of the drill."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["chaos_node"])
    before = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = os.pathsep.join(
        path for path in sys.path if path
    )  # it knows no other way to our folders
    try:
        forkserver.ensure_running()
    finally:
        os.environ["PYTHONPATH"] = before
    return context


def check(drill: Drill) -> None:
    """Each run done once, each effect once, no run on the wrong version, nothing left open."""
    state = asyncio.run(_read(drill))
    names = {f"run-c{number}" for number in range(drill.runs)}
    assert state.statuses == dict.fromkeys(names, "done")
    assert state.outcomes == dict.fromkeys(names, "ended")
    assert state.open_events == 0
    wanted_ids = {f"{name}:{number}" for name in names for number in (1, 4, 5)}
    assert Counter(state.settled_commands) == Counter(wanted_ids)
    _check_ledger(drill, names, state.versions)
    began_on = Counter(state.versions.values())
    print(
        f"seed {drill.seed}: killed {len(drill.deaths)} times, {drill.runs} runs done, {began_on[1]} on version 1 and "
        f"{began_on[2]} on version 2, {drill.runs * len(COMMANDS_OF_A_RUN)} effects, each of them once"
    )


def _check_ledger(drill: Drill, names: set[str], versions: dict[str, int]) -> None:
    """What the outside world saw, which knows a command by its id."""
    seen = {tuple(line.split(" ", 2)) for line in drill.ledger.read_text().splitlines()}
    assert Counter(line[1].split(":")[0] for line in seen) == dict.fromkeys(names, len(COMMANDS_OF_A_RUN))
    for line in seen:
        if line[0] == "SendMessage":
            assert line[2].endswith(f" v{versions[line[1].split(':')[0]]}"), f"{line} of version {versions}"
    assert set(versions.values()) == {1, 2}


@dataclass
class _State:
    statuses: dict[str, str]
    outcomes: dict[str, str]
    versions: dict[str, int]
    open_events: int
    settled_commands: list[str]


async def _read(drill: Drill) -> _State:
    async with await Database.open(drill.place, folder=drill.folder / "data") as database:
        return await database.read(_state)


def _state(transaction: sa.Connection) -> _State:
    rows = transaction.execute(sa.select(durable_runs.c.id, durable_runs.c.status, durable_runs.c.version)).all()
    ended = transaction.execute(sa.select(runs.c.id, runs.c.outcome)).all()
    open_events = transaction.scalar(sa.select(sa.func.count()).where(inbox.c.run_id.is_(None))) or 0
    settled = sa.select(outbox.c.idem).where(outbox.c.settled_at.is_not(None), outbox.c.problem == "")
    return _State(
        statuses={row.id: row.status for row in rows},
        outcomes={row.id: row.outcome for row in ended},
        versions={row.id: row.version for row in rows},
        open_events=open_events,
        settled_commands=list(transaction.scalars(settled)),
    )
