"""Voicemails for tests, each told apart by its number, and a file that sounds like a message."""

from datetime import timedelta
from pathlib import Path

from store_values import ANA, NOON

from skipline.model.ids import CallId, RunId, VoicemailId
from skipline.model.record import VoicemailRecord
from skipline.voice.pcm import Pcm
from skipline.voice.tones import tone
from skipline.voice.wav import write_wav

MESSAGE_HZ = 700


def make_voicemail(
    number: int,
    *,
    phone: str = ANA,
    name: str = "Ana",
    queue: str = "",
    after_seconds: float = 0.0,
    flow: str = "loyalty",
) -> VoicemailRecord:
    return VoicemailRecord(
        id=VoicemailId(f"call{number}-run{number}_3"),
        at=NOON + timedelta(seconds=after_seconds),
        call=CallId(f"call{number}"),
        run=RunId(f"run{number:04}"),
        flow=flow,
        version=3,
        phone=phone,
        contact_name=name,
        queue=queue,
        seconds=2.0,
        file=f"call{number}-run{number}_3.wav",
    )


def record(folder: Path, voicemail: VoicemailRecord, hz: int = MESSAGE_HZ) -> bytes:
    """Put a voicemail's file where the voice worker does; gives what is in it."""
    folder.mkdir(parents=True, exist_ok=True)
    sound = write_wav(Pcm(tone(hz, voicemail.seconds), 8000))
    (folder / voicemail.file).write_bytes(sound)
    return sound
