"""Housekeeping while the server runs: what may not be kept any longer is let go."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from skipline.base.clock import Clock
from skipline.host.old_files import FileFolder, KeptFiles
from skipline.model.configuration import Configuration
from skipline.store import audit, retention
from skipline.store.database import Database
from skipline.store.errors import StorageError
from skipline.store.retention import ANSWERS, DELIVERIES, EVENTS, MESSAGES, RECORDS, VOICEMAILS, Kind

log = structlog.get_logger(__name__)

_EVERY_SECONDS = 3600.0
LONGEST_REPEAT = timedelta(days=8)
"""Providers of messages deliver again for up to seven days what was not acknowledged (Meta's WhatsApp pages)."""
_PAUSE_SECONDS = 0.05
"""Between two works, so that what others want written never waits for more than one of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """How long things are kept. `records` of calls and runs (None: for ever); `messages` (None: for ever); `events`,
    longer than any sender delivers one again, because one that was forgotten would be taken for new; `answers` of
    sources, longer for those that may be quoted for longer; the `audit` (None: for ever)."""

    records: timedelta | None = timedelta(days=365)
    messages: timedelta | None = timedelta(days=365)
    events: timedelta = timedelta(days=30)
    answers: timedelta = timedelta(days=1)
    audit: timedelta | None = timedelta(days=730)


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The files that go with what the database keeps: the `media` of messages, and the `voicemail` of calls."""

    media: KeptFiles | None = None
    voicemail: FileFolder | None = None


NO_FILES = Files()


async def keep_house(
    database: Database,
    clock: Clock,
    configuration: Callable[[], Configuration],
    keeping: Keeping,
    files: Files = NO_FILES,
    *,
    every_seconds: float = _EVERY_SECONDS,
) -> None:
    """Do the rounds now and every hour, until cancelled. Trouble is told, and they are done again the next time."""
    while True:
        try:
            await do_rounds(database, clock(), configuration(), keeping, files)
        except StorageError as trouble:
            log.error("upkeep_failed", why=str(trouble))
        except Exception:  # a bug of ours stops no calls
            log.exception("upkeep_failed")
        await asyncio.sleep(every_seconds)


async def do_rounds(
    database: Database, now: datetime, configuration: Configuration, keeping: Keeping, files: Files = NO_FILES
) -> int:
    """Let go of all that was kept long enough; gives how many rows and files."""
    quoted = [timedelta(seconds=source.stale_if_error_seconds) for source in configuration.sources]
    gone = await _forget(database, ANSWERS, now - max([keeping.answers, *quoted]))
    gone += await _forget(database, EVENTS, now - keeping.events)
    gone += await _forget(database, DELIVERIES, now - max(keeping.events, LONGEST_REPEAT))
    if keeping.records is not None:
        gone += await _forget(database, RECORDS, now - keeping.records)
        gone += await _forget_voicemails(database, files.voicemail, now - keeping.records)
        gone += await _forget_files("voicemail", files.voicemail, now - keeping.records)
    if keeping.messages is not None:
        gone += await _forget(database, MESSAGES, now - keeping.messages)
        gone += await _forget_files("media", files.media, now - keeping.messages)
    if keeping.audit is not None:
        gone += await database.write(audit.forget, now - keeping.audit, now)
    return gone


async def _forget(database: Database, kinds: Sequence[Kind], before: datetime) -> int:
    gone = 0
    for kind in kinds:
        found = await forget(database, kind, before)
        if found:
            log.info("old_rows_forgotten", table=kind.table.name, count=found)
        gone += found
    return gone


async def _forget_voicemails(database: Database, files: FileFolder | None, before: datetime) -> int:
    """Each with its file, where that is on this server's disk; the others' servers let go of theirs by their age."""

    async def delete_files(old: Sequence[Any]) -> None:
        if files is not None:
            await files.delete(row.file for row in old)

    try:
        gone = await forget(database, VOICEMAILS, before, delete_files)
    except OSError as trouble:
        log.error("file_not_deleted", file=trouble.filename, why=trouble.strerror)
        return 0
    if gone:
        log.info("old_rows_forgotten", table="voicemails", count=gone)
    return gone


async def _forget_files(name: str, files: KeptFiles | None, before: datetime) -> int:
    gone = 0 if files is None else await files.forget(before)
    if gone:
        log.info("old_files_forgotten", files=name, count=gone)
    return gone


async def forget(
    database: Database, kind: Kind, before: datetime, first: Callable[[Sequence[Any]], Awaitable[None]] | None = None
) -> int:
    """Delete rows of one kind that are from a time before `before`, a few at a time, once `first` is done with them;
    gives how many."""
    gone, after = 0, None
    while True:
        found = await database.read(retention.look, kind, before, after)
        if found.old:
            if first is not None:
                await first(found.old)
            await database.write(retention.delete, kind, found.old)
            gone += len(found.old)
        if found.next_after is None:
            return gone
        after = found.next_after
        await asyncio.sleep(_PAUSE_SECONDS)
