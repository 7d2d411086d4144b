"""A caller leaves a message: a beep, then what they say until they hang up, press #, fall silent, or it is long enough.

    preparing  ->  beeping     (the caller is answered)
    beeping    ->  recording
    recording  ->  over        (#, silence, the limit, or the call is over: the message is kept in each case)

While it records, the caller is sent silence: carriers take a side that sends nothing at all for dead.
"""

import asyncio
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

import structlog

from skipline.model.call import Call
from skipline.model.commands import RecordVoicemail
from skipline.model.ids import CommandId
from skipline.voice.announcement import Announcement
from skipline.voice.caller import AudioTrouble, Caller
from skipline.voice.ear import Ear
from skipline.voice.exchange import Exchange
from skipline.voice.g711 import RATE
from skipline.voice.line import Heard, Notice, Pressed
from skipline.voice.pcm import Pcm
from skipline.voice.prompts import Prompt, PromptFailed
from skipline.voice.recording import Recording
from skipline.voice.rtp import RtpPacket
from skipline.voice.sip.leg import Digit
from skipline.voice.tones import silence, tone
from skipline.voice.wav import write_wav

BEEP_HZ, BEEP_SECONDS = 1000.0, 0.4
LEAST_VOICED_SECONDS = 0.3
"""Less than this of speech is no message: a cough, or the receiver being put down."""

_LONGEST_SECONDS = 3600.0
_LOOK_SECONDS = 0.2
_END = "#"
_UNFIT = re.compile(r"[^\w.-]+")

_log = structlog.get_logger("voice.voicemail")


@dataclass(frozen=True, slots=True)
class Message:
    """What was left: a file of the voicemail folder, or nothing, or the `problem` that prevented it."""

    file: str = ""
    seconds: float = 0.0
    problem: str = ""


class Voicemail:
    """One `RecordVoicemail` under way."""

    def __init__(self, call: Call, caller: Caller, exchange: Exchange, command: CommandId) -> None:
        self._call, self._caller, self._exchange = call, caller, exchange
        self._name = _UNFIT.sub("_", f"{call.id}-{command}") + ".wav"
        self._clock = asyncio.get_running_loop().time
        self._voice_at = 0.0
        self._recording: Recording | None = None
        self._ear: Ear | None = None

    async def run(self, order: RecordVoicemail) -> Message:
        """Beep, record and keep the message; also when the caller hangs up."""
        try:
            if await self._beep():
                await self._record(order)
        except PromptFailed as problem:
            return Message(problem=str(problem))
        except AudioTrouble as problem:
            return Message(problem=f"the caller's audio cannot be used: {problem}")
        except OSError as problem:
            return Message(problem=f"no port is free to record the caller: {problem.strerror}")
        finally:
            if self._ear is not None:
                self._ear.close()
        return await self._keep()

    async def _beep(self) -> bool:
        """Answer the caller and beep; false when they left meanwhile."""
        prompts = self._exchange.prompts
        announcement = Announcement(self._caller, self._exchange)
        beep = await announcement.wait_for(prompts.tone(tone(BEEP_HZ, BEEP_SECONDS)))
        quiet = await announcement.wait_for(prompts.tone(silence(1.0)))
        if beep is None or quiet is None:
            return False
        await self._caller.answer()
        await self._caller.play(beep)
        await self._listen_until(self._clock() + beep.seconds)
        await self._keep_quiet(quiet)
        return self._caller.line.ending is None

    async def _keep_quiet(self, quiet: Prompt) -> None:
        if self._caller.line.ending is None:
            await self._caller.play(quiet, times=0)

    async def _record(self, order: RecordVoicemail) -> None:
        most = min(order.most_seconds, _LONGEST_SECONDS)
        self._recording = recording = Recording(self._caller.relayed.codec, most)
        self._ear = Ear(self._caller.outlet, self._hear)
        await self._caller.let_hear(self._ear.endpoint)
        began = self._voice_at = self._clock()
        while not recording.is_full and self._caller.line.ending is None:
            until = min(self._voice_at + order.silence_seconds, began + most)
            if self._clock() >= until or await self._listen_until(min(until, self._clock() + _LOOK_SECONDS)):
                return

    def _hear(self, packet: RtpPacket) -> None:
        if self._recording is not None and self._recording.take(packet):
            self._voice_at = self._clock()

    async def _listen_until(self, deadline: float) -> bool:
        """Read the line until `deadline` or the call's end; true as soon as the caller says that it is all."""
        line = self._caller.line
        while (notice := await line.next(deadline - self._clock())) is not None:
            if await self._is_end(notice):
                return True
        return False

    async def _is_end(self, notice: Notice) -> bool:
        if isinstance(notice, Pressed):
            return notice.digit == _END
        if isinstance(notice, Heard) and notice.leg is self._caller.leg:
            if isinstance(notice.event, Digit):
                return notice.event.digit == _END
            await self._caller.hear(notice.event)
        self._caller.line.put_back(notice)
        return False

    async def _keep(self) -> Message:
        await self._caller.hush()
        await self._caller.part()
        recording, folder = self._recording, self._exchange.configuration.voicemail_folder
        if recording is None or recording.voiced_seconds < LEAST_VOICED_SECONDS:
            return Message()
        if not folder:
            return Message(problem="the message could not be kept: no voicemail folder is set")
        try:
            seconds = await asyncio.to_thread(_write, recording, Path(folder), self._name)
        except OSError as problem:
            _log.error("voicemail_not_kept", call=self._call.id, problem=str(problem))
            return Message(problem=f"the message could not be written to {folder}: {problem.strerror}")
        return Message(file=self._name, seconds=seconds)


def _write(recording: Recording, folder: Path, name: str) -> float:
    """Write the message whole or not at all; gives its seconds."""
    samples = recording.samples()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".unfinished-", delete=False) as opened:
        unfinished = Path(opened.name)
        try:
            opened.write(write_wav(Pcm(samples, RATE)))
            opened.close()
            unfinished.replace(folder / name)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
    return len(samples) / RATE
