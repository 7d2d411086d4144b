"""A caller's stay in a queue: from the first bar of music to the end of the talk with an agent.

    waiting     ->  ringing                        (RingAgent)
    ringing     ->  waiting | with_agent           (refused, StopRinging | answered)
    with_agent  ->  over | waiting                 (the agent hung up | was lost, or TransferCall took them off)
    waiting     ->  onward  ->  over | waiting     (TransferCall to targets: after that talk | nobody answered)
    waiting, ringing  ->  over                     (a key, LeaveQueue, another command for the call)
    any         ->  over                           (the caller hung up: the line says so)

While no centre is there nobody rings agents, and the caller keeps their music for `Patience.alone`; a talk goes on for
as long as the two like.
"""

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import structlog

from skipline.model.call import Call, TryEnd
from skipline.model.commands import LeaveQueue, RingAgent, StopRinging, TellWaiting, TransferCall, WaitInQueue
from skipline.model.events import AgentRefused, VoiceEvent
from skipline.model.voice_link import AgentTalk, Do
from skipline.voice.announcement import Announcement
from skipline.voice.caller import AudioTrouble, Caller
from skipline.voice.exchange import Exchange
from skipline.voice.line import CentreChanged, Heard, Notice, PartyWanted, Pressed
from skipline.voice.prompts import PromptFailed
from skipline.voice.sip.leg import Digit, Ended, Leg, LegEvent, Referred
from skipline.voice.sip.life import give_up
from skipline.voice.waiting.agent_leg import AgentLeg, AgentStep
from skipline.voice.waiting.floor import Floor, StayEnd
from skipline.voice.waiting.hand_over import HandOver
from skipline.voice.waiting.music import HoldMusic
from skipline.voice.waiting.pulse import Pulse

_log = structlog.get_logger("voice.waiting")


class Stay:
    """One `WaitInQueue` under way."""

    def __init__(
        self, call: Call, caller: Caller, exchange: Exchange, order: WaitInQueue, music: HoldMusic | None = None
    ) -> None:
        self._order, self._caller, self._line, self._exchange = order, caller, caller.line, exchange
        self._floor = Floor(call, caller, exchange, music or HoldMusic(caller, exchange))
        self._hand_over = HandOver(self._floor)
        self._pulse = Pulse(caller, exchange, target=lambda: self._floor.joined_leg, on_gone=self._give_up)
        self._later: list[Do] = []
        self._alone: asyncio.TimerHandle | None = None

    @property
    def agent(self) -> AgentTalk | None:
        """The agent who rings or is there, as a centre that connects needs it."""
        agent = self._floor.agent
        return agent.state if agent is not None and agent.is_up else None

    def present(self) -> Iterator[VoiceEvent]:
        """The facts that say where it stands, to be told again."""
        if self._floor.agent is not None:
            yield from self._floor.agent.present()

    async def run(self, agent: AgentLeg | None = None) -> StayEnd:
        """Serve the caller until the stay is over; with an `agent` who is there already they talk at once."""
        try:
            if await self._begin(agent):
                await self._serve()
        except AudioTrouble as problem:
            self._floor.end = StayEnd(problem=f"the caller's audio cannot be used: {problem}")
        finally:
            await self._finish()
        return self._floor.end or StayEnd()

    async def _begin(self, agent: AgentLeg | None) -> bool:
        """Answer the caller with music; false when they left before it was there."""
        floor = self._floor
        floor.agent = agent
        if agent is None:
            with suppress(PromptFailed):
                await Announcement(self._caller, self._exchange).wait_for(floor.music.load(self._order.music))
        if self._line.ending is not None:
            return False
        await self._caller.answer()
        await (floor.music.start() if agent is None else agent.talk())
        self._look_after()
        return True

    def _look_after(self) -> None:
        self._pulse.start()
        self._mind_centre()

    async def _serve(self) -> None:
        while self._floor.end is None and (notice := await self._next()) is not None:
            await self._take(notice)
            if await self._floor.settle_agent(is_handing_on=self._hand_over.is_open):
                self._look_after()

    async def _next(self) -> Notice | None:
        return self._line.next_put_off() or await self._line.next()

    async def _take(self, notice: Notice) -> None:
        match notice:
            case Do():
                await self._obey(notice)
            case Pressed(digit):
                self._press(digit)
            case CentreChanged():
                self._mind_centre()
            case PartyWanted():
                self._hand_over.give(notice)
            case Heard(leg, event) if leg is self._caller.leg:
                await self._hear_caller(event)
            case Heard(leg, event) if self._floor.is_agent(leg):
                await self._hear_agent(leg, event)

    async def _hear_caller(self, event: LegEvent) -> None:
        if isinstance(event, Digit):
            self._press(event.digit)
            return
        await self._caller.hear(event)
        if self._floor.agent is not None:
            await self._floor.agent.settle_audio()

    async def _hear_agent(self, leg: Leg, event: LegEvent) -> None:
        agent = self._floor.agent
        if agent is None:
            return
        if isinstance(event, Referred):
            self._hand_over.ask(leg, agent.order.reservation, event)
        elif isinstance(event, Ended) and self._hand_over.is_open:
            agent.leave(AgentStep.HANDED_ON)
        else:
            await agent.hear(leg, event)
            self._pulse.start()

    def _press(self, digit: str) -> None:
        if digit in self._order.keys and not self._floor.is_joined:
            self._floor.end = StayEnd(key=digit)

    async def _obey(self, do: Do) -> None:
        agent = self._floor.agent
        match do.body:
            case TellWaiting():
                if not self._floor.is_joined:
                    self._floor.music.tell(do.body)
            case RingAgent():
                await self._ring(do.body)
            case StopRinging(reservation=reservation):
                if agent is not None and agent.order.reservation == reservation:
                    agent.stop()
            case TransferCall():
                await self._hand_over.transfer(do.command, do.body)
            case LeaveQueue():
                self._leave()
            case _:
                self._later.append(do)
                self._leave()

    def _leave(self) -> None:
        """The caller shall wait no longer; one who talks is let talk."""
        if not self._floor.is_joined:
            self._floor.end = StayEnd()

    async def _ring(self, order: RingAgent) -> None:
        floor, agent = self._floor, self._floor.agent
        if agent is not None and agent.order.reservation == order.reservation:
            for event in agent.present():
                self._exchange.tell(event)
            return
        if agent is not None and agent.is_joined:
            refuse_ringing(order, floor.call, self._exchange, "the caller talks with somebody")
            return
        if agent is not None:
            agent.stop()
        floor.agent = AgentLeg(order, floor.call, self._caller, floor.music, self._exchange)
        await floor.agent.ring()

    async def _give_up(self, leg: Leg) -> None:
        """A party does not answer any more."""
        if leg is self._caller.leg:
            give_up(leg, "No sign of life")
        elif self._floor.is_agent(leg) and self._floor.agent is not None:
            self._floor.agent.leave(AgentStep.LOST)

    def _mind_centre(self) -> None:
        """Without a centre a caller waits for a while, and not for ever."""
        if self._alone is not None:
            self._alone.cancel()
            self._alone = None
        if not self._exchange.is_centre_there():
            self._alone = self._line.later(self._exchange.patience.alone, self._nobody_decides)

    async def _nobody_decides(self) -> None:
        if not self._floor.is_joined:
            seconds = self._exchange.patience.alone
            _log.warning("waiting_alone_too_long", call=self._floor.call.id, seconds=seconds)
            problem = f"nobody decided about the caller for {seconds:g} seconds"
            self._floor.end = StayEnd(problem=problem, is_alone=True)

    async def _finish(self) -> None:
        self._pulse.stop()
        self._hand_over.abandon()
        if self._alone is not None:
            self._alone.cancel()
        if self._floor.agent is not None:
            self._floor.agent.leave(AgentStep.LEFT)
        if self._floor.end is None or not self._floor.end.is_alone:
            await self._floor.music.stop()
        await self._caller.part()
        for do in self._later:
            self._line.put_back(do)


def refuse_ringing(order: RingAgent, call: Call, exchange: Exchange, reason: str) -> None:
    """Say that nobody can be rung for this caller any more."""
    at, reservation = exchange.clock(), order.reservation
    exchange.tell(AgentRefused(at=at, call=call.id, reservation=reservation, end=TryEnd.CANCELLED, reason=reason))
