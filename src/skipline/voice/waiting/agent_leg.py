"""One agent who is rung for a caller, hears who it is, talks with them and leaves.

    ringing     ->  whispering | refused | stopped      (answered | no | not wanted any more)
    whispering  ->  ready                               (the whisper is over, or was not rendered in time)
    ready       ->  talking                             (at once; in a call-back when the contact has answered)
    whispering, ready  ->  lost                         (hung up before the two heard each other, or gone)
    talking     ->  left | lost | handed_on             (hung up | gone | transferred the caller)

The caller's music plays until `talking`, and again while the agent holds the caller.
"""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

import structlog

from skipline.model.call import Call, TryEnd
from skipline.model.commands import RingAgent
from skipline.model.events import AgentJoined, AgentLeft, AgentRang, AgentRefused, VoiceEvent
from skipline.model.voice_link import AgentTalk
from skipline.voice.attempt import end_of_refusal
from skipline.voice.caller import AudioTrouble, Caller, is_on_hold
from skipline.voice.exchange import Exchange
from skipline.voice.line import Listener
from skipline.voice.media import Side
from skipline.voice.sip.leg import Answered, Ended, Failed, Leg, LegEvent, OfferAnswered, Offered, Progressed
from skipline.voice.targets import NotDialable
from skipline.voice.waiting.agent_call import dial_agent
from skipline.voice.waiting.music import HoldMusic
from skipline.voice.waiting.stopwatch import Stopwatch
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
    is false in a call-back that rings the agent first: `meet` then says when the two can talk."""

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
        self._is_contact_there = is_contact_there
        self.order = order
        self.step = AgentStep.RINGING
        self.listener: Listener | None = None
        self._call, self._caller, self._music, self._exchange = call, caller, music, exchange
        self._whisper = Whisper(order, exchange)
        self._rang_at: datetime | None = None
        self._joined_at: datetime | None = None
        clock = asyncio.get_running_loop().time
        self._talked, self._held = Stopwatch(clock), Stopwatch(clock)

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
    def talk(self) -> AgentTalk:
        """As a centre that connects needs it."""
        return AgentTalk(reservation=self.order.reservation, agent=self.order.agent, joined_at=self._joined_at)

    def present(self) -> Iterator[VoiceEvent]:
        """The facts that brought it to where it stands, to be told again."""
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

    async def adopt(self, listener: Listener, text: str) -> None:
        """Take over the leg of an agent who talks already; `text` describes its audio. Raises `AudioTrouble`."""
        self.listener = listener
        await self._caller.relayed.meet_target(text)
        await self._accept()

    async def hear(self, event: LegEvent) -> None:
        """The agent's phone says something."""
        match event:
            case Progressed():
                self._ring_back()
            case Answered(sdp):
                await self._answer(sdp)
            case Failed(code, reason):
                self._refuse(self._end_of(code), code, reason)
            case Ended(_, code, reason) if self.step is AgentStep.RINGING:
                self._refuse(self._end_of(code), code, reason)
            case Ended(_, code, _):
                is_lost = code in _GONE or self.step is not AgentStep.TALKING
                self._leave(AgentStep.LOST if is_lost else AgentStep.LEFT)
            case Offered(sdp):
                await self._answer_offer(sdp)
                await self.settle_audio()
            case OfferAnswered(sdp) if sdp:
                await self._learn(sdp)
                await self.settle_audio()

    def _ring_back(self) -> None:
        if self._rang_at is None:
            self._rang_at = self._exchange.clock()
            self._tell(AgentRang)

    def _end_of(self, code: int) -> TryEnd:
        return TryEnd.BUSY if code in _DECLINED else end_of_refusal(code, self._rang_at is not None)

    async def _answer(self, sdp: str | None) -> None:
        leg = self.leg
        text = sdp or (leg.remote_sdp if leg else None) or ""
        try:
            await self._caller.relayed.meet_target(text)
        except AudioTrouble as problem:
            self._hang_up("The audio does not fit")
            self._refuse(TryEnd.FAILED, 488, f"the phone answered without audio that the caller can hear: {problem}")
            return
        await self._accept()

    async def _accept(self) -> None:
        """The agent is there: whisper, when that is ready, then join the two."""
        self._joined_at, self.step = self._exchange.clock(), AgentStep.WHISPERING
        self._tell(AgentJoined)
        prompt = self._whisper.prompt
        if prompt is None:
            if self._whisper.is_wanted:
                _log.warning("whisper_too_late", agent=self.order.agent, call=self._call.id)
            await self._get_ready()
            return
        try:
            await self._caller.play(prompt, to=Side.TARGET)
        except AudioTrouble:
            await self._get_ready()
        else:
            self._caller.line.later(prompt.seconds, self._get_ready)

    async def _get_ready(self) -> None:
        if self.step is AgentStep.WHISPERING:
            self.step = AgentStep.READY
            if self._is_contact_there:
                await self.meet()

    async def meet(self) -> None:
        """Agent and caller hear each other from now on."""
        self._is_contact_there = True
        if self.step is AgentStep.READY:
            self.step = AgentStep.TALKING
            self._talked.start()
            await self.settle_audio()

    async def settle_audio(self) -> None:
        """Each hears the other, or music while the other holds them."""
        leg = self.leg
        if self.step is not AgentStep.TALKING or leg is None:
            return
        self._held.run(is_on_hold(leg))
        await (self._music.start() if is_on_hold(leg) else self._music.stop())
        await (self._music.play_to_target() if self._caller.is_holding else self._caller.hush(Side.TARGET))

    async def _answer_offer(self, sdp: str | None) -> None:
        leg = self.leg
        if leg is None:
            return
        try:
            path = self._caller.relayed
            leg.answer_offer(await (path.answer_target(sdp) if sdp else path.restate(Side.TARGET)))
        except AudioTrouble:
            leg.refuse_offer()

    async def _learn(self, sdp: str) -> None:
        try:
            await self._caller.relayed.meet_target(sdp)
        except AudioTrouble as problem:
            _log.warning("agent_audio_unfit", agent=self.order.agent, problem=str(problem))

    def stop(self) -> None:
        """Ring no more; an agent who answers all the same is hung up on by the leg."""
        if self.step is AgentStep.RINGING:
            self.step = AgentStep.STOPPED
            self._hang_up("")

    def lose(self) -> None:
        """The phone does not answer any more."""
        if self.is_joined:
            self._leave(AgentStep.LOST)

    def hand_on(self) -> None:
        """The agent is off the talk: the caller goes on to somebody else."""
        if self.is_joined:
            self._leave(AgentStep.HANDED_ON)

    def dismiss(self) -> None:
        """The caller is gone."""
        self.stop()
        if self.is_joined:
            self._leave(AgentStep.LEFT)

    def release(self) -> Listener | None:
        """Give the leg away, to another call."""
        listener, self.listener = self.listener, None
        self._leave(AgentStep.HANDED_ON)
        return listener

    def _refuse(self, end: TryEnd, code: int, reason: str) -> None:
        self.step = AgentStep.REFUSED
        event = AgentRefused(
            at=self._exchange.clock(),
            call=self._call.id,
            reservation=self.order.reservation,
            end=end,
            code=code,
            reason=reason,
        )
        self._exchange.tell(event)

    def _leave(self, step: AgentStep) -> None:
        self.step = step
        self._talked.stop()
        self._held.stop()
        self._exchange.tell(
            AgentLeft(
                at=self._exchange.clock(),
                call=self._call.id,
                reservation=self.order.reservation,
                talk_seconds=self._talked.seconds,
                hold_seconds=self._held.seconds,
                is_lost=step is AgentStep.LOST,
                is_transfer=step is AgentStep.HANDED_ON,
            )
        )
        self._hang_up("")

    def _hang_up(self, reason: str) -> None:
        leg = self.leg
        if leg is not None:
            leg.hang_up(reason=reason)

    def _tell(self, kind: type[AgentRang] | type[AgentJoined]) -> None:
        self._exchange.tell(kind(at=self._exchange.clock(), call=self._call.id, reservation=self.order.reservation))
