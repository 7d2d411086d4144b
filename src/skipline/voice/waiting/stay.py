"""A caller's stay in a queue: from the first bar of music to the end of the talk with an agent.

    waiting     ->  ringing                        (RingAgent)
    ringing     ->  waiting | with_agent           (refused, StopRinging | answered)
    with_agent  ->  over | waiting                 (the agent hung up | was lost, or TransferCall took them off)
    waiting     ->  outside  ->  over | waiting    (TransferCall to targets: after that talk | nobody answered)
    waiting, ringing  ->  over                     (a key, LeaveQueue, another command for the call)
    any         ->  over                           (the caller hung up: the line says so)

While no centre is there nobody rings agents, and the caller keeps their music for `Patience.alone`; a talk goes on for
as long as the two like.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import structlog

from skipline.model.call import Call, TryEnd
from skipline.model.commands import LeaveQueue, RingAgent, StopRinging, TellWaiting, TransferCall, WaitInQueue
from skipline.model.events import AgentRefused, VoiceEvent
from skipline.model.ids import CommandId
from skipline.model.voice_link import AgentTalk, Do
from skipline.voice.announcement import Announcement
from skipline.voice.caller import AudioTrouble, Caller
from skipline.voice.exchange import Exchange
from skipline.voice.line import CentreChanged, Heard, Notice, Pressed
from skipline.voice.prompts import PromptFailed
from skipline.voice.sip.leg import Digit, Ended, Leg, LegEvent, Referred
from skipline.voice.sip.life import give_up
from skipline.voice.waiting.agent_leg import AgentLeg, AgentStep
from skipline.voice.waiting.hand_over import HandOver
from skipline.voice.waiting.music import HoldMusic, music_called
from skipline.voice.waiting.pulse import Pulse

_log = structlog.get_logger("voice.waiting")


@dataclass(frozen=True, slots=True)
class StayEnd:
    """How a stay ended, as `WaitEnded` tells it."""

    key: str = ""
    has_talked: bool = False
    problem: str = ""


class Stay:
    """One `WaitInQueue` under way."""

    def __init__(self, call: Call, caller: Caller, exchange: Exchange, order: WaitInQueue) -> None:
        self._call, self._caller, self._exchange, self._order = call, caller, exchange, order
        self._line = caller.line
        self._music = HoldMusic(caller, exchange)
        self._pulse = Pulse(caller, exchange, target=self._agent_leg, on_gone=self._give_up)
        self._agent: AgentLeg | None = None
        self._end: StayEnd | None = None
        self._later: list[Do] = []
        self._alone: asyncio.TimerHandle | None = None
        self._hand_over = HandOver(call, caller, self._music, exchange, self._transfer_declined)

    @property
    def talk(self) -> AgentTalk | None:
        """The agent who rings or is there, as a centre that connects needs it."""
        return self._agent.talk if self._agent is not None and self._agent.is_up else None

    def present(self) -> Iterator[VoiceEvent]:
        """The facts that say where it stands, to be told again."""
        if self._agent is not None:
            yield from self._agent.present()

    async def run(self, agent: AgentLeg | None = None) -> StayEnd:
        """Serve the caller until the stay is over; with an `agent` who is there already they talk at once."""
        try:
            if await self._begin(agent):
                await self._serve()
        except AudioTrouble as problem:
            self._end = StayEnd(problem=f"the caller's audio cannot be used: {problem}")
        finally:
            await self._finish()
        return self._end or StayEnd()

    async def _begin(self, agent: AgentLeg | None) -> bool:
        """Answer the caller with music; false when they left before it was there."""
        self._agent = agent
        try:
            making = music_called(self._order.music, self._exchange.prompts)
            self._music.prompt = await Announcement(self._caller, self._exchange).wait_for(making)
        except PromptFailed as problem:
            _log.error("music_failed", call=self._call.id, problem=str(problem))
        if self._line.ending is not None:
            return False
        await self._caller.answer()
        await (self._music.start() if agent is None else agent.meet())
        self._pulse.start()
        self._mind_centre()
        return True

    async def _serve(self) -> None:
        while self._end is None and (notice := await self._next()) is not None:
            await self._take(notice)
            await self._settle_agent()

    async def _next(self) -> Notice | None:
        return self._line.next_put_off() or await self._line.next()

    async def _take(self, notice: Notice) -> None:
        agent = self._agent
        match notice:
            case Do():
                await self._obey(notice)
            case Pressed(digit):
                self._press(digit)
            case CentreChanged():
                self._mind_centre()
            case Heard(leg, event) if leg is self._caller.leg:
                await self._hear_caller(event)
            case Heard(leg, Referred() as referred) if agent is not None and leg is agent.leg:
                self._hand_over.ask(leg, agent.order.reservation, referred)
            case Heard(leg, Ended()) if agent is not None and leg is agent.leg and self._hand_over.is_open:
                agent.hand_on()
            case Heard(leg, event) if agent is not None and leg is agent.leg:
                await agent.hear(event)
                self._pulse.start()

    async def _hear_caller(self, event: LegEvent) -> None:
        if isinstance(event, Digit):
            self._press(event.digit)
            return
        await self._caller.hear(event)
        if self._agent is not None:
            await self._agent.settle_audio()

    def _press(self, digit: str) -> None:
        if digit in self._order.keys and not self._is_joined:
            self._end = StayEnd(key=digit)

    @property
    def _is_joined(self) -> bool:
        return self._agent is not None and self._agent.is_joined

    async def _obey(self, do: Do) -> None:
        match do.body:
            case TellWaiting():
                if not self._is_joined:
                    self._music.tell(do.body)
            case RingAgent():
                await self._ring(do.body)
            case StopRinging():
                if self._agent is not None and self._agent.order.reservation == do.body.reservation:
                    self._agent.stop()
            case TransferCall():
                await self._transfer(do.command, do.body)
            case LeaveQueue():
                self._leave()
            case _:
                self._later.append(do)
                self._leave()

    def _leave(self) -> None:
        """The caller shall wait no longer; one who talks is let talk."""
        if not self._is_joined:
            self._end = StayEnd()

    async def _ring(self, order: RingAgent) -> None:
        agent = self._agent
        if agent is not None and agent.order.reservation == order.reservation:
            for event in agent.present():
                self._exchange.tell(event)
            return
        if agent is not None and agent.is_joined:
            refuse_ringing(order, self._call, self._exchange, "the caller talks with somebody")
            return
        if agent is not None:
            agent.stop()
        self._agent = AgentLeg(order, self._call, self._caller, self._music, self._exchange)
        await self._agent.ring()

    async def _settle_agent(self) -> None:
        """See to what has become of the agent."""
        agent = self._agent
        if agent is None or agent.is_up:
            return
        self._agent = None
        await self._caller.part()
        if agent.step is AgentStep.LEFT and not self._hand_over.is_open:
            self._end = StayEnd(has_talked=True)
            return
        await self._music.start()
        self._pulse.start()
        self._mind_centre()

    async def _transfer(self, command: CommandId, order: TransferCall) -> None:
        agent = self._agent
        is_theirs = agent is not None and agent.is_joined and agent.order.reservation == order.reservation
        if not is_theirs and not self._hand_over.is_of(order.reservation):
            return
        headers = self._hand_over.grant(order)
        if agent is not None and is_theirs:
            agent.hand_on()
            await self._settle_agent()
        if order.targets and await self._hand_over.go_outside(command, order, headers):
            self._end = StayEnd(has_talked=True)
        elif order.targets:
            await self._caller.part()
            await self._music.start()

    async def _transfer_declined(self) -> None:
        """The centre did not say where to: the agent talks on, or has hung up and the talk is over."""
        if not self._is_joined:
            self._end = StayEnd(has_talked=True)

    def _agent_leg(self) -> Leg | None:
        return self._agent.leg if self._agent is not None and self._agent.is_joined else None

    async def _give_up(self, leg: Leg) -> None:
        """A party does not answer any more."""
        if leg is self._caller.leg:
            give_up(leg, "No sign of life")
        elif self._agent is not None and leg is self._agent.leg:
            self._agent.lose()

    def _mind_centre(self) -> None:
        """Without a centre a caller waits for a while, and not for ever."""
        if self._alone is not None:
            self._alone.cancel()
            self._alone = None
        if not self._exchange.is_centre_there():
            self._alone = self._line.later(self._exchange.patience.alone, self._nobody_decides)

    async def _nobody_decides(self) -> None:
        if not self._is_joined:
            seconds = self._exchange.patience.alone
            _log.warning("waiting_alone_too_long", call=self._call.id, seconds=seconds)
            self._end = StayEnd(problem=f"nobody decided about the caller for {seconds:g} seconds")

    async def _finish(self) -> None:
        self._pulse.stop()
        if self._alone is not None:
            self._alone.cancel()
        if self._agent is not None:
            self._agent.dismiss()
        await self._music.stop()
        await self._caller.part()
        for do in self._later:
            self._line.put_back(do)


def refuse_ringing(order: RingAgent, call: Call, exchange: Exchange, reason: str) -> None:
    """Say that nobody can be rung for this caller any more."""
    exchange.tell(
        AgentRefused(
            at=exchange.clock(), call=call.id, reservation=order.reservation, end=TryEnd.CANCELLED, reason=reason
        )
    )
