"""What an agent hears before the caller: who it is. Rendered while their phone rings, so that nobody waits for it."""

import structlog

from skipline.model.commands import RingAgent
from skipline.voice.exchange import Exchange
from skipline.voice.prompts import Prompt, PromptFailed

_log = structlog.get_logger("voice.waiting")


class Whisper:
    """The whisper of one ringing. `prompt` is None until it is rendered; an agent who answers before that is joined
    without it."""

    def __init__(self, order: RingAgent, exchange: Exchange) -> None:
        self.prompt: Prompt | None = None
        self.is_wanted = bool(order.whisper.strip())
        self._order, self._exchange = order, exchange

    def begin(self) -> None:
        """Render it in the background."""
        if self.is_wanted:
            self._exchange.spawn(self._render())

    async def _render(self) -> None:
        try:
            self.prompt = await self._exchange.prompts.speech(self._order.whisper, self._order.language)
        except PromptFailed as problem:
            _log.warning("whisper_failed", agent=self._order.agent, problem=str(problem))
