"""What an agent and the caller hear of each other once the agent has answered: a whisper, the talk, music on hold.

Hold is answered here and goes no further: whoever is held hears our music, and the other phone notices nothing.

The caller's music gives way to the agent's first packet, not to their answer: a phone takes a moment to send, and
nobody should hear that moment. A phone that sends nothing, such as a muted one, is waited for no longer than a second.
"""

import asyncio
from functools import partial

import structlog

from skipline.voice.caller import AudioTrouble, Caller, is_on_hold
from skipline.voice.media import MediaError, Side
from skipline.voice.prompts import Prompt
from skipline.voice.sip.leg import Leg
from skipline.voice.waiting.music import HoldMusic
from skipline.voice.waiting.stopwatch import Stopwatch

_LOOK_SECONDS = 0.02
_MOST_SECONDS = 1.0

_log = structlog.get_logger("voice.waiting")


class AgentAudio:
    """The audio of one agent's leg, and how long it lasts: `talked` counts from `open` on, `held` the part of it in
    which the agent held the caller."""

    def __init__(self, caller: Caller, music: HoldMusic) -> None:
        clock = asyncio.get_running_loop().time
        self.talked, self.held = Stopwatch(clock), Stopwatch(clock)
        self._caller, self._music = caller, music
        self._is_open = self._is_heard = self._is_looking = False

    async def meet(self, text: str) -> None:
        """The agent's phone described its audio. Raises `AudioTrouble`."""
        await self._caller.relayed.meet_target(text)

    async def learn(self, text: str) -> None:
        """The same in the middle of a talk, where nobody is left to refuse it to."""
        try:
            await self.meet(text)
        except AudioTrouble as problem:
            _log.warning("agent_audio_unfit", problem=str(problem))

    async def whisper(self, prompt: Prompt) -> bool:
        """Let the agent alone hear `prompt`; whether that worked."""
        try:
            await self._caller.play(prompt, to=Side.TARGET)
        except AudioTrouble:
            return False
        return True

    async def open(self, leg: Leg) -> None:
        """Agent and caller hear each other from now on."""
        self._is_open = True
        self.talked.start()
        await self.settle(leg)

    async def settle(self, leg: Leg) -> None:
        """Each hears the other, or music while the other holds them."""
        if not self._is_open:
            return
        is_held = is_on_hold(leg)
        self.held.run(is_held)
        await (self._music.start() if is_held else self._give_way(leg))
        await (self._music.play_to_target() if self._caller.is_holding else self._caller.hush(Side.TARGET))

    async def _give_way(self, leg: Leg) -> None:
        """Stop the caller's music once the agent sends; until then look again every packet's time."""
        self._is_heard = self._is_heard or self.talked.seconds > _MOST_SECONDS or await self._sends()
        if self._is_heard:
            await self._music.stop()
        elif not self._is_looking:
            self._is_looking = True
            self._caller.line.later(_LOOK_SECONDS, partial(self._look_again, leg))

    async def _look_again(self, leg: Leg) -> None:
        self._is_looking = False
        if self._is_open and not self._is_heard and not is_on_hold(leg):
            await self._give_way(leg)

    async def _sends(self) -> bool:
        try:
            return (await self._caller.stats()).from_target > 0
        except MediaError:
            return True

    async def answer_offer(self, leg: Leg, sdp: str | None) -> None:
        """The agent's phone changes the talk, e.g. holds the caller; without `sdp` it asks for our offer."""
        try:
            path = self._caller.relayed
            leg.answer_offer(await (path.answer_target(sdp) if sdp else path.restate(Side.TARGET)))
        except AudioTrouble:
            leg.refuse_offer()
        await self.settle(leg)

    def close(self) -> None:
        """The talk is over."""
        self._is_open = False
        self.talked.stop()
        self.held.stop()
