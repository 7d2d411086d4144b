"""Forwarding a caller: targets are tried in order, one at a time, until one answers or the caller has left.

A forward is a back-to-back call. Whatever ends an attempt (a refusal, the ring time, the caller's CANCEL) ends it at
once and for good: a target that is no longer wanted gets a CANCEL, and one that answers all the same gets a BYE from
its leg.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from skipline.model.call import Call, TargetTry, TryEnd
from skipline.model.commands import ForwardCall
from skipline.model.events import CallConnected, ForwardEnded, TargetRang, TargetTried
from skipline.model.ids import CommandId
from skipline.voice.attempt import Attempt, suspicion_seconds
from skipline.voice.caller import AudioTrouble, Caller
from skipline.voice.exchange import Exchange
from skipline.voice.line import Heard, Listener
from skipline.voice.path import with_g711_only
from skipline.voice.sip.leg import Answered, Ended, Failed, Leg, Progressed
from skipline.voice.targets import Dialable, NotDialable, caller_headers, order_targets, parse_target

_OTHER_CODECS_REFUSED = frozenset({415, 488, 606})
_LEAST_RING_SECONDS, _MOST_RING_SECONDS = 1.0, 180.0


@dataclass(frozen=True, slots=True)
class Joined:
    """A target answered and the caller hears it. `said` is what the target was told about our audio."""

    listener: Listener
    attempt: TargetTry
    said: str

    @property
    def leg(self) -> Leg:
        """The target's leg."""
        return self.listener.leg


HOPS_HEADER = "X-Skipline-Hops"
"""Counts how often a call went through a Skipline, so that two that forward to each other do not do so for ever."""


def hops_of(call: Call) -> int:
    """How often `call` went through a Skipline before it came here."""
    written = call.headers.get(HOPS_HEADER.lower(), "")
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 5 else 0


class Forward:
    """One `ForwardCall` under way. `tries` are its attempts so far, in order; `entertain` lets a caller who was
    answered hear something before each, which is the ringing tone unless told otherwise."""

    def __init__(
        self,
        call: Call,
        caller: Caller,
        exchange: Exchange,
        command: CommandId,
        order: ForwardCall,
        *,
        entertain: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._entertain = entertain or caller.wait_for_target
        self._call, self._caller, self._exchange = call, caller, exchange
        self._command, self._order = command, order
        self._ring_seconds = min(max(order.ring_seconds, _LEAST_RING_SECONDS), _MOST_RING_SECONDS)
        self._clock = asyncio.get_running_loop().time
        self.tries: list[TargetTry] = []

    async def run(self) -> Joined | None:
        """Try the targets; the one that answered, or None when none did or the call is over."""
        for target in self._targets():
            joined = await self._try(target)
            if joined is not None or self._caller.line.ending is not None:
                return joined
        return None

    def ended(self, talk_seconds: float = 0.0) -> ForwardEnded:
        """The fact that this forward is over, as its last attempt left it."""
        last = self.tries[-1] if self.tries else TargetTry(target="", end=TryEnd.FAILED, reason="there is no target")
        return ForwardEnded(
            at=self._exchange.clock(),
            call=self._call.id,
            command=self._command,
            end=last.end,
            target=last.target,
            code=last.code,
            reason=last.reason,
            tries=tuple(self.tries),
            talk_seconds=talk_seconds,
        )

    def _targets(self) -> Sequence[Dialable]:
        found: list[Dialable] = []
        for text in self._order.targets:
            try:
                found.append(parse_target(text, self._exchange.trunks, self._order.trunk))
            except NotDialable as mistake:
                self._record(TargetTry(target=text, end=TryEnd.FAILED, reason=str(mistake)))
        return order_targets(found, self._exchange.is_doubtful)

    async def _try(self, target: Dialable) -> Joined | None:
        await self._entertain()
        try:
            offer = await self._caller.path_towards(target.is_ipv6).offer()
        except AudioTrouble as problem:
            self._record(TargetTry(target=target.text, end=TryEnd.FAILED, code=488, reason=str(problem)))
            return None
        joined, refusal = await self._try_with(target, offer)
        if refusal in _OTHER_CODECS_REFUSED and offer and (plain := with_g711_only(offer)):
            joined, _ = await self._try_with(target, plain)
        return joined

    async def _try_with(self, target: Dialable, offer: str | None) -> tuple[Joined | None, int]:
        """Dial once; the join, if any, and else the code of the refusal."""
        attempt = Attempt(target, self._ring_seconds, self._clock)
        leg, joined = self._dial(target, offer), None
        listener = Listener(leg, self._caller.line)
        self._exchange.spawn(listener.run())
        try:
            last = await self._follow(leg, attempt)
            if isinstance(last, Answered) and await self._join(leg, last):
                joined = self._joined(listener, attempt, offer or "")
                return joined, 0
        finally:
            if joined is None:
                leg.hang_up()
        return None, self._give_up(attempt, last)

    def _dial(self, target: Dialable, offer: str | None) -> Leg:
        identity = caller_headers(target, self._call.from_, self._call.is_withheld)
        is_hidden = self._call.is_withheld or not self._call.from_
        return self._exchange.dial(
            target,
            sdp=offer,
            caller_user="anonymous" if is_hidden else self._call.from_,
            caller_name="" if is_hidden else self._call.caller_name,
            headers={**self._order.headers, **identity, HOPS_HEADER: str(hops_of(self._call) + 1)},
            ring_seconds=self._ring_seconds,
        )

    async def _follow(self, leg: Leg, attempt: Attempt) -> Answered | Failed | None:
        """Read the line until the target answers or refuses; None when time is up or the call is over."""
        line = self._caller.line
        while (notice := await line.next(attempt.seconds_left)) is not None:
            if not isinstance(notice, Heard):
                line.put_back(notice)
            elif notice.leg is leg:
                if isinstance(notice.event, Answered | Failed):
                    return notice.event
                if isinstance(notice.event, Ended):
                    return Failed(notice.event.code, notice.event.reason, None)
                if isinstance(notice.event, Progressed):
                    await self._progress(attempt, notice.event)
            elif notice.leg is self._caller.leg:
                await self._caller.hear(notice.event)
        return None

    async def _progress(self, attempt: Attempt, event: Progressed) -> None:
        if attempt.heard(event.code):
            self._exchange.tell(
                TargetRang(
                    at=self._exchange.clock(), call=self._call.id, command=self._command, target=attempt.target.text
                )
            )
        try:
            await self._caller.progress(event)
        except AudioTrouble:
            self._caller.ring()

    async def _join(self, leg: Leg, event: Answered) -> bool:
        text = event.sdp or leg.remote_sdp
        if not text or self._caller.leg.is_over:
            return False
        try:
            await self._caller.join(text)
        except AudioTrouble:
            return False
        return True

    def _joined(self, listener: Listener, attempt: Attempt, said: str) -> Joined:
        self._exchange.suspects.clear(attempt.target.key)
        done = attempt.done(TryEnd.ANSWERED, 200)
        self.tries.append(done)
        self._exchange.tell(
            CallConnected(
                at=self._exchange.clock(),
                call=self._call.id,
                command=self._command,
                target=done.target,
                attempt=done,
            )
        )
        return Joined(listener, done, said)

    def _give_up(self, attempt: Attempt, last: Answered | Failed | None) -> int:
        """Record why nobody was joined; gives the target's code."""
        if self._caller.line.ending is not None or self._caller.leg.is_over:
            done = attempt.done(TryEnd.CANCELLED, 487, "the call was over before an answer")
        elif isinstance(last, Answered):
            done = attempt.done(TryEnd.FAILED, 488, "the target answered without audio that the caller can hear")
        else:
            done = attempt.failed(last) if last is not None else attempt.timed_out()
        retry_after = last.retry_after_seconds if isinstance(last, Failed) else None
        if seconds := suspicion_seconds(done, retry_after):
            self._exchange.suspects.add(attempt.target.key, seconds)
        self._record(done)
        return done.code

    def _record(self, done: TargetTry) -> None:
        self.tries.append(done)
        self._exchange.tell(
            TargetTried(at=self._exchange.clock(), call=self._call.id, command=self._command, attempt=done)
        )
