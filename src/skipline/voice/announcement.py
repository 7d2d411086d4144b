"""Saying or playing something to a caller, who is answered first when the phone still rings.

The prompt is made before the phone is answered, so that nobody pays for silence, and the caller may leave at any time.
"""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from skipline.model.commands import PlayAudio, SayText
from skipline.voice.caller import AudioTrouble, Caller
from skipline.voice.exchange import Exchange
from skipline.voice.line import Heard, WorkDone
from skipline.voice.prompts import Prompt, PromptFailed

_TOO_LONG_SECONDS = 15.0

T = TypeVar("T")


class Announcement:
    """One prompt for one caller."""

    def __init__(self, caller: Caller, exchange: Exchange) -> None:
        self._caller, self._exchange = caller, exchange
        self._clock = asyncio.get_running_loop().time

    async def run(self, order: SayText | PlayAudio) -> str:
        """Play it to its end, or until the call is over; gives the problem that prevented it, or nothing."""
        try:
            prompt = await self.make(order)
            if prompt is not None:
                await self._caller.answer()
                await self._caller.play(prompt)
                await self._listen_until(self._clock() + prompt.seconds)
        except PromptFailed as problem:
            return str(problem)
        except AudioTrouble as problem:
            return f"the caller's audio cannot be used: {problem}"
        return ""

    async def make(self, order: SayText | PlayAudio) -> Prompt | None:
        """The prompt; None when the call ended meanwhile. Raises `PromptFailed`."""
        return await self.wait_for(self._prompt(order))

    async def wait_for(self, making: Awaitable[T]) -> T | None:
        """The prompt that is being made; None when the call ended meanwhile. Raises `PromptFailed`."""
        line = self._caller.line
        work = asyncio.ensure_future(making)
        work.add_done_callback(lambda done: line.put(WorkDone(done)))
        await self._listen_until(self._clock() + _TOO_LONG_SECONDS, work)
        if work.done():
            return work.result()
        work.cancel()
        if line.ending is None:
            raise PromptFailed(f"the prompt was not ready within {_TOO_LONG_SECONDS:g} seconds")
        return None

    async def _prompt(self, order: SayText | PlayAudio) -> Prompt:
        if isinstance(order, SayText):
            return await self._exchange.prompts.speech(order.text, order.language)
        return await self._exchange.prompts.audio(order.audio)

    async def _listen_until(self, deadline: float, work: object = None) -> None:
        """Read the line until `deadline`, until `work` is done or the call is over."""
        line = self._caller.line
        while (notice := await line.next(deadline - self._clock())) is not None:
            if isinstance(notice, WorkDone) and notice.work is work:
                return
            if isinstance(notice, Heard) and notice.leg is self._caller.leg:
                await self._caller.hear(notice.event)
            line.put_back(notice)
