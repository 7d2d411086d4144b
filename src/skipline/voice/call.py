"""One caller's call, from the first ringing to its one `CallEnded`.

    ringing   ->  the centre decides                      (180 is out; commands come)
    deciding  ->  speaking | forwarding | waiting | recording | over      (a command; HangUp)
    speaking  ->  deciding                                (PromptEnded)
    forwarding -> deciding | talking                      (nobody answered | a target did)
    talking   ->  deciding | over                         (the target hung up | the caller did)
    waiting   ->  deciding                                (WaitEnded; see `waiting.stay`)
    recording ->  deciding                                (VoicemailRecorded)

The caller may leave in every one of these; `Line` sees to that. When nobody decides any more, because the centre is
gone, the trunk's fall-back target takes the caller.
"""

import asyncio
from collections.abc import Iterator

import structlog
from msgspec.structs import replace

from skipline.model.call import Call, EndedBy
from skipline.model.commands import AskContact, ForwardCall, PlayAudio, RecordVoicemail, RingAgent, SayText, WaitInQueue
from skipline.model.configuration import Trunk
from skipline.model.events import CallArrived, CallEnded, VoiceEvent, WaitEnded
from skipline.model.ids import CommandId
from skipline.model.voice_link import Do, HeldCall
from skipline.voice.caller import Caller
from skipline.voice.exchange import Exchange
from skipline.voice.forward import Forward, Joined
from skipline.voice.line import Ending, Heard, Listener
from skipline.voice.live_call import CallReply, LiveCall
from skipline.voice.orders import Orders
from skipline.voice.sip.leg import Leg
from skipline.voice.talk import Talk
from skipline.voice.waiting.stay import Stay, refuse_ringing

UNDECIDED_SECONDS = 180.0
"""How long a centre may take over its next command; far longer than any look-up's limit."""

FALLBACK_SECONDS = 3.0
"""How long a caller waits for a centre to come back before the trunk's fall-back takes them."""

ALONE_RINGING_SECONDS = 8.0
"""The same without a fall-back, when they would only hear a refusal: as long as a centre may need to start on a busy
machine, and short enough that the carrier can still try elsewhere."""

ALONE_ANSWERED_SECONDS = 30.0
"""The same for a caller who was answered."""

AFTER_TALK_SECONDS = 3.0
"""How long a caller is kept after the target hung up, in case the flow goes on."""

RING_AGAIN_SECONDS = 60.0
"""How often a caller who still rings is told so; proxies give up after three minutes without (Timer C)."""

_FALLBACK = CommandId("fallback")
_NOBODY_DECIDES = Ending(EndedBy.LOST, 503, "Service Unavailable")
_RETRY = {"Retry-After": "5"}
_REASONS = {404: "Not Found", 480: "Temporarily Unavailable", 486: "Busy Here", 603: "Decline"}
_log = structlog.get_logger("voice.call")


class IncomingCall(LiveCall):
    """A caller, what the centre wants for them, and how far that is."""

    def __init__(self, leg: Leg, call: Call, trunk: Trunk, exchange: Exchange) -> None:
        super().__init__(CallArrived(at=call.arrived_at, call=call), Caller(leg, exchange, trunk.media), exchange)
        self._trunk = trunk
        self._orders = Orders(call, self._caller, exchange)
        self._is_after_talk = False
        self._has_fallen_back = False

    @property
    def held(self) -> HeldCall:
        """This call as a centre that connects needs it."""
        return replace(super().held, has_fallen_back=self._has_fallen_back)

    def present(self) -> Iterator[VoiceEvent]:
        """As for every call; of one that fell back no run knows."""
        if not self._has_fallen_back:
            yield from super().present()

    def ring(self) -> None:
        """Let the caller hear that it rings, and ask the centre what to do; at once, since callers wait for it."""
        self._caller.ring()
        self._exchange.tell(self.arrived)

    async def live(self) -> None:
        """Serve the caller, who was rung, until the call is over."""
        self._exchange.spawn(Listener(self._caller.leg, self._line).run())
        self._keep_ringing()
        try:
            while (do := await self._next_command()) is not None:
                await self._carry_out(do)
        finally:
            self._ring_timer.cancel()
            self._end()
            await self._caller.close()

    def _keep_ringing(self) -> None:
        self._ring_timer = asyncio.get_running_loop().call_later(RING_AGAIN_SECONDS, self._ring_again)

    def _ring_again(self) -> None:
        if not self._caller.leg.is_answered:
            self._caller.ring_again()
            self._keep_ringing()

    async def _next_command(self) -> Do | None:
        while self._line.ending is None:
            notice = self._line.next_put_off() or await self._line.next(self._patience_seconds())
            if isinstance(notice, Do):
                return notice
            if isinstance(notice, Heard) and notice.leg is self._caller.leg:
                await self._caller.hear(notice.event)
            elif notice is None and self._line.ending is None:
                await self._go_on_alone()
        return None

    def _patience_seconds(self) -> float:
        if self._is_after_talk:
            return AFTER_TALK_SECONDS
        if self._exchange.is_centre_there():
            return UNDECIDED_SECONDS
        if self._trunk.fallback and not self._has_fallen_back:
            return FALLBACK_SECONDS
        return ALONE_ANSWERED_SECONDS if self._caller.leg.is_answered else ALONE_RINGING_SECONDS

    async def _carry_out(self, do: Do) -> None:
        self._is_after_talk = False
        match do.body:
            case ForwardCall():
                await self._forward(do.command, do.body)
            case WaitInQueue():
                await self._wait(do.command, do.body)
            case RecordVoicemail():
                self._reply(do.command, await self._orders.record(do.command, do.body))
            case RingAgent():
                refuse_ringing(do.body, self.arrived.call, self._exchange, "the caller does not wait any more")
            case AskContact():
                self._reply_if_there(do.command, await self._orders.ask(do.command, do.body))
            case SayText() | PlayAudio():
                self._reply_if_there(do.command, await self._orders.say(do.command, do.body))

    def _reply_if_there(self, command: CommandId, event: CallReply) -> None:
        if self._line.ending is None:
            self._reply(command, event)

    async def _wait(self, command: CommandId, order: WaitInQueue) -> None:
        self._stay = Stay(self.arrived.call, self._caller, self._exchange, order)
        end = await self._stay.run()
        self._stay = None
        self._is_after_talk = end.has_talked
        at, call = self._exchange.clock(), self.arrived.call.id
        answer = WaitEnded(
            at=at, call=call, command=command, key=end.key, has_talked=end.has_talked, problem=end.problem
        )
        self._reply_if_there(command, answer)

    async def _forward(self, command: CommandId, order: ForwardCall) -> None:
        forward = Forward(self.arrived.call, self._caller, self._exchange, command, order)
        joined = await forward.run()
        talk_seconds = await self._talk(joined) if joined is not None else 0.0
        await self._caller.hush()
        await self._caller.part()
        if command != _FALLBACK and (joined is not None or self._line.ending is None):
            self._reply(command, forward.ended(talk_seconds))

    async def _talk(self, joined: Joined) -> float:
        """Until one of them hangs up; gives the seconds of talk."""
        clock = asyncio.get_running_loop().time
        began = clock()
        self._is_after_talk = await Talk(self._caller, joined).run() is EndedBy.TARGET
        return clock() - began

    async def _go_on_alone(self) -> None:
        """Nobody decides about this caller: let the trunk's fall-back take them, else say that we cannot."""
        if self._is_after_talk:
            self._line.ending = Ending(EndedBy.TARGET)
        elif self._trunk.fallback and not self._has_fallen_back:
            _log.warning("call_falls_back", call=self.arrived.call.id, trunk=self._trunk.name)
            self._has_fallen_back = True
            await self._forward(_FALLBACK, ForwardCall(targets=(self._trunk.fallback,), ring_seconds=60))
            if self._line.ending is None:
                self._line.ending = Ending(EndedBy.TARGET) if self._is_after_talk else _NOBODY_DECIDES
        else:
            self._line.ending = _NOBODY_DECIDES

    def _end(self) -> None:
        """Close the caller's leg in the fitting way, and say so once."""
        ending = self._line.ending or Ending(EndedBy.LOST, 500, "Server Internal Error")
        leg = self._caller.leg
        if leg.is_answered:
            leg.hang_up()
        elif not leg.is_over:
            code = ending.code if ending.code >= 300 else 480
            leg.refuse(code, ending.reason or _REASONS.get(code, "Call Refused"), _RETRY if code == 503 else None)
        by = EndedBy.TARGET if self._is_after_talk and ending.by is EndedBy.FLOW else ending.by
        self._exchange.tell(
            CallEnded(
                at=self._exchange.clock(),
                call=self.arrived.call.id,
                by=by,
                code=200 if leg.is_answered else ending.code,
                reason=ending.reason,
            )
        )
