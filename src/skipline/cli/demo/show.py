"""Plays the demo: the calls of `--once` with their table, or a board that goes on until you stop it."""

import asyncio
import signal
from contextlib import suppress

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress import Progress, SpinnerColumn, TextColumn

from skipline.base.clock import system_clock
from skipline.cli.demo.board import live_board, result_table
from skipline.cli.demo.callers import CALLERS, NUMBER, CallResult, place_call
from skipline.cli.demo.company import Mode
from skipline.cli.demo.stage import Demo
from skipline.cli.demo.watch import Row

_REDRAWS_PER_SECOND = 4
_BETWEEN_CALLS_SECONDS = 1.5
_SETTLE_SECONDS = 5.0
_NARROWEST = 150
"""Columns; a table in a file or a pipe is not squeezed below this."""


async def place_all(demo: Demo, console: Console) -> bool:
    """Place every scripted call, print one table, and say whether each caller reached the line they should."""
    following = asyncio.create_task(_follow(demo, until_over=len(CALLERS)))
    results = await _place_calls(demo, console)
    with suppress(TimeoutError):
        await asyncio.wait_for(following, _SETTLE_SECONDS)
    if not console.is_terminal:
        console.width = max(console.width, _NARROWEST)
    console.print(result_table(list(zip(results, _rows_of(demo, results), strict=True))))
    right = sum(result.is_right for result in results)
    console.print(f"{right} of {len(results)} callers reached the line they should.")
    return right == len(results)


async def _place_calls(demo: Demo, console: Console) -> list[CallResult]:
    results: list[CallResult] = []
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=console, transient=True) as progress:
        task = progress.add_task("")
        for number, caller in enumerate(CALLERS, 1):
            progress.update(task, description=f"call {number} of {len(CALLERS)}: {caller.who}")
            results.append(await place_call(demo.phone, demo.server.sip[0], caller, demo.company, demo.lines))
    return results


async def show_calls(demo: Demo, console: Console) -> None:
    """Show calls as they happen, the scripted ones first, until Ctrl-C."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    console.print(_welcome(demo))
    with Live(console=console, auto_refresh=False) as screen:
        async with asyncio.TaskGroup() as tasks:
            background = [tasks.create_task(_follow(demo)), tasks.create_task(_place_scripted(demo))]
            while not stopped.is_set():
                screen.update(_board(demo), refresh=True)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stopped.wait(), 1 / _REDRAWS_PER_SECOND)
            for task in background:
                task.cancel()


async def _place_scripted(demo: Demo) -> None:
    for caller in CALLERS:
        await place_call(demo.phone, demo.server.sip[0], caller, demo.company, demo.lines)
        await asyncio.sleep(_BETWEEN_CALLS_SECONDS)
    demo.company.behave(Mode.OK)


async def _follow(demo: Demo, until_over: int = 0) -> None:
    """Keep the rows up to date, for ever or until so many calls are over."""
    with demo.server.services.host.live.listen() as facts:
        async for fact in facts:
            demo.watch.take(fact)
            if until_over and demo.watch.calls_over >= until_over:
                return


def _rows_of(demo: Demo, results: list[CallResult]) -> list[Row | None]:
    """The record of each result: calls were placed one after another, so they stand in the same order."""
    rows = list(demo.watch.rows.values())
    return [rows[place] if place < len(rows) else None for place in range(len(results))]


def _board(demo: Demo) -> Group:
    hint = f"the company's API is {demo.company.mode}; Ctrl-C ends the demo"
    return Group(live_board(demo.watch.rows.values(), system_clock, hint))


def _welcome(demo: Demo) -> Panel:
    server, sip = demo.server, demo.server.sip[0]
    lines = [
        f"Call it     [bold]sip:{NUMBER}@{sip}[/] with any softphone on this machine, or",
        f"            skipline call --from +31622222222 --to {NUMBER} --via {sip}",
        f"Change it   edit {demo.workspace}/flows/loyalty.yaml, then",
        f"            skipline apply {demo.workspace} --data {demo.data}",
        f'Break it    curl -d \'{{"mode": "down"}}\' {demo.company_url}/_demo/mode   (ok, slow, down, garbage)',
        f"Read it     curl -H 'Authorization: Bearer {server.first_key}' http://{server.http}/api/v1/runs",
    ]
    return Panel("\n".join(lines), title="The demo company is open", title_align="left", padding=(1, 2))
