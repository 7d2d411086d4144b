"""An agent hands the caller on: the phone asks (REFER), the centre decides (`TransferCall`), others are rung.

    talking  ->  asked    ->  granted | declined          (REFER | TransferCall | no decision in time: 603)
    talking  ->  granted                                  (TransferCall without REFER: the agent used their desk)
    granted  ->  outside  ->  talked | waiting            (targets are rung | one answered, then hung up | none did)

Many phones hang up as soon as their REFER is accepted; the wish stays open all the same.
"""

import asyncio
from collections.abc import Awaitable, Callable

from skipline.model.call import Call
from skipline.model.commands import ForwardCall, TransferCall
from skipline.model.events import TransferAsked, TransferEnded
from skipline.model.ids import CommandId, ReservationId
from skipline.voice.caller import Caller
from skipline.voice.exchange import Exchange
from skipline.voice.forward import Forward
from skipline.voice.sip.leg import Leg, Referred
from skipline.voice.talk import Talk
from skipline.voice.waiting.music import HoldMusic


class HandOver:
    """The wishes of one stay's agents, one at a time. `on_declined` is called when the centre did not decide."""

    def __init__(
        self,
        call: Call,
        caller: Caller,
        music: HoldMusic,
        exchange: Exchange,
        on_declined: Callable[[], Awaitable[None]],
    ) -> None:
        self._call, self._caller, self._music, self._exchange = call, caller, music, exchange
        self._on_declined = on_declined
        self._asked: Referred | None = None
        self._leg: Leg | None = None
        self._reservation: ReservationId | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_open(self) -> bool:
        """Whether a phone asked and the centre has not decided."""
        return self._asked is not None

    def is_of(self, reservation: ReservationId) -> bool:
        """Whether the agent of `reservation` asked, who may have hung up since."""
        return self.is_open and self._reservation == reservation

    def ask(self, leg: Leg, reservation: ReservationId, referred: Referred) -> None:
        """A phone wants to hand the caller on; a second wish takes the place of the first."""
        self._close(603, "Decline")
        self._asked, self._leg, self._reservation = referred, leg, reservation
        leg.report(referred, 100, "Trying")
        self._exchange.tell(
            TransferAsked(at=self._exchange.clock(), call=self._call.id, reservation=reservation, to=referred.uri)
        )
        self._timer = self._caller.line.later(self._exchange.patience.decision, self._decline)

    async def _decline(self) -> None:
        if self.is_open:
            self._close(603, "Decline")
            await self._on_declined()

    def grant(self, order: TransferCall) -> dict[str, str]:
        """The centre decided; the phone hears that all is well. Gives the headers that the new party must get: a
        phone that joins two of its calls names the one whose place ours takes (RFC 3891)."""
        asked = self._asked
        self._close(200, "OK")
        if asked is None or asked.replaces is None or asked.uri not in order.targets:
            return {}
        return {"Replaces": asked.replaces.value}

    def _close(self, code: int, reason: str) -> None:
        if self._asked is not None and self._leg is not None:
            self._leg.report(self._asked, code, reason)
        if self._timer is not None:
            self._timer.cancel()
        self._asked = self._leg = self._reservation = self._timer = None

    async def go_outside(self, command: CommandId, order: TransferCall, headers: dict[str, str]) -> bool:
        """Ring the targets while the caller hears music, and let them talk; whether somebody answered."""
        plan = ForwardCall(targets=order.targets, ring_seconds=order.ring_seconds, trunk=order.trunk, headers=headers)
        forward = Forward(self._call, self._caller, self._exchange, command, plan, entertain=self._music.start)
        joined = await forward.run()
        clock, began = asyncio.get_running_loop().time, asyncio.get_running_loop().time()
        if joined is not None:
            await self._music.stop()
            await Talk(self._caller, joined).run()
        ended = forward.ended(clock() - began)
        if joined is not None or self._caller.line.ending is None:
            self._exchange.tell(
                TransferEnded(
                    at=ended.at,
                    call=self._call.id,
                    command=command,
                    end=ended.end,
                    target=ended.target,
                    tries=ended.tries,
                    talk_seconds=ended.talk_seconds if joined else 0.0,
                )
            )
        return joined is not None
