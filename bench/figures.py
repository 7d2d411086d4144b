"""The figures of a whole bench, each with its goal, as plain data and as tables for the terminal."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

import durable
from load import Step

CLEAN_RATE_GOAL = 250
STEADY_RATE = 200


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. `is_met` is None where there is no goal."""

    name: str
    value: float
    shown: str
    goal: str = ""
    is_met: bool | None = None


@dataclass(slots=True)
class Bench:
    """What a bench found: `steps` are pairs of Kamailio's step and ours at one rate, one after the other."""

    machine: dict[str, str]
    figures: list[Figure] = field(default_factory=list)
    steps: list[tuple[Step, Step]] = field(default_factory=list)

    def add(
        self, name: str, value: float, unit: str = "", *, most: float | None = None, least: float | None = None
    ) -> None:
        """Keep a figure; `most` or `least` is its goal."""
        shown = f"{_number(value)} {unit}".strip()
        goal = f"<= {most:g} {unit}".strip() if most is not None else f">= {least:,g} {unit}".strip() if least else ""
        is_met = value <= most if most is not None else value >= least if least is not None else None
        self.figures.append(Figure(name, value, shown, goal, is_met))

    def add_load(self, steady: tuple[Step, Step]) -> None:
        """The figures of the load steps; `steady` are the long ones at 200 calls/s."""
        relay, ours = steady
        self.add(
            "clean calls/s, look-up and forward", _clean_rate([step for _, step in self.steps]), least=CLEAN_RATE_GOAL
        )
        self.add("clean calls/s, Kamailio", _clean_rate([step for step, _ in self.steps]))
        self.add(f"CPU per call at {STEADY_RATE}/s", ours.cpu_ms_in_all, "ms", most=6)
        for part, spent in ours.cpu_ms.items():
            self.add(f"  of which {part}", spent, "ms")
        self.add("CPU per call, Kamailio", relay.cpu_ms_in_all, "ms")
        self.add("CPU per call, times Kamailio's", ours.cpu_ms_in_all / relay.cpu_ms_in_all)
        self.add(f"INVITE to 180 at {STEADY_RATE}/s, p50", ours.ring_median, "ms", most=5)
        self.add(f"INVITE to 180 at {STEADY_RATE}/s, p99", ours.ring_p99, "ms", most=30)
        self.add("INVITE to 180, Kamailio, p50", relay.ring_median, "ms")
        self.add("INVITE to 180, Kamailio, p99", relay.ring_p99, "ms")
        self.add(f"memory at {STEADY_RATE}/s, RSS of all processes", ours.memory.rss, "MB", most=300)
        self.add(f"memory at {STEADY_RATE}/s, PSS", ours.memory.pss, "MB")
        self.add("memory, Kamailio, PSS", relay.memory.pss, "MB")

    def add_durable(self, measured: Sequence[durable.Figure]) -> None:
        """The most telling figures of durable runs, of each database."""
        for one in measured:
            if one.what == durable.WHOLE and one.at_once > 1:
                self.add(f"durable runs/s, {one.store}, {one.at_once} at once", one.per_second)
            if one.what == durable.REPLY and one.at_once == 1:
                self.add(f"reply to finished run, {one.store}, p50", one.p50_ms, "ms")
                self.add(f"reply to finished run, {one.store}, p99", one.p99_ms, "ms")

    def as_data(self) -> dict[str, Any]:
        """Everything, for `--json`."""
        pairs = [{"kamailio": _step_data(relay), "skipline": _step_data(ours)} for relay, ours in self.steps]
        return {"machine": self.machine, "figures": [asdict(figure) for figure in self.figures], "steps": pairs}

    def print(self, console: Console) -> None:
        """Two tables: the load steps side by side, and the figures with their goals."""
        console.print(" | ".join(f"{name}: {value}" for name, value in self.machine.items()))
        console.print(_step_table(self.steps))
        console.print(_figure_table(self.figures))


def _clean_rate(steps: Sequence[Step]) -> int:
    """The highest rate up to which every step was clean."""
    clean = 0
    for rate in sorted({step.rate for step in steps}):
        if not all(step.is_clean for step in steps if step.rate == rate):
            break
        clean = rate
    return clean


def _step_table(steps: Sequence[tuple[Step, Step]]) -> Table:
    table = Table(title="Calls through Kamailio (plain relay) / through Skipline (look-up and forward)")
    columns: dict[str, Callable[[Step], str]] = {
        "failed": lambda step: str(step.failed),
        "sent again": lambda step: str(step.repeats),
        "180 after 200": lambda step: str(step.late_rings),
        "CPU ms/call": lambda step: f"{step.cpu_ms_in_all:.2f}",
        "180 p50 ms": lambda step: f"{step.ring_median:.1f}",
        "180 p99 ms": lambda step: f"{step.ring_p99:.1f}",
    }
    table.add_column("calls/s", justify="right")
    for title in columns:
        table.add_column(title, justify="right")
    for relay, ours in steps:
        cells = [f"{show(relay)} / {show(ours)}" for show in columns.values()]
        table.add_row(f"{ours.rate}", *cells, style="" if ours.is_clean else "yellow")
    return table


def _figure_table(figures: Sequence[Figure]) -> Table:
    table = Table(title="Figures")
    for title, justify in (("what", "left"), ("measured", "right"), ("goal", "right"), ("", "left")):
        table.add_column(title, justify=justify)  # type: ignore[arg-type]
    verdicts = {None: "", True: "[green]met[/]", False: "[red]not met[/]"}
    for figure in figures:
        table.add_row(figure.name, figure.shown, figure.goal, verdicts[figure.is_met])
    return table


def _step_data(step: Step) -> dict[str, Any]:
    data = asdict(step)
    data.pop("ring_ms")
    return data | {"is_clean": step.is_clean, "ring_p50_ms": step.ring_median, "ring_p99_ms": step.ring_p99}


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
