"""Asking a caller something that is answered with keys.

asking    ->  gathering   (the first key, which cuts the question short; or the question's end)
gathering ->  over        (enough digits, the # key, a pause, or the call is over)
"""

import asyncio

from skipline.model.commands import AskContact, SayText
from skipline.voice.announcement import Announcement
from skipline.voice.caller import AudioTrouble, Caller
from skipline.voice.exchange import Exchange
from skipline.voice.line import Heard, Pressed
from skipline.voice.prompts import PromptFailed
from skipline.voice.sip.leg import Digit

PAUSE_SECONDS = 4.0
"""How long after a digit another one may follow."""

_END = "#"


class KeyedQuestion:
    """One question to one caller. `digits` is the answer so far."""

    def __init__(self, caller: Caller, exchange: Exchange) -> None:
        self.digits = ""
        self._caller, self._exchange = caller, exchange
        self._clock = asyncio.get_running_loop().time
        self._is_over = False

    async def run(self, order: AskContact) -> str:
        """Ask and gather, or until the call is over; gives the problem that prevented it, or nothing."""
        try:
            spoken = SayText(text=order.question, language=order.language)
            prompt = await Announcement(self._caller, self._exchange).make(spoken)
            if prompt is None:
                return ""
            await self._caller.answer()
            await self._caller.play(prompt)
            await self._gather(order, self._clock() + prompt.seconds + order.patience_seconds)
        except PromptFailed as problem:
            return str(problem)
        except AudioTrouble as problem:
            return f"the caller's audio cannot be used: {problem}"
        return ""

    async def _gather(self, order: AskContact, deadline: float) -> None:
        line = self._caller.line
        while not self._is_over and (notice := await line.next(deadline - self._clock())) is not None:
            key = await self._key_in(notice)
            if not key:
                line.put_back(notice)
                continue
            await self._caller.hush()
            self._is_over = key == _END or len(self.digits) + 1 >= order.most_digits
            self.digits += key if key != _END else ""
            deadline = self._clock() + min(PAUSE_SECONDS, order.patience_seconds)

    async def _key_in(self, notice: object) -> str:
        """The key that was pressed, in the audio (RFC 4733) or by INFO; other notices are dealt with as usual."""
        if isinstance(notice, Pressed):
            return notice.digit
        if isinstance(notice, Heard) and notice.leg is self._caller.leg:
            if isinstance(notice.event, Digit):
                return notice.event.digit
            await self._caller.hear(notice.event)
        return ""
