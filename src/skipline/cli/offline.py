"""A data folder without its server: the same changes, made straight in the database that its settings name."""

from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa

from skipline.base.clock import system_clock
from skipline.cli.own_database import open_database
from skipline.cli.settings import read_settings
from skipline.model.audit import COMMAND_LINE, AuditEntry, Deed
from skipline.store import stories
from skipline.store import workspace as stored
from skipline.store.audit import told
from skipline.store.database import Database, is_server
from skipline.stories.kept import describe_stories, kept_stories, story_files
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
    told_stories = kept_stories(files, [flow.flow for flow in wanted.flows])
    if told_stories.issues:
        raise WorkspaceRefused(told_stories.issues)
    settings = read_settings(data=data)
    async with await open_database(settings) as database:
        configuration, live = await database.read(stored.read)
        before = Workspace(configuration, tuple(version.content for version in live))
        kept = await database.read(stories.read_texts)
        changes = (*find_differences(before, wanted), *describe_stories(kept, told_stories.texts))
        if changes:
            now = system_clock()
            detail = {"changes": changes[:20], "count": len(changes)}
            entry = AuditEntry(at=now, deed=Deed.WORKSPACE_APPLIED, who=COMMAND_LINE, detail=detail)
            work = told(entry, stored.apply)
            flows, texts = wanted.flows, told_stories.texts
            await database.write(work, wanted.configuration, flows, now, author=COMMAND_LINE, story_texts=texts)
            if is_server(settings.database):
                await _announce(database)
    return changes


async def offline_export(data: Path) -> dict[str, str]:
    """The files of the folder's workspace, and the stories of its flows. Raises `StorageError`, `SettingsMistake`."""
    async with await open_database(read_settings(data=data)) as database:
        configuration, live = await database.read(stored.read)
        texts = await database.read(stories.read_texts)
    contents = [version.content for version in live]
    return write_workspace(configuration, contents) | story_files(texts, [one.flow for one in contents])


async def _announce(database: Database) -> None:
    """Have the servers that share the database read the workspace again."""
    from skipline.host.shared_office import WORKSPACE_CHANGED  # loaded by those alone who use it
    from skipline.store.shared_queues import CHANNEL

    await database.write(
        lambda transaction: transaction.execute(sa.select(sa.func.pg_notify(CHANNEL, WORKSPACE_CHANGED)))
    )
