"""`skipline demo --once`: scripted calls, the proof of the queue's order and a conversation, printed as one table."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from skipline.cli.demo.board import Result, priority_verdict, result_table
from skipline.cli.demo.callers import CALLERS, place_call
from skipline.cli.demo.following import follow
from skipline.cli.demo.patience import until
from skipline.cli.demo.priority import Priority, prove_priority
from skipline.cli.demo.stage import Demo
from skipline.cli.demo.writers import hold_conversation

_SETTLE_SECONDS = 5.0
_NARROWEST = 150
"""Columns; a table in a file or a pipe is not squeezed below this."""


async def place_all(demo: Demo, console: Console) -> bool:
    """Place every scripted call, write once, print one table, and say whether all got where they should, in order."""
    async with _following(demo):
        results, priority = await _place_calls(demo, console)
        await until(lambda: _are_over(demo), _SETTLE_SECONDS)
    if not console.is_terminal:
        console.width = max(console.width, _NARROWEST)
    console.print(result_table(results))
    right = sum(result.is_right for result in results)
    console.print(f"{right} of {len(results)} reached the line or the queue they should.")
    console.print(priority_verdict(priority))
    return right == len(results) and priority.is_right


async def _place_calls(demo: Demo, console: Console) -> tuple[list[Result], Priority]:
    results: list[Result] = []
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=console, transient=True) as progress:
        task = progress.add_task("")
        for number, caller in enumerate(CALLERS, 1):
            progress.update(task, description=f"call {number} of {len(CALLERS) + 2}: {caller.who}")
            results.append(await place_call(demo, caller))
        progress.update(task, description="one agent, who is busy: silver waits, gold comes later")
        priority = await prove_priority(demo)
        progress.update(task, description="a conversation on WhatsApp")
        written = await hold_conversation(demo)
    return [*results, priority.silver, priority.gold, written], priority


@asynccontextmanager
async def _following(demo: Demo) -> AsyncIterator[None]:
    """Those who watch are told everything within the block."""
    following = [asyncio.create_task(follow(demo.host, one)) for one in (demo.watch, demo.chats)]
    try:
        yield
    finally:
        for one in following:
            one.cancel()


async def _are_over(demo: Demo) -> bool:
    return all(row.ended_at is not None for row in demo.watch.rows.values())
