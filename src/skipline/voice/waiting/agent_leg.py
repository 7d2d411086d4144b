"""One agent who is rung for a caller, hears who it is, talks with them and leaves.

    ringing     ->  whispering | refused | stopped      (answered | no | not wanted any more)
    whispering  ->  ready                               (the whisper is over, or was not rendered in time)
    ready       ->  talking                             (at once; in a call-back when the contact has answered)
    whispering, ready  ->  lost                         (hung up before the two heard each other, or gone)
    talking     ->  left | lost | handed_on             (hung up | gone | transferred the caller)

The caller's music plays until `talking`, and again while the agent holds the caller.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

import structlog

from skipline.model.call import Call, TryEnd
from skipline.model.commands import RingAgent
from skipline.model.events import AgentJoined, AgentLeft, AgentRang, AgentRefused, VoiceEvent
from skipline.model.voice_link import AgentTalk
from skipline.voice.attempt import end_of_refusal
from skipline.voice.caller import AudioTrouble, Caller
from skipline.voice.exchange import Exchange
from skipline.voice.line import Listener
from skipline.voice.sip.leg import Answered, Ended, Failed, Leg, LegEvent, OfferAnswered, Offered, Progressed
from skipline.voice.targets import NotDialable
from skipline.voice.waiting.agent_audio import AgentAudio
from skipline.voice.waiting.agent_call import dial_agent
from skipline.voice.waiting.music import HoldMusic
from skipline.voice.waiting.whisper import Whisper

_DECLINED = frozenset({486, 600, 603})
_GONE = frozenset({408, 481})

_log = structlog.get_logger("voice.waiting")


class AgentStep(StrEnum):
    """Where an agent's leg stands."""

    RINGING = "ringing"
    WHISPERING = "whispering"
    READY = "ready"
    TALKING = "talking"
    REFUSED = "refused"
    STOPPED = "stopped"
    LEFT = "left"
    LOST = "lost"
    HANDED_ON = "handed_on"


_JOINED = frozenset({AgentStep.WHISPERING, AgentStep.READY, AgentStep.TALKING})


class AgentLeg:
    """One `RingAgent` under way. Facts are told as they happen; `step` says what has become of it. `is_contact_there`
    is false in a call-back that rings the agent first: `talk` then says when the two can talk."""

    def __init__(
        self,
        order: RingAgent,
        call: Call,
        caller: Caller,
        music: HoldMusic,
        exchange: Exchange,
        *,
        is_contact_there: bool = True,
    ) -> None:
        self.order = order
        self.step = AgentStep.RINGING
        self.listener: Listener | None = None
        self._call, self._caller, self._exchange = call, caller, exchange
        self._audio = AgentAudio(caller, music)
        self._whisper = Whisper(order, exchange)
        self._is_contact_there = is_contact_there
        self._rang_at: datetime | None = None
        self._joined_at: datetime | None = None

    @property
    def leg(self) -> Leg | None:
        """The agent's leg; None when it could not even be dialled."""
        return self.listener.leg if self.listener else None

    @property
    def is_up(self) -> bool:
        """Whether the agent rings or is there."""
        return self.step is AgentStep.RINGING or self.is_joined

    @property
    def is_joined(self) -> bool:
        """Whether the agent answered and is there."""
        return self.step in _JOINED

    @property
    def state(self) -> AgentTalk:
        """As a centre that connects needs it."""
        return AgentTalk(reservation=self.order.reservation, agent=self.order.agent, joined_at=self._joined_at)

    def present(self) -> Iterator[VoiceEvent]:
        """The fact that says where it stands, to be told again."""
        if self._rang_at is not None and self.step is AgentStep.RINGING:
            yield AgentRang(at=self._rang_at, call=self._call.id, reservation=self.order.reservation)
        if self._joined_at is not None and self.is_joined:
            yield AgentJoined(at=self._joined_at, call=self._call.id, reservation=self.order.reservation)

    async def ring(self) -> None:
        """Ring the agent's phone."""
        try:
            leg = await dial_agent(self.order, self._call, self._caller, self._exchange)
        except (NotDialable, *AudioTrouble) as problem:
            self._refuse(TryEnd.FAILED, 0, str(problem))
            return
        self.listener = Listener(leg, self._caller.line)
        self._exchange.spawn(self.listener.run())
        self._whisper.begin()

    async def adopt(self, listener: Listener) -> None:
        """Take over the leg of an agent who talks already and whom the caller's audio has met."""
        self.listener = listener
        await self._join(listener.leg, is_known=True)

    async def hear(self, leg: Leg, event: LegEvent) -> None:
        """The agent's phone says something."""
        match event:
            case Progressed():
                self._note_ringing()
            case Answered(sdp):
                await self._answer(leg, sdp or leg.remote_sdp or "")
            case Failed(code, reason):
                self._refuse(self._end_of(code), code, reason)
            case Ended(_, code, reason):
                self._end(code, reason)
            case Offered(sdp):
                await self._audio.answer_offer(leg, sdp)
            case OfferAnswered(sdp) if sdp:
                await self._audio.learn(sdp)
                await self._audio.settle(leg)

    def _note_ringing(self) -> None:
        if self._rang_at is None:
            self._rang_at = self._exchange.clock()
            self._exchange.tell(AgentRang(at=self._rang_at, call=self._call.id, reservation=self.order.reservation))

    def _end_of(self, code: int) -> TryEnd:
        return TryEnd.BUSY if code in _DECLINED else end_of_refusal(code, self._rang_at is not None)

    def _end(self, code: int, reason: str) -> None:
        if self.step is AgentStep.RINGING:
            self._refuse(self._end_of(code), code, reason)
        elif self.is_joined:
            is_lost = code in _GONE or self.step is not AgentStep.TALKING
            self._leave(AgentStep.LOST if is_lost else AgentStep.LEFT)

    async def _answer(self, leg: Leg, text: str) -> None:
        try:
            await self._audio.meet(text)
        except AudioTrouble as problem:
            leg.hang_up(reason="The audio does not fit")
            self._refuse(TryEnd.FAILED, 488, f"the phone answered without audio that the caller can hear: {problem}")
            return
        await self._join(leg)

    async def _join(self, leg: Leg, *, is_known: bool = False) -> None:
        """The agent is there: whisper, when that is ready, then let the two talk."""
        self._joined_at, self.step = self._exchange.clock(), AgentStep.WHISPERING
        self._exchange.tell(AgentJoined(at=self._joined_at, call=self._call.id, reservation=self.order.reservation))
        prompt = None if is_known else self._whisper.prompt
        if prompt is not None and await self._audio.whisper(prompt):
            self._caller.line.later(prompt.seconds, self._get_ready)
            return
        if self._whisper.is_wanted and not is_known:
            _log.warning("whisper_too_late", agent=self.order.agent, call=self._call.id)
        await self._get_ready()

    async def _get_ready(self) -> None:
        if self.step is AgentStep.WHISPERING:
            self.step = AgentStep.READY
            if self._is_contact_there:
                await self.talk()

    async def talk(self) -> None:
        """Let agent and caller hear each other as soon as the agent is ready."""
        self._is_contact_there = True
        if self.step is AgentStep.READY and self.leg is not None:
            self.step = AgentStep.TALKING
            await self._audio.open(self.leg)

    async def settle_audio(self) -> None:
        """The caller changed the talk, e.g. holds the agent."""
        if self.leg is not None:
            await self._audio.settle(self.leg)

    def stop(self) -> None:
        """Ring no more; an agent who answers all the same is hung up on by the leg."""
        if self.step is AgentStep.RINGING:
            self.step = AgentStep.STOPPED
            self._hang_up()

    def leave(self, step: AgentStep) -> None:
        """The agent is off the talk: gone, handing the caller on, or left by the caller."""
        self.stop()
        if self.is_joined:
            self._leave(step)

    def dismiss(self) -> None:
        """The call is over, and other facts tell why."""
        self.step = AgentStep.STOPPED
        self._hang_up()

    def release(self) -> None:
        """The leg belongs to another call now."""
        self.listener = None
        self._leave(AgentStep.HANDED_ON)

    def _refuse(self, end: TryEnd, code: int, reason: str) -> None:
        self.step = AgentStep.REFUSED
        self._exchange.tell(
            AgentRefused(
                at=self._exchange.clock(),
                call=self._call.id,
                reservation=self.order.reservation,
                end=end,
                code=code,
                reason=reason,
            )
        )

    def _leave(self, step: AgentStep) -> None:
        self.step = step
        self._audio.close()
        self._exchange.tell(
            AgentLeft(
                at=self._exchange.clock(),
                call=self._call.id,
                reservation=self.order.reservation,
                talk_seconds=self._audio.talked.seconds,
                hold_seconds=self._audio.held.seconds,
                is_lost=step is AgentStep.LOST,
                is_transfer=step is AgentStep.HANDED_ON,
            )
        )
        self._hang_up()

    def _hang_up(self) -> None:
        if self.leg is not None:
            self.leg.hang_up()
