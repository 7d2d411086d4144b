"""`skipline apply` and `skipline export`: a workspace folder and a server, made equal either way."""

import asyncio
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from skipline.cli.failures import clear_failures
from skipline.cli.folders import read_folder, write_folder
from skipline.cli.remote import Remote, RemoteTrouble
from skipline.cli.terminal import fail

ServerOption = Annotated[str | None, typer.Option(help="address of a running server; its key in SKIPLINE_KEY")]
DataOption = Annotated[Path | None, typer.Option(help="data folder, whether its server runs or not")]


def apply(workspace: Path, server: ServerOption = None, data: DataOption = None) -> None:
    """Make a server, or a data folder, equal to a workspace folder: all of it or nothing."""
    with clear_failures():
        files = read_folder(workspace)
        remote = _find(server, data)
        try:
            changes = asyncio.run(_apply(remote, data, files))
        except RemoteTrouble as trouble:
            _tell(trouble)
    for sentence in changes or ["nothing changed"]:
        typer.echo(sentence)


def export(folder: Path, server: ServerOption = None, data: DataOption = None) -> None:
    """Write the workspace in force into a folder; applying it again changes nothing."""
    with clear_failures():
        remote = _find(server, data)
        try:
            files = asyncio.run(_export(remote, data))
        except RemoteTrouble as trouble:
            _tell(trouble)
        write_folder(folder, files)
    typer.echo(f"wrote {len(files)} files to {folder}")


async def _apply(remote: Remote | None, data: Path | None, files: dict[str, str]) -> list[str]:
    if remote is None:
        # Storage takes a second to load, which talking to a running server need not spend.
        from skipline.cli.offline import offline_apply

        return list(await offline_apply(data or Path(), files))
    answer = await remote.post("/workspace/apply", {"files": files})
    return [str(sentence) for sentence in answer["changes"]]


async def _export(remote: Remote | None, data: Path | None) -> dict[str, str]:
    if remote is None:
        from skipline.cli.offline import offline_export

        return await offline_export(data or Path())
    answer = await remote.get("/workspace")
    return {str(path): str(text) for path, text in answer["files"].items()}


def _find(server: str | None, data: Path | None) -> Remote | None:
    """The running server that is meant; None for a data folder that no server runs on."""
    if (server is None) == (data is None):
        fail("say where to: either --server URL or --data DIR", 2)
    try:
        return Remote.at(server) if server is not None else Remote.on_folder(data or Path())
    except RemoteTrouble as trouble:
        _tell(trouble)


def _tell(trouble: RemoteTrouble) -> NoReturn:
    for line in trouble.issues:
        typer.echo(line)
    fail(str(trouble))
