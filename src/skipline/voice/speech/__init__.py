"""Text to speech behind one small interface, so that an engine can be swapped without touching calls or flows."""

from typing import Protocol

from skipline.voice.pcm import Pcm

LONGEST_TEXT = 2000
"""Characters that one prompt may have: about two minutes of speech."""


class SpeechFailed(Exception):
    """A text could not be spoken; says why. Expected trouble: the call goes on without it."""


class Speech(Protocol):
    """A speech engine. `name` tells its renderings from another engine's in the cache, so it names voices as well."""

    @property
    def name(self) -> str: ...

    async def render(self, text: str, language: str) -> Pcm:
        """`text` spoken in `language` (a BCP 47 tag such as `en` or `pt-BR`). Raises `SpeechFailed`, in good time."""

    async def close(self) -> None:
        """Let go of what the engine holds."""
