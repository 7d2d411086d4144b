"""A data folder without its server: the same changes, made straight in the database that its settings name."""

from collections.abc import Mapping
from pathlib import Path

from skipline.base.clock import system_clock
from skipline.cli.settings import read_settings
from skipline.model.audit import COMMAND_LINE, AuditEntry, Deed
from skipline.store import workspace as stored
from skipline.store.audit import told
from skipline.store.database import Database
from skipline.workspace.differences import find_differences
from skipline.workspace.reading import Workspace, WorkspaceRefused, read_workspace
from skipline.workspace.writing import write_workspace


async def offline_apply(data: Path, files: Mapping[str, str]) -> tuple[str, ...]:
    """Make the folder's workspace equal to `files`; gives the changes.

    Raises `WorkspaceRefused`, `StorageError`, `SettingsMistake`.
    """
    reading = read_workspace(files)
    wanted = reading.workspace
    if wanted is None:
        raise WorkspaceRefused(reading.issues)
    async with await _open(data) as database:
        configuration, live = await database.read(stored.read)
        before = Workspace(configuration, tuple(version.content for version in live))
        changes = find_differences(before, wanted)
        if changes:
            now = system_clock()
            detail = {"changes": changes[:20], "count": len(changes)}
            entry = AuditEntry(at=now, deed=Deed.WORKSPACE_APPLIED, who=COMMAND_LINE, detail=detail)
            work = told(entry, stored.apply)
            await database.write(work, wanted.configuration, wanted.flows, now, author=COMMAND_LINE)
    return changes


async def offline_export(data: Path) -> dict[str, str]:
    """The files of the folder's workspace. Raises `StorageError`, `SettingsMistake`."""
    async with await _open(data) as database:
        configuration, live = await database.read(stored.read)
    return write_workspace(configuration, [version.content for version in live])


async def _open(data: Path) -> Database:
    settings = read_settings(data=data)
    return await Database.open(settings.database or settings.data, folder=settings.data)
