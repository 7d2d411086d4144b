"""The crash drill: nodes feed and serve runs, are killed at named points and at random instants, and start again."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from chaos_node import Plan
from durable_pieces import orders
from durable_values import publish

from skipline.base.fault_points import VARIABLE
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
COMMANDS_OF_A_RUN = ("AskContact", "LookUp", "SendMessage", "SendMessage", "SendRequest")
KILLS = 4
LIMIT_SECONDS = 60


@dataclass
class Drill:
    """One drill, told by its seed. `is_shared`: two nodes work at once, and one of them dies each time."""

    place: str
    folder: Path
    seed: int
    runs: int
    is_shared: bool
    deaths: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.ledger = self.folder / "ledger.txt"

    def go(self) -> None:
        """Kill `KILLS` times, each time with everything delivered again, then let it come to its end."""
        asyncio.run(self._publish_first())
        for kill in range(KILLS):
            # Turn by turn through the named points, so that few seeds visit each; every third death is at any time.
            point = POINTS[(self.seed * KILLS + kill) % len(POINTS)] if kill % 3 != 2 else None
            self._round(kill, point)
        self._round(KILLS, None, is_last=True)

    async def _publish_first(self) -> None:
        async with await Database.open(self.place, folder=self.folder / "data") as database:
            await publish(database, orders(1))

    def _round(self, number: int, point: str | None, *, is_last: bool = False) -> None:
        # Each round brings some new conversations and delivers those of the rounds before again.
        half, so_far = self.runs // 2, self.runs * (number + 1) // (KILLS + 1)
        halves = ((0, min(half, so_far)), (min(half, so_far), so_far)) if self.is_shared else ((0, so_far),)
        nodes = [self._start(number, index, share, None if index else point) for index, share in enumerate(halves)]
        victim = nodes[0]
        if not is_last:
            self._let_die(victim, point)
        for node in nodes if is_last else nodes[1:]:
            if not is_last:
                node.send_signal(signal.SIGKILL) if self.rng.random() < 0.5 else None
            self._end(node, must_finish=is_last or node.poll() is None)

    def _let_die(self, victim: subprocess.Popen[str], point: str | None) -> None:
        assert victim.stdout is not None
        assert "ready\n" in victim.stdout, victim.stderr and victim.stderr.read()  # reads on to that line
        if point is None:
            time.sleep(self.rng.uniform(0.0, 0.6))
            victim.send_signal(signal.SIGKILL)
        self._end(victim, must_finish=False)

    def _end(self, node: subprocess.Popen[str], *, must_finish: bool) -> None:
        out, trouble = node.communicate(timeout=LIMIT_SECONDS)
        self.deaths.append(str(node.returncode))
        allowed = (0,) if must_finish and node.returncode != -signal.SIGKILL else (0, -signal.SIGKILL)
        assert node.returncode in allowed, f"{out}\n{trouble}"

    def _start(self, number: int, index: int, share: tuple[int, int], point: str | None) -> subprocess.Popen[str]:
        owner = f"node-{number}-{index}"
        plan = Plan(
            place=self.place,
            folder=str(self.folder / f"data-{index}"),
            owner=owner,
            seed=self.seed,
            first=share[0],
            last=share[1],
            ledger=str(self.ledger),
            publish_after=(0, 0, self.runs, self.runs, 1)[number],
            lease_seconds=2.0,
        )
        file = self.folder / f"{owner}.json"
        file.write_text(json.dumps(dataclasses.asdict(plan)))
        fatal = {} if point is None else {VARIABLE: f"{point}:{self.rng.randint(1, self.runs // 10)}"}
        return subprocess.Popen(
            [sys.executable, "-m", "chaos_node", str(file)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), **fatal},
        )


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
