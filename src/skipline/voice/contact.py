"""Ringing a contact who hung up earlier: the other half of a call-back.

    ringing  ->  there | refused      (answered with audio that fits | no, no answer, or not to be reached)

Whoever waits meanwhile hears ringing; what the contact's carrier says before an answer, they hear instead.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from skipline.model.call import Call, TryEnd
from skipline.model.commands import PlaceCallBack
from skipline.voice.attempt import Attempt
from skipline.voice.caller import AudioTrouble, Caller
from skipline.voice.exchange import Exchange
from skipline.voice.forward import HOPS_HEADER
from skipline.voice.line import Listener
from skipline.voice.media import Side
from skipline.voice.prompts import PromptFailed
from skipline.voice.sip.leg import Answered, Ended, Failed, Leg, LegEvent, Progressed
from skipline.voice.targets import Dialable, caller_headers, parse_target

_LEAST_RING_SECONDS, _MOST_RING_SECONDS = 5.0, 180.0


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a contact was not reached, as `ContactRefused` tells it."""

    end: TryEnd
    code: int = 0
    reason: str = ""


class Contact:
    """One contact who is rung for `order`. `refused` says why they were not reached, once that is known."""

    def __init__(self, order: PlaceCallBack, caller: Caller, exchange: Exchange) -> None:
        self.is_there = False
        self.refused: Refused | None = None
        self._order, self._caller, self._exchange = order, caller, exchange
        self._leg: Leg | None = None
        self._attempt: Attempt | None = None

    @property
    def is_ringing(self) -> bool:
        """Whether nothing is known yet."""
        return not self.is_there and self.refused is None

    def is_of(self, leg: Leg) -> bool:
        """Whether `leg` is the contact's."""
        return leg is self._leg

    async def ring(self, target: Dialable) -> None:
        """Ring them."""
        seconds = min(max(self._order.contact_ring_seconds, _LEAST_RING_SECONDS), _MOST_RING_SECONDS)
        self._attempt = Attempt(target, seconds, asyncio.get_running_loop().time)
        try:
            self._caller.path()
            offer = await self._caller.relayed.offer_caller()
        except AudioTrouble as problem:
            self.refused = Refused(TryEnd.FAILED, 0, str(problem))
            return
        number = self._order.caller_number
        self._leg = self._exchange.dial(
            target,
            sdp=offer,
            caller_user=number or "anonymous",
            caller_name="",
            headers={**caller_headers(target, number, False), HOPS_HEADER: "1"},
            ring_seconds=seconds,
        )
        self._exchange.spawn(Listener(self._leg, self._caller.line).run())

    async def let_agent_wait(self) -> None:
        """Let an agent who is there already hear that it rings."""
        with suppress(PromptFailed, *AudioTrouble):
            await self._caller.play(await self._exchange.prompts.ringback(), times=0, to=Side.TARGET)

    async def hear(self, leg: Leg, event: LegEvent) -> None:
        """The contact's phone says something, before they are there."""
        match event:
            case Progressed(code, _, sdp):
                await self._progress(code, sdp)
            case Answered(sdp):
                await self._answer(leg, sdp or leg.remote_sdp or "")
            case Failed() if self._attempt is not None:
                done = self._attempt.failed(event)
                self.refused = Refused(done.end, event.code, event.reason)
            case Ended(_, code, reason):
                self.refused = Refused(TryEnd.FAILED, code, reason)

    async def _progress(self, code: int, sdp: str | None) -> None:
        if self._attempt is not None:
            self._attempt.heard(code)
        if sdp:
            with suppress(*AudioTrouble):
                await self._caller.relayed.meet_caller(sdp)
                await self._caller.hush(Side.TARGET)

    async def _answer(self, leg: Leg, text: str) -> None:
        try:
            await self._caller.use(leg, text)
        except AudioTrouble as problem:
            leg.hang_up(reason="The audio does not fit")
            self.refused = Refused(TryEnd.FAILED, 488, f"the contact answered without audio that fits: {problem}")
            return
        self.is_there = True
        await self._caller.hush(Side.TARGET)

    def hang_up(self) -> None:
        """The contact is not wanted any more, or is done."""
        if self._leg is not None:
            self._leg.hang_up()


def contact_target(order: PlaceCallBack, exchange: Exchange) -> Dialable:
    """The way to the contact. Raises `NotDialable`."""
    return parse_target(order.phone, exchange.trunks, order.trunk)


def call_of(order: PlaceCallBack, call: Call) -> Call:
    """The call as the agent's phone shall show it: from the contact."""
    return Call(id=call.id, arrived_at=call.arrived_at, from_=order.phone, to=order.caller_number, trunk=order.trunk)
