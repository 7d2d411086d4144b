"""Any speech engine behind HTTP: a text is posted, a WAV comes back."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp

from skipline.voice.pcm import AudioMistake, Pcm
from skipline.voice.speech import SpeechFailed
from skipline.voice.wav import read_wav

LARGEST_ANSWER_BYTES = 20_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSpeechSettings:
    """Where the engine is and how it is asked. `voices` maps a language tag to the engine's own voice; `headers` carry
    its key. The address is the operator's own choice, so it may be a private one."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    voices: Mapping[str, str] = field(default_factory=dict)
    time_limit_seconds: float = 10.0


class HttpSpeech:
    """Posts `{"text", "language", "voice"}` as JSON and takes the WAV of the answer."""

    def __init__(self, settings: HttpSpeechSettings) -> None:
        self._settings = settings
        self._client: aiohttp.ClientSession | None = None

    @property
    def name(self) -> str:
        """Changes with the address and the voices, since both change how a text sounds."""
        voices = ",".join(f"{language}={voice}" for language, voice in sorted(self._settings.voices.items()))
        return f"http {self._settings.url} {voices}"

    async def render(self, text: str, language: str) -> Pcm:
        """`text` as the engine speaks it. Raises `SpeechFailed` within the time limit."""
        limit = self._settings.time_limit_seconds
        try:
            async with asyncio.timeout(limit):
                wav = await self._post(text, language)
            return await asyncio.to_thread(read_wav, wav)
        except TimeoutError:
            raise SpeechFailed(f"the speech engine did not answer within {limit:g} s") from None
        except aiohttp.ClientError as problem:
            raise SpeechFailed(f"the speech engine could not be reached: {type(problem).__name__}") from problem
        except AudioMistake as mistake:
            raise SpeechFailed(f"the speech engine's answer is no sound: {mistake}") from mistake

    async def close(self) -> None:
        """Close the connections to the engine."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _post(self, text: str, language: str) -> bytes:
        if self._client is None:
            self._client = aiohttp.ClientSession(trust_env=False)
        voices = self._settings.voices
        voice = voices.get(language) or voices.get(language.partition("-")[0], "")
        asked = {"text": text, "language": language, "voice": voice}
        async with self._client.post(
            self._settings.url, json=asked, headers=self._settings.headers, allow_redirects=False
        ) as response:
            if response.status != 200:
                raise SpeechFailed(f"the speech engine answered {response.status} instead of 200")
            return await _read_bounded(response)


async def _read_bounded(response: aiohttp.ClientResponse) -> bytes:
    wav = bytearray()
    async for piece in response.content.iter_chunked(65536):
        wav += piece
        if len(wav) > LARGEST_ANSWER_BYTES:
            raise SpeechFailed(f"the speech engine's answer is larger than {LARGEST_ANSWER_BYTES // 1_000_000} MB")
    return bytes(wav)
