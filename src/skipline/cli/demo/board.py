"""Draws the demo in the terminal: the table of `--once`, and the live board."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from skipline.base.clock import Clock
from skipline.cli.demo.callers import CallResult
from skipline.cli.demo.watch import Row

_SHOWN = 8


def result_table(results: Sequence[tuple[CallResult, Row | None]]) -> Table:
    """One line a call: who, what the look-up said, the path, the line reached, the times, and why."""
    table = Table(title="Calls placed over SIP", box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for heading in ("", "caller", "look-up", "path", "reached", "ringing", "answer", "why"):
        table.add_column(heading, overflow="fold", justify="right" if heading in ("ringing", "answer") else "left")
    for result, row in results:
        table.add_row(*_result_cells(result, row))
        table.add_row()
    return table


def _result_cells(result: CallResult, row: Row | None) -> list[str | Text]:
    mark = Text("✓", "green") if result.is_right else Text("✗", "bold red")
    reached = Text(result.line or f"nobody ({result.code})", "" if result.is_right else "bold red")
    if not result.is_right:
        reached.append(f" instead of {result.caller.expects}")
    who = Text(f"{result.caller.who}\n").append(result.caller.phone, "dim")
    if row is None:
        return [mark, who, "", "", reached, _ms(result.rang_after), _ms(result.answered_after), "no record was found"]
    path, why = row.path, row.why
    return [mark, who, row.lookup, path, reached, _ms(result.rang_after), _ms(result.answered_after), why]


def live_board(rows: Iterable[Row], clock: Clock, hint: str) -> Table:
    """The latest calls, newest first, as they stand now."""
    latest = list(rows)[-_SHOWN:][::-1]
    table = Table(title="Calls", box=box.SIMPLE_HEAD, title_justify="left", caption=hint, caption_justify="left")
    for heading in ("at", "caller", "look-up", "path", "targets", "answer", "now", "why"):
        table.add_column(heading, overflow="fold")
    for row in latest:
        table.add_row(*_live_cells(row, clock))
    return table


def _live_cells(row: Row, clock: Clock) -> list[str | Text]:
    contact = row.run.contact if row.run is not None else None
    who = Text(f"{contact.name if contact else ''}\n").append(row.call.from_ or "withheld", "dim")
    waited = (row.answered_at or row.ended_at or clock()) - row.call.arrived_at
    answer = f"{waited.total_seconds():.1f} s" if row.answered_at else f"({waited.total_seconds():.1f} s)"
    state = Text(row.outcome or row.state, "green" if row.ended_at is None else "dim")
    at = row.call.arrived_at.astimezone().strftime("%H:%M:%S")
    return [at, who, row.lookup, row.path, "\n".join(row.targets), answer, state, row.why]


def _ms(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds * 1000:.0f} ms"
