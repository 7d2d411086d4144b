"""Notices parties who are gone without a goodbye: a phone that lost its power sends no BYE.

Packets of both sides are counted now and then. A side whose count stands still may only be silent or hold the other, so
it is asked inside its dialog whether it is there; one that does not say so is given up. While music plays to a party
the relay itself never notices (rtp.io counts what it sends as a sign of life).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import structlog

from skipline.voice.caller import Caller
from skipline.voice.exchange import Exchange
from skipline.voice.line import Due
from skipline.voice.media import MediaError
from skipline.voice.sip.leg import Leg
from skipline.voice.sip.life import is_there

_log = structlog.get_logger("voice.waiting")


@dataclass(slots=True)
class _Watched:
    """One side: its packets at the last look, and since when they stand still."""

    leg: Leg
    packets: int = -1
    still_since: float = 0.0
    is_asked: bool = False


class Pulse:
    """Looks after the caller and, while `target` names one, the other side. `on_gone(leg)` is called for one that does
    not answer any more."""

    def __init__(
        self,
        caller: Caller,
        exchange: Exchange,
        *,
        target: Callable[[], Leg | None],
        on_gone: Callable[[Leg], Awaitable[None]],
    ) -> None:
        self._caller, self._exchange = caller, exchange
        self._target, self._on_gone = target, on_gone
        self._clock = asyncio.get_running_loop().time
        self._watched: dict[bool, _Watched] = {}
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to look, and again from now on after a change of the parties."""
        self.stop()
        patience = self._exchange.patience
        seconds = patience.look if self._target() is None else patience.look_in_talk
        self._timer = self._caller.line.later(seconds, self._look)

    def stop(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def _look(self) -> None:
        try:
            stats = await self._caller.stats()
        except MediaError:
            self.start()
            return
        target = self._target()
        self._compare(True, self._caller.leg, stats.from_caller)
        if target is not None:
            self._compare(False, target, stats.from_target)
        self.start()

    def _compare(self, is_caller: bool, leg: Leg, packets: int) -> None:
        one, now = self._watched.get(is_caller), self._clock()
        if one is None or one.leg is not leg:
            one = self._watched[is_caller] = _Watched(leg, still_since=now)
        if packets != one.packets:
            one.packets, one.still_since = packets, now
        elif now - one.still_since >= self._exchange.patience.silence and not one.is_asked:
            one.is_asked = True
            self._exchange.spawn(self._ask(one))

    async def _ask(self, one: _Watched) -> None:
        is_alive = await is_there(one.leg, self._exchange.patience.reply)
        self._caller.line.put(Due(partial(self._answered, one, is_alive)))

    async def _answered(self, one: _Watched, is_alive: bool) -> None:
        one.is_asked, one.still_since = False, self._clock()
        if is_alive:
            _log.debug("party_is_silent", target=one.leg.dialog.target)
        elif not one.leg.is_over:
            _log.warning("party_is_gone", target=one.leg.dialog.target)
            await self._on_gone(one.leg)
