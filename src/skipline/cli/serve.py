"""`skipline serve`: the product."""

import asyncio
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import structlog
import typer

from skipline.cli.failures import clear_failures
from skipline.cli.folders import FolderMistake, read_folder
from skipline.cli.settings import Settings, SettingsMistake, read_settings
from skipline.cli.terminal import fail, log_to_stderr
from skipline.host.voice_worker import VoiceWorker

log = structlog.get_logger(__name__)

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def serve(
    data: Annotated[Path | None, typer.Option(help="folder of the database, the cache and the keys")] = None,
    apply: Annotated[Path | None, typer.Option(help="workspace folder to apply first")] = None,
    http: Annotated[str | None, typer.Option(help="where the API listens, HOST:PORT; port 0 picks one")] = None,
    sip: Annotated[list[str] | None, typer.Option(help="where SIP listens, HOST:PORT; may be repeated")] = None,
    sip_tls: Annotated[list[str] | None, typer.Option(help="where SIP over TLS listens, may be repeated")] = None,
    database: Annotated[str | None, typer.Option(help="database URL; SQLite in the data folder without")] = None,
) -> None:
    """Take calls and requests until SIGTERM; a second SIGTERM ends at once."""
    try:
        settings = read_settings(data=data, http=http, sip=_tuple(sip), sip_tls=_tuple(sip_tls), database=database)
        files = None if apply is None else read_folder(apply)
    except (SettingsMistake, FolderMistake) as mistake:
        fail(str(mistake), 2)
    log_to_stderr(settings.log_level)
    with clear_failures():
        asyncio.run(_serve(settings, files))


def _tuple(given: list[str] | None) -> tuple[str, ...] | None:
    return tuple(given) if given else None


async def _serve(settings: Settings, files: Mapping[str, str] | None) -> None:
    # Other commands need not load what follows, and here the rest loads while the voice worker starts already.
    from skipline.cli.ground import prepared_ground

    signals = _listen_for_signals()
    async with prepared_ground(settings) as ground:
        from skipline.cli.server import running_server

        async with running_server(ground, settings, files) as server:
            if server.first_key is not None:
                typer.echo(f"key {server.first_key}   (the management API's first key; it is shown this once)")
            if server.owner_link is not None:
                typer.echo(f"owner {server.owner_link}   (choose your password there; it works once, within a day)")
            tls = f" tls={','.join(server.tls)}" if server.tls else ""
            typer.echo(f"ready http={server.http} sip={','.join(server.sip)}{tls}")
            await _until_stopped(signals, server.voice, settings.drain_seconds)
    _end_whatever_comes()


def _listen_for_signals() -> asyncio.Queue[None]:
    """An entry for each SIGTERM or SIGINT. One that comes while the server starts ends it once it is ready, because
    only then does everything it began have somebody to end it."""
    signals: asyncio.Queue[None] = asyncio.Queue()
    for number in _SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, signals.put_nowait, None)
    return signals


def _end_whatever_comes() -> None:
    """All is done but leaving: a signal now would only make a good end look like a bad one."""
    for number in _SIGNALS:
        asyncio.get_running_loop().remove_signal_handler(number)
        signal.signal(number, signal.SIG_IGN)


async def _until_stopped(signals: asyncio.Queue[None], voice: VoiceWorker, drain_seconds: float) -> None:
    """Wait for a signal, then for the calls in progress, unless a second signal comes first."""
    await signals.get()
    log.info("draining", seconds=drain_seconds)
    voice.drain(drain_seconds)
    ends = [asyncio.create_task(one) for one in (signals.get(), voice.left.wait())]
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    for end in ends:
        end.cancel()
