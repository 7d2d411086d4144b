"""Draws the table of `--once`."""

from collections.abc import Sequence
from typing import Protocol

from rich import box
from rich.table import Table
from rich.text import Text

from skipline.cli.demo.callers import Caller
from skipline.cli.demo.priority import Priority


class RecordedRow(Protocol):
    """What is on record of a call or a conversation, in words."""

    agent: str

    @property
    def lookup(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def why(self) -> list[str]: ...


class Result(Protocol):
    """How a scripted call or conversation went; times in seconds."""

    @property
    def caller(self) -> Caller: ...
    @property
    def code(self) -> int: ...
    @property
    def rang_after(self) -> float | None: ...
    @property
    def answered_after(self) -> float | None: ...
    @property
    def reached(self) -> str: ...
    @property
    def is_right(self) -> bool: ...
    @property
    def row(self) -> RecordedRow | None: ...


def result_table(results: Sequence[Result]) -> Table:
    """One line a call or conversation: who, what the look-up said, the path, what was reached, the times, and why."""
    table = Table(
        title="Calls over SIP, and a conversation on WhatsApp",
        box=box.SIMPLE_HEAD,
        title_justify="left",
        pad_edge=False,
    )
    for heading in ("", "caller", "look-up", "path", "reached", "ringing", "answer", "why"):
        table.add_column(heading, overflow="fold", justify="right" if heading in ("ringing", "answer") else "left")
    for result in results:
        table.add_row(*_cells(result))
        table.add_row()
    return table


def _cells(result: Result) -> list[str | Text]:
    mark = Text("✓", "green") if result.is_right else Text("✗", "bold red")
    who = Text(f"{result.caller.who}\n").append(result.caller.phone, "dim")
    times = [_span(result.rang_after), _span(result.answered_after)]
    row = result.row
    if row is None:
        return [mark, who, "", "", _reached(result), *times, "no record was found"]
    return [mark, who, row.lookup, row.path, _reached(result), *times, "\n".join(row.why)]


def _reached(result: Result) -> Text:
    if not result.is_right:
        found = result.reached or (f"nobody ({result.code})" if result.code else "nobody")
        return Text(f"{found} instead of {result.caller.expects}", "bold red")
    agent = result.row.agent if result.row is not None else ""
    return Text(result.reached).append(f"\n{agent}" if agent else "", "dim")


def priority_verdict(priority: Priority) -> str:
    """Whether the order of the queue held, in a sentence."""
    if not priority.is_right:
        return "The order of the queue did not hold: gold should have been answered before silver."
    return (
        f"Gold called {priority.later:.1f} s after silver and was answered {priority.earlier:.1f} s before: "
        "it had used up more of its target."
    )


def _span(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
