"""What a server stands on: its data folder, locked, with the database, and a voice worker that starts meanwhile.

This is all that is loaded before the voice worker's process begins, so that its start and ours go on side by side.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from skipline.cli.settings import Settings
from skipline.host.voice_process import VoiceSettings, reach_voice_process, start_voice_process
from skipline.store.database import Database


@dataclass(frozen=True, slots=True)
class Ground:
    """`begun` is the voice worker's process; None when one that outlived the last centre is there already."""

    database: Database
    voice: VoiceSettings
    begun: asyncio.subprocess.Process | None


@asynccontextmanager
async def prepared_ground(settings: Settings) -> AsyncIterator[Ground]:
    """The ground within the block; a voice worker that it began and that is still there afterwards is told to leave.

    Raises `StorageError`.
    """
    async with await Database.open(settings.database or settings.data) as database:
        voice = VoiceSettings(database.folder, settings.sip, database.folder / "voice.log")
        begun = await _begin_voice(voice)
        try:
            yield Ground(database, voice, begun)
        finally:
            if begun is not None and begun.returncode is None:
                begun.terminate()


async def _begin_voice(voice: VoiceSettings) -> asyncio.subprocess.Process | None:
    found = await reach_voice_process(voice, seconds=0)
    if found is None:
        return await start_voice_process(voice)
    _reader, writer = found
    writer.close()
    return None
