"""What a caller hears who waits: music without an end, and now and then something said.

    silent    ->  playing                 start
    playing   ->  speaking                an announcement is ready
    speaking  ->  speaking | playing      the next one | none is left
    any       ->  silent                  stop: there is somebody to talk with

The music goes on about where it was interrupted: its first bars again and again would make every wait longer.
"""

import asyncio
from collections import deque
from contextlib import suppress

import structlog

from skipline.model.commands import TellWaiting
from skipline.voice.caller import Caller
from skipline.voice.exchange import Exchange
from skipline.voice.line import Due
from skipline.voice.media import MediaError, Side
from skipline.voice.prompts import STEP_SECONDS, Prompt, PromptFailed, Prompts

DEFAULT_MUSIC = "default"
"""The name of the music that comes along; a `default.wav` in the audio folder takes its place."""

_MOST_TO_SAY = 3

_log = structlog.get_logger("voice.waiting")


async def music_called(name: str, prompts: Prompts) -> Prompt:
    """The music `name` of the audio folder, or else the one that comes along, or else the ringing tone: a caller is
    not sent away for want of a file. Raises `PromptFailed` when even that cannot be made."""
    try:
        return await prompts.audio(name or DEFAULT_MUSIC)
    except PromptFailed as problem:
        if name not in ("", DEFAULT_MUSIC):
            _log.warning("music_missing", music=name, problem=str(problem))
    try:
        return await prompts.tune()
    except PromptFailed as problem:
        _log.error("tune_failed", problem=str(problem))
        return await prompts.ringback()


class HoldMusic:
    """The music of one stay; `prompt` is what it plays, None while there is none."""

    def __init__(self, caller: Caller, exchange: Exchange) -> None:
        self.prompt: Prompt | None = None
        self._caller, self._exchange = caller, exchange
        self._clock = asyncio.get_running_loop().time
        self._is_on = False
        self._times_stopped = 0
        self._began: float | None = None
        self._place_seconds = 0.0
        self._from_place: Prompt | None = None
        self._speaking: asyncio.TimerHandle | None = None
        self._to_say: deque[Prompt] = deque(maxlen=_MOST_TO_SAY)

    async def load(self, name: str) -> None:
        """Get ready to play `name`; without it there will be silence."""
        if self.prompt is None:
            try:
                self.prompt = await music_called(name, self._exchange.prompts)
            except PromptFailed as problem:
                _log.error("music_failed", problem=str(problem))

    async def start(self) -> None:
        """Let the caller hear music, unless they do."""
        if not self._is_on:
            self._is_on = True
            await self._play()

    async def stop(self) -> None:
        """Let the caller hear whoever is there."""
        self._pause()
        self._is_on = False
        self._times_stopped += 1
        self._to_say.clear()
        if self._speaking is not None:
            self._speaking.cancel()
            self._speaking = None
        await self._caller.hush()

    async def play_to_target(self) -> None:
        """Let the other side hear the same music: the caller holds it."""
        if self.prompt is not None:
            with suppress(MediaError):
                await self._caller.play(self.prompt, times=0, to=Side.TARGET)

    def tell(self, order: TellWaiting) -> None:
        """Say something as soon as it is rendered, if the caller has waited on until then."""
        self._exchange.spawn(self._render(order, self._times_stopped))

    async def _render(self, order: TellWaiting, times_stopped: int) -> None:
        try:
            prompt = await self._exchange.prompts.speech(order.text, order.language)
        except PromptFailed as problem:
            _log.warning("announcement_failed", problem=str(problem))
            return
        self._caller.line.put(Due(lambda: self._say(prompt, times_stopped)))

    async def _say(self, prompt: Prompt, times_stopped: int) -> None:
        if not self._is_on or times_stopped != self._times_stopped:
            return
        if self._speaking is not None:
            self._to_say.append(prompt)
            return
        self._pause()
        self._speaking = self._caller.line.later(prompt.seconds, self._spoken)
        with suppress(MediaError):
            await self._caller.play(prompt)

    async def _spoken(self) -> None:
        self._speaking = None
        if self._to_say:
            await self._say(self._to_say.popleft(), self._times_stopped)
        elif self._is_on:
            await self._play()

    async def _play(self) -> None:
        prompt = self._from_place or self.prompt
        self._began = self._clock()
        if prompt is not None:
            with suppress(MediaError):
                await self._caller.play(prompt, times=0)

    def _pause(self) -> None:
        """Remember the place, and have the music from there on ready for when it goes on."""
        if self._began is None or self.prompt is None:
            return
        played, self._began = self._clock() - self._began, None
        self._place_seconds = (self._place_seconds + played) // STEP_SECONDS * STEP_SECONDS
        self._exchange.spawn(self._turn(self.prompt, self._place_seconds))

    async def _turn(self, prompt: Prompt, seconds: float) -> None:
        with suppress(PromptFailed):
            self._from_place = await self._exchange.prompts.from_second(prompt, seconds)
