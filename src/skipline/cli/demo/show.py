"""`skipline demo`: a board, or plain lines where no board can be drawn, that goes on until you stop it."""

import asyncio
import signal
from collections.abc import Iterable, Sequence
from contextlib import suppress

from rich.console import Console
from rich.live import Live
from rich.panel import Panel

from skipline.base.clock import system_clock
from skipline.cli.demo.following import follow
from skipline.cli.demo.moment import look
from skipline.cli.demo.stage import NUMBER, Demo
from skipline.cli.demo.ticker import chat_lines, lines_of, summary_of
from skipline.cli.demo.traffic import keep_calling
from skipline.cli.demo.wallboard import draw_board
from skipline.cli.demo.writers import keep_writing

_REDRAWS_PER_SECOND = 4
_SUMMARY_EVERY_SECONDS = 5.0


async def show_calls(demo: Demo, console: Console) -> None:
    """Have customers call and write, and show what becomes of them until Ctrl-C."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    console.print(f"Open it: {demo.link}   (you are signed in by it, once)", soft_wrap=True)
    console.print(_welcome(demo))
    async with asyncio.TaskGroup() as tasks:
        background = [tasks.create_task(one) for one in (keep_calling(demo), keep_writing(demo))]
        if console.is_terminal:
            background += [tasks.create_task(follow(demo.host, one)) for one in (demo.watch, demo.chats)]
            await _draw(demo, console, stopped)
        else:
            calls = follow(demo.host, demo.watch, lambda fact: _tell(lines_of(fact, demo.watch)))
            chats = follow(demo.host, demo.chats, lambda fact: _tell(chat_lines(fact, demo.chats)))
            background += [tasks.create_task(one) for one in (calls, chats)]
            await _summarise(demo, stopped)
        for task in background:
            task.cancel()


async def _draw(demo: Demo, console: Console, stopped: asyncio.Event) -> None:
    """Draw on a screen of its own: what a terminal that changes its size would leave behind is wiped with it."""
    with Live(console=console, screen=True, auto_refresh=False) as screen:
        while not stopped.is_set():
            watch, now = demo.watch, system_clock()
            board = draw_board(
                await look(demo),
                sorted((*watch.decisions, *demo.chats.decisions), key=lambda one: one.at),
                [*watch.rows.values(), *demo.chats.rows.values()],
                head=_head(demo),
                size=(console.size.width, console.size.height),
                now=now,
            )
            screen.update(board, refresh=True)
            await _pause(stopped, 1 / _REDRAWS_PER_SECOND)


async def _summarise(demo: Demo, stopped: asyncio.Event) -> None:
    while not stopped.is_set():
        await _pause(stopped, _SUMMARY_EVERY_SECONDS)
        print(summary_of(await look(demo), system_clock()), flush=True)


def _tell(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, flush=True)


async def _pause(stopped: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stopped.wait(), seconds)


def _head(demo: Demo) -> Sequence[str]:
    """What is always at the top of the board."""
    rows = list(demo.watch.rows.values())
    talking = sum(row.answered_at is not None and row.ended_at is None for row in rows)
    chats = len(demo.chats.rows)
    return (
        f"[bold]The demo company[/]  {len(rows)} calls, {talking} talk now; {chats} conversations; its API is "
        f"{demo.company.mode}  [dim]Ctrl-C ends the demo[/]",
        f"[dim]Call it[/] sip:{NUMBER}@{demo.server.sip[0]}  [dim]Write to it[/] {demo.whatsapp.page_url}  "
        "[dim]Break it[/] "
        f"""curl -d '{{"mode": "down"}}' {demo.company_url}/_demo/mode""",
        f"[dim]Open it[/] {demo.link}",
    )


def _welcome(demo: Demo) -> Panel:
    server, sip = demo.server, demo.server.sip[0]
    lines = [
        f"Call it     [bold]sip:{NUMBER}@{sip}[/] with any softphone on this machine, or",
        f"            skipline call --from +31622222222 --to {NUMBER} --via {sip}",
        f"Write to it [bold]{demo.whatsapp.page_url}[/] in your browser is a customer's WhatsApp",
        f"Change it   edit {demo.workspace}/flows/loyalty.yaml or messages.yaml, then",
        f"            skipline apply {demo.workspace} --data {demo.data}",
        f'Break it    curl -d \'{{"mode": "down"}}\' {demo.company_url}/_demo/mode   (ok, slow, down, garbage)',
        f"Read it     curl -H 'Authorization: Bearer {server.first_key}' http://{server.http}/api/v1/runs",
        f"            curl -H 'Authorization: Bearer {server.first_key}' http://{server.http}/api/v1/queues/vip/state",
    ]
    return Panel("\n".join(lines), title="The demo company is open", title_align="left", padding=(1, 2))
