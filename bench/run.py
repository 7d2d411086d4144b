"""Measures Skipline beside a Kamailio on the same machine: `python bench/run.py [--quick] [--json FILE]`.

Load steps of the two take turns, so that whatever else the machine does falls on both. SIPp, the company's API and the
servers share the cores.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

import durable
import messages
import pure
import sharing
import web
from figures import STEADY_RATE, Bench
from kamailio import NoKamailio, running_kamailio
from load import Load, Step
from machine import describe_machine
from ports import free_port, wait_until_bound
from processes import family_of, memory_of
from queue_calls import AGENTS, measure_queue_calls
from queues import measure_queue
from server import Skipline, running_skipline, write_workspace
from waits import measure_waits

_COMPANY = Path(__file__).with_name("company.py")
_SETTLE_SECONDS = 3.0
_PIPED_WIDTH = 120

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to measure. Rates in calls a second."""

    rates: Sequence[int] = (100, 150, 200, 250, 300)
    step_seconds: int = 12
    steady_seconds: int = 80
    relay_steady_seconds: int = 20
    starts: int = 5
    pure_seconds: float = 2.0
    durable_loads: durable.Loads = durable.LOADS
    open_runs: int = 50_000
    callers: int = 12_000
    kills: int = 6
    queue_seconds: float = 30.0
    wait_days: int = 12
    webhooks_per_second: float = messages.PER_SECOND
    webhook_seconds: float = messages.SECONDS
    pan_seconds: float = 5.0


QUICK = Plan(
    rates=(100, 200),
    step_seconds=4,
    steady_seconds=6,
    relay_steady_seconds=4,
    starts=2,
    pure_seconds=0.5,
    durable_loads=durable.QUICK_LOADS,
    open_runs=5_000,
    callers=2_000,
    kills=2,
    queue_seconds=6.0,
    wait_days=1,
    webhooks_per_second=messages.QUICK_PER_SECOND,
    webhook_seconds=messages.QUICK_SECONDS,
    pan_seconds=1.0,
)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where everything of one bench lives and listens."""

    folder: Path
    workspace: Path
    company_port: int
    target_port: int


def main() -> int:
    """Measure, print, and exit 0; 2 when something needed is missing."""
    given = _read_arguments()
    bench, console = Bench(describe_machine()), Console(width=None if sys.stdout.isatty() else _PIPED_WIDTH)
    try:
        with _open_stage() as stage:
            _measure(
                bench, stage, QUICK if given.quick else Plan(), lambda what: console.print(f"... {what}", style="dim")
            )
    except NoKamailio as missing:
        sys.stderr.write(f"{missing}\n")
        return 2
    bench.print(console)
    if given.json:
        given.json.write_text(json.dumps(bench.as_data(), indent=2) + "\n", encoding="utf-8")
    return 0


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure Skipline beside Kamailio.")
    parser.add_argument("--quick", action="store_true", help="short steps: shows that it works, not how fast")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there too")
    return parser.parse_args()


@contextmanager
def _open_stage() -> Iterator[Stage]:
    """A temporary folder, and the company's API as a process."""
    with tempfile.TemporaryDirectory(prefix="skipline-bench-") as name:
        folder, company_port, target_port = Path(name), free_port(), free_port()
        workspace = write_workspace(folder / "workspace", company_port=company_port, target_port=target_port)
        company = subprocess.Popen([sys.executable, _COMPANY, str(company_port)])
        try:
            wait_until_bound(company_port, is_udp=False)
            yield Stage(folder, workspace, company_port, target_port)
        finally:
            company.kill()
            company.wait()


def _measure(bench: Bench, stage: Stage, plan: Plan, say: Say) -> None:
    say("conditions, formulas, texts, flow steps")
    for name, speed in pure.measure_expressions(plan.pure_seconds).items():
        bench.add(f"{name}/s", speed)
    bench.add("flow steps/s, no I/O", pure.measure_flow_steps(plan.pure_seconds), least=200_000)
    _measure_queue(bench, plan, say)
    _measure_queue_calls(bench, stage, plan, say)
    _measure_waits(bench, plan, say)
    say("the builder in a browser")
    for name, value, unit, goal in web.figures(web.measure_web(plan.pan_seconds)):
        bench.add(name, value, unit, **goal)
    say("look-ups")
    ours, bare = _measure_lookups(stage, plan)
    bench.add("look-ups/s, 50 at once", ours)
    bench.add("  the same with aiohttp alone", bare)
    say("durable runs on SQLite and on PostgreSQL")
    bench.add_durable(asyncio.run(durable.measure_both(plan.durable_loads)))
    _measure_messages(bench, plan, say)
    say("starts")
    starts = [_measure_start(stage, f"start-{number}") for number in range(plan.starts)]
    bench.add("start to ready, median", statistics.median(starts), "s", most=3)
    asyncio.run(durable.fill(stage.folder / "full", plan.open_runs))
    bench.add(f"start to ready, {plan.open_runs:,} runs wait", _measure_start(stage, "full"), "s", most=5)
    say("queues kept for good, on SQLite and shared on PostgreSQL")
    _measure_sharing(bench, plan)
    _measure_calls(bench, stage, plan, say)


def _measure_messages(bench: Bench, plan: Plan, say: Say) -> None:
    say(f"{plan.webhooks_per_second:g} webhooks/s for {plan.webhook_seconds:g} s, on both databases, also with kill -9")
    for name, found in messages.measure(per_second=plan.webhooks_per_second, seconds=plan.webhook_seconds).all():
        timing = found.timing
        bench.add(f"webhooks taken/s, {name}", timing.per_second)
        if "killed" not in name:
            bench.add("  webhook to its answer, p50", timing.p50_ms, "ms", most=50)
            bench.add("  webhook to its answer, p99", timing.p99_ms, "ms", most=250)
            bench.add("  webhook to its answer, longest", timing.longest_ms, "ms", most=1000)
            bench.add("  customer to their answer, p50", found.answer_p50_seconds, "s")
        bench.add("  messages lost, doubled or out of order", len(found.problems), most=0)


def _measure_queue(bench: Bench, plan: Plan, say: Say) -> None:
    say("a queue of 100,000 with 5,000 agents")
    speed = measure_queue(plan.pure_seconds)
    bench.add("who is next/s, 100,000 waiting, 5,000 agents", speed.choices_a_second, least=50_000)
    bench.add("  by a scan of all who wait/s", speed.scans_a_second)
    bench.add("agent free to offer, reasons and record made/s", speed.offers_a_second)
    bench.add("agent free to offer, p50", speed.offer_median_ms, "ms")
    bench.add("agent free to offer, p99", speed.offer_p99_ms, "ms", most=1)
    bench.add("contacts through the queue/s", speed.cycles_a_second)
    bench.add("arrivals who find an agent/s", speed.arrivals_a_second)


def _measure_queue_calls(bench: Bench, stage: Stage, plan: Plan, say: Say) -> None:
    say(f"{AGENTS} agents with telephones and more callers than they can take")
    seen = measure_queue_calls(stage.folder / "queue", plan.queue_seconds)
    bench.add("agent free to INVITE at their telephone, p50", seen.median_ms, "ms")
    bench.add("agent free to INVITE at their telephone, p99", seen.p99_ms, "ms", most=50)
    bench.add("calls served, of what the agents could", seen.share_of_ideal, "%", least=95)


def _measure_waits(bench: Bench, plan: Plan, say: Say) -> None:
    say(f"{plan.wait_days} invented days of estimated waits")
    found = measure_waits(plan.wait_days)
    bench.add("estimated waits, median error", found.whole.mdare * 100, "%", most=20)
    bench.add("  worst tier", found.worst * 100, "%", most=25)
    bench.add("  the last wait of the tier instead", found.last * 100, "%")
    bench.add("waits inside their 80 % band, 75 to 85", found.whole.coverage * 100, "%", most=85)
    bench.add(f"an estimate with {found.waiting} waiting", found.milliseconds, "ms")


def _measure_lookups(stage: Stage, plan: Plan) -> tuple[float, float]:
    """Look-ups a second through the source layer and without it, the best of three tries each, in turns."""
    tries = [
        (asyncio.run(measure(stage.company_port, plan.pure_seconds)), measure)
        for _ in range(3)
        for measure in (pure.measure_lookups, pure.measure_bare_requests)
    ]
    ours, bare = (
        max(speed for speed, by in tries if by is one) for one in (pure.measure_lookups, pure.measure_bare_requests)
    )
    return ours, bare


def _measure_start(stage: Stage, folder: str) -> float:
    """Seconds until a server on a data folder is ready, workspace applied."""
    with running_skipline(stage.folder / folder, stage.workspace, free_port()) as server:
        return server.ready_seconds


def _measure_sharing(bench: Bench, plan: Plan) -> None:
    found = sharing.measure(callers=plan.callers, kills=plan.kills)
    bench.add("matches/s on the disk, SQLite", found.sqlite_matches)
    bench.add("matches/s on the disk, leader on PostgreSQL", found.postgres_matches)
    bench.add(f"new leader puts {found.rebuilt} waiting back", found.rebuild_ms / 1000, "s")
    bench.add("kill -9 of a leader to the next one, median", found.failover_median_ms / 1000, "s", most=0.5)


def _measure_calls(bench: Bench, stage: Stage, plan: Plan, say: Say) -> None:
    load, relay_port = Load(stage.folder, stage.target_port), free_port()
    with (
        running_kamailio(stage.folder, relay_port, stage.target_port) as relay_pid,
        running_skipline(stage.folder / "data", stage.workspace, free_port()) as server,
    ):
        wait_until_bound(relay_port)
        _measure_idle(bench, server)
        relay = {"kamailio": family_of(relay_pid)}

        def take_turns(rate: int, relay_seconds: int, our_seconds: int) -> tuple[Step, Step]:
            say(f"{rate} calls/s: Kamailio, then Skipline")
            theirs = _step(load, rate, relay_seconds, relay_port, relay)
            return theirs, _step(load, rate, our_seconds, server.sip_port, server.processes())

        for rate in plan.rates:
            bench.steps.append(take_turns(rate, plan.step_seconds, plan.step_seconds))
        bench.add_load(take_turns(STEADY_RATE, plan.relay_steady_seconds, plan.steady_seconds))


def _step(load: Load, rate: int, seconds: int, port: int, processes: Mapping[str, Sequence[int]]) -> Step:
    step = load.step(rate, seconds, port, processes)
    time.sleep(1)
    return step


def _measure_idle(bench: Bench, server: Skipline) -> None:
    time.sleep(_SETTLE_SECONDS)
    memory = memory_of(family_of(server.pid))
    bench.add("idle memory, RSS of all processes", memory.rss, "MB", most=150)
    bench.add("idle memory, PSS", memory.pss, "MB")


if __name__ == "__main__":
    sys.exit(main())
