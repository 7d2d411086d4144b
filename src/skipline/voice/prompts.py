"""What callers hear from us: speech, audio files and ringback, kept as raw G.711 in both laws, ready to be played.

Rendering and converting happen in other processes, since a voice worker that computes for 50 ms makes every call in it
wait. Each result is kept in a folder under a hash of what it was made from, so it is made once, also across restarts.
"""

import asyncio
import hashlib
import re
from array import array
from collections.abc import Awaitable, Callable
from pathlib import Path

from skipline.voice.conversion import pcm_of, telephone_pcm
from skipline.voice.g711 import RATE
from skipline.voice.pcm import AudioMistake, Pcm
from skipline.voice.prompt_folder import Prompt, PromptFolder
from skipline.voice.speech import LONGEST_TEXT, Speech, SpeechFailed
from skipline.voice.tones import ringback
from skipline.voice.tune import TUNE_NAME
from skipline.voice.wav import LARGEST_WAV_BYTES, write_wav

__all__ = ["Prompt", "PromptFailed", "Prompts"]

_AUDIO_NAME = re.compile(r"\w[\w .-]{0,99}")
STEP_SECONDS = 4.0
"""Music that was interrupted goes on from a multiple of this, so that few copies of it are kept."""

_UNSPOKEN = re.compile(r"[\x00-\x1f\x7f]+|\s+")


class PromptFailed(Exception):
    """A prompt could not be made; says why. Expected trouble: the call goes on without it."""


class Prompts:
    """Makes prompts and finds those made before. Files are kept in `folder`; WAV files come from `audio_folder`."""

    def __init__(self, folder: Path, *, speech: Speech, audio_folder: Path | None = None) -> None:
        self.audio_folder = audio_folder
        self._folder = PromptFolder(folder)
        self._speech = speech
        self._known_audio: dict[Path, tuple[tuple[int, int] | None, str]] = {}
        self._being_made: dict[str, asyncio.Task[Prompt]] = {}

    async def speech(self, text: str, language: str = "en") -> Prompt:
        """`text` spoken. Raises `PromptFailed`."""
        spoken = _UNSPOKEN.sub(" ", text).strip()
        if not spoken:
            raise PromptFailed("there is nothing to say: the text is empty")
        if len(spoken) > LONGEST_TEXT:
            raise PromptFailed(f"the text has {len(spoken)} characters and at most {LONGEST_TEXT} can be said at once")
        key = _key("speech", self._speech.name, language.lower(), spoken)
        return await self._once(key, lambda: self._speech.render(spoken, language))

    async def audio(self, name: str) -> Prompt:
        """The WAV file `name` (without ending) of the audio folder. Raises `PromptFailed`."""
        file = self._audio_file(name)
        found = self._find_unchanged(file)
        if found is not None:
            return found
        stamp, wav = await asyncio.to_thread(_read_audio, file)
        key = _key("audio", hashlib.sha256(wav).hexdigest())
        self._known_audio[file] = stamp, key
        return await self._once(key, lambda: telephone_pcm(wav))

    async def tone(self, samples: "array[int]") -> Prompt:
        """Samples of 8,000 a second, such as `tones.ringback()`, as a prompt."""
        return await self._once(_key("tone", hashlib.sha256(samples.tobytes()).hexdigest()), lambda: _given(samples))

    async def ringback(self) -> Prompt:
        """One round of the ringing tone, to be repeated for a caller whose call was answered already."""
        return await self.tone(ringback())

    async def tune(self) -> Prompt:
        """The music that comes with Skipline, to be repeated for callers who wait. Raises `PromptFailed`."""
        return await self._once(_key("tune", TUNE_NAME), lambda: pcm_of("skipline.voice.tune"))

    async def from_second(self, prompt: Prompt, seconds: float) -> Prompt:
        """`prompt`, to be repeated, as it sounds from `seconds` on; told in steps of `STEP_SECONDS`. Raises
        `PromptFailed`."""
        steps = int(seconds % prompt.seconds / STEP_SECONDS) if prompt.seconds else 0
        try:
            return await asyncio.to_thread(self._folder.turned, prompt, steps * STEP_SECONDS) if steps else prompt
        except OSError as problem:
            raise PromptFailed(f"the prompt could not be read again: {problem.strerror}") from problem

    async def close(self) -> None:
        """Give up what is being made and let go of the speech engine."""
        making = list(self._being_made.values())
        for task in making:
            task.cancel()
        await asyncio.gather(*making, return_exceptions=True)
        await self._speech.close()

    def _audio_file(self, name: str) -> Path:
        if self.audio_folder is None:
            raise PromptFailed(f"the audio {name[:100]!r} cannot be played: no audio folder is set")
        if not _AUDIO_NAME.fullmatch(name):
            raise PromptFailed(f"{name[:100]!r} cannot name an audio: write a file name without folder and ending")
        return self.audio_folder / f"{name}.wav"

    def _find_unchanged(self, file: Path) -> Prompt | None:
        """The prompt of a file that was read before and is still the same, without reading it again."""
        stamp, key = self._known_audio.get(file, (None, ""))
        return self._folder.find(key) if stamp is not None and stamp == _stamp(file) else None

    async def _once(self, key: str, make: Callable[[], Awaitable[Pcm]]) -> Prompt:
        """The prompt of `key`, made by whoever asks first; a caller who leaves does not end the making for others."""
        found = self._folder.find(key)
        if found is not None:
            return found
        if key not in self._being_made:
            task = asyncio.create_task(self._make(key, make))
            self._being_made[key] = task
            task.add_done_callback(lambda done: self._made(key, done))
        return await asyncio.shield(self._being_made[key])

    def _made(self, key: str, task: asyncio.Task[Prompt]) -> None:
        self._being_made.pop(key, None)
        if not task.cancelled():
            task.exception()  # Taken here, since every caller who waited for it may be gone.

    async def _make(self, key: str, make: Callable[[], Awaitable[Pcm]]) -> Prompt:
        try:
            pcm = await make()
            if pcm.rate != RATE:
                pcm = await telephone_pcm(write_wav(pcm))
            return await asyncio.to_thread(self._folder.keep, key, pcm.samples)
        except (SpeechFailed, AudioMistake) as problem:
            raise PromptFailed(str(problem)) from problem
        except OSError as problem:
            raise PromptFailed(f"the prompt could not be kept in the cache folder: {problem.strerror}") from problem


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size


def _read_audio(file: Path) -> tuple[tuple[int, int] | None, bytes]:
    stamp = _stamp(file)
    try:
        with file.open("rb") as opened:
            return stamp, opened.read(LARGEST_WAV_BYTES + 1)
    except OSError as problem:
        raise PromptFailed(f"the audio {file.stem!r} could not be read from {file}: {problem.strerror}") from problem


async def _given(samples: "array[int]") -> Pcm:
    return Pcm(samples, RATE)


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:40]
