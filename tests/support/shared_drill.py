"""The drill of shared queues: nodes feed callers and serve them, while leaders are killed or frozen."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from shared_room import Node, working

from skipline.base.fault_points import arm
from skipline.model.ids import EntryId
from skipline.model.queue_events import OfferMade, QueueDecision

AGENTS_OF_A_NODE = 20
BURST = 10


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a node is to do: feed `entries` callers, with agents of its own. `fatal` is where it dies."""

    url: str
    name: str
    names: tuple[str, ...]
    entries: int
    folder: str
    fatal: str = ""


def agents_of(name: str) -> list[str]:
    return [f"{name}-{number}" for number in range(AGENTS_OF_A_NODE)]


async def serve(plan: Plan, line: Connection) -> None:
    node = Node(plan.url, plan.name)
    open_entries: set[EntryId] = set()

    with (Path(plan.folder) / "ledger.txt").open("a", buffering=1) as ledger:

        def note(decision: QueueDecision) -> None:
            if isinstance(decision, OfferMade):
                entry = decision.reservation.entry
                ledger.write(f"{entry} {decision.reservation.id} {decision.reservation.agent}\n")
                asyncio.get_running_loop().call_soon(node.end, entry)
                open_entries.discard(entry)

        node.on_decision = note
        async with working(node, *(agent for name in plan.names for agent in agents_of(name))):
            node.come(*agents_of(plan.name))
            telling = asyncio.create_task(_tell_of_leading(node, line))
            for number in range(0, plan.entries, BURST):
                entries = [EntryId(f"{plan.name}:{one}") for one in range(number, min(number + BURST, plan.entries))]
                open_entries.update(entries)
                node.join(*entries)
                while len(open_entries) > 4 * BURST:  # noqa: ASYNC110 - as fast as the queues take them
                    await asyncio.sleep(0.002)
            while open_entries:  # noqa: ASYNC110 - the same
                await asyncio.sleep(0.005)
            line.send(("done", time.monotonic()))
            await telling


async def _tell_of_leading(node: Node, line: Connection) -> None:
    has_led = False
    while True:
        if node.office.leads != has_led:
            has_led = node.office.leads
            line.send(("leads" if has_led else "follows", time.monotonic()))
        await asyncio.sleep(0.002)


def live(plan: Plan, line: Connection) -> None:
    sys.stdout = sys.stderr = (Path(plan.folder) / f"{plan.name}.log").open("w", buffering=1)
    arm(plan.fatal)
    asyncio.run(serve(plan, line))


@dataclass
class Running:
    """A process of the drill, and what it said."""

    plan: Plan
    process: ForkServerProcess
    line: Connection
    said: list[tuple[str, float]] = field(default_factory=list)

    def hear(self) -> None:
        while self.line.poll():
            try:
                self.said.append(self.line.recv())
            except EOFError:
                return

    @property
    def is_done(self) -> bool:
        return any(word == "done" for word, _ in self.said)

    @property
    def leads(self) -> bool:
        words = [word for word, _ in self.said if word != "done"]
        return bool(words) and words[-1] == "leads"

    def signal(self, number: signal.Signals) -> None:
        if self.process.pid is not None and self.process.is_alive():
            os.kill(self.process.pid, number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self.process.join()

    def log(self) -> str:
        return (Path(self.plan.folder) / f"{self.plan.name}.log").read_text(errors="replace")[-3000:]


class Drill:
    """Nodes on one database. `entries` is how many callers each of them has."""

    def __init__(self, url: str, folder: Path, *, entries: int, names: tuple[str, ...]) -> None:
        self.url, self.folder, self.entries, self.names = url, folder, entries, names
        self.nodes: list[Running] = []

    def start(self, name: str, *, entries: int | None = None, fatal: str = "") -> Running:
        plan = Plan(
            url=self.url,
            name=name,
            names=self.names,
            entries=self.entries if entries is None else entries,
            folder=str(self.folder),
            fatal=fatal,
        )
        ours, theirs = multiprocessing.Pipe(duplex=False)
        process = _loaded().Process(target=live, args=(plan, theirs), daemon=True)
        process.start()
        theirs.close()
        node = Running(plan, process, ours)
        self.nodes.append(node)
        return node

    def until(self, is_so: object, seconds: float = 60.0) -> None:
        """Hear the nodes until something is so."""
        assert callable(is_so)
        deadline = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < deadline, "\n".join(node.log() for node in self.nodes)
            wait([node.line for node in self.nodes if node.process.is_alive()], 0.05)
            for node in self.nodes:
                node.hear()

    def leader(self, *among: Running) -> Running:
        self.until(lambda: any(node.leads for node in among))
        return next(node for node in among if node.leads)

    def offers(self) -> Counter[str]:
        """How often each entry was offered; in the drill every offer is taken at once."""
        path = self.folder / "ledger.txt"
        lines = path.read_text().splitlines() if path.exists() else []
        return Counter(line.split()[0] for line in lines if len(line.split()) == 3)

    def end(self) -> None:
        for node in self.nodes:
            node.kill()


def _loaded() -> multiprocessing.context.ForkServerContext:
    """Nodes are forked from a process that has loaded everything."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["shared_drill"])
    return context
