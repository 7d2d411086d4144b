"""`skipline demo`: the demo company on an embedded database, with real SIP calls to watch."""

import asyncio
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from skipline.cli.failures import clear_failures
from skipline.cli.settings import Settings, read_settings
from skipline.cli.terminal import log_to_stderr

_ANY_PORT = "127.0.0.1:0"


def demo(
    once: Annotated[bool, typer.Option("--once", help="place the demo calls, print one table, and end")] = False,
    http: Annotated[str | None, typer.Option(help="where the API listens, HOST:PORT; a free port without")] = None,
    sip: Annotated[str | None, typer.Option(help="where SIP listens, HOST:PORT; a free port without")] = None,
    data: Annotated[Path | None, typer.Option(help="keep the database and the workspace here")] = None,
) -> None:
    """Run the demo company: its API, its two lines, its agents, its flow, and calls that you can watch.

    With --once the exit status is 0 only if every caller reached the line or queue they should, the more urgent one
    first.
    """
    log_to_stderr("error")
    with clear_failures(), tempfile.TemporaryDirectory(prefix="skipline-demo-") as temporary:
        folder = data or Path(temporary)
        settings = demo_settings(folder, http, sip)
        is_right = asyncio.run(_run(settings, folder / "workspace", is_once=once))
    raise typer.Exit(0 if is_right else 1)


def demo_settings(folder: Path, http: str | None, sip: str | None) -> Settings:
    """The settings of a demo: its own embedded database, whatever the environment says of the real one."""
    return read_settings(data=folder / "data", http=http or _ANY_PORT, sip=(sip or _ANY_PORT,), database="")


async def _run(settings: Settings, workspace: Path, *, is_once: bool) -> bool:
    # The server's packages take half a second to load, which the other commands need not spend.
    from skipline.cli.demo.once import place_all
    from skipline.cli.demo.show import show_calls
    from skipline.cli.demo.stage import running_demo

    console = Console()
    async with AsyncExitStack() as stack:
        with console.status("starting the demo company"):
            stage = await stack.enter_async_context(running_demo(settings, workspace))
        if is_once:
            return await place_all(stage, console)
        await show_calls(stage, console)
        return True
