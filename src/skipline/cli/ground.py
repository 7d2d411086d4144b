"""What a server stands on: its data folder, locked, with the database, and a voice worker that starts meanwhile.

This is all that is loaded before the voice worker's process begins, so that its start and ours go on side by side.
"""

from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from skipline.base.clock import system_clock
from skipline.cli.own_database import open_database
from skipline.cli.settings import Settings, split_address
from skipline.host.certificate import CertificateFiles, own_certificate
from skipline.host.voice_process import BegunVoice, VoiceSettings, begin_voice
from skipline.store.database import Database


@dataclass(frozen=True, slots=True)
class Ground:
    """The database of a locked data folder, and a voice worker that was found or is starting."""

    database: Database
    voice: VoiceSettings
    begun: BegunVoice


@asynccontextmanager
async def prepared_ground(settings: Settings) -> AsyncIterator[Ground]:
    """The ground within the block; a voice worker that it began and that is still there afterwards is told to leave.

    Raises `StorageError`.
    """
    async with await open_database(settings) as database:
        voice = VoiceSettings(
            database.folder,
            settings.sip,
            database.folder / "voice.log",
            settings.speech_url,
            tls=settings.sip_tls,
            certificate=_certificate(settings, database.folder),
        )
        begun = await begin_voice(voice)
        try:
            yield Ground(database, voice, begun)
        finally:
            if isinstance(begun, Process) and begun.returncode is None:
                begun.terminate()


def _certificate(settings: Settings, folder: Path) -> CertificateFiles | None:
    if not settings.sip_tls:
        return None
    if settings.tls_certificate and settings.tls_key:
        return CertificateFiles(settings.tls_certificate.absolute(), settings.tls_key.absolute())
    return own_certificate(folder, (split_address(one)[0] for one in settings.sip_tls), system_clock())
