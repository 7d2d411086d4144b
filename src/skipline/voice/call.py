"""One caller's call, from the first ringing to its one `CallEnded`.

    ringing   ->  the centre decides                      (180 is out; commands come)
    deciding  ->  speaking | forwarding | over            (SayText, PlayAudio | ForwardCall | HangUp)
    speaking  ->  deciding                                (PromptEnded)
    forwarding -> deciding | talking                      (nobody answered | a target did)
    talking   ->  deciding | over                         (the target hung up | the caller did)

The caller may leave in every one of these; `Line` sees to that. When nobody decides any more, because the centre is
gone, the trunk's fall-back target takes the caller.
"""

import asyncio

import structlog

from skipline.model.call import Call, EndedBy
from skipline.model.commands import AskContact, ForwardCall, PlayAudio, SayText
from skipline.model.configuration import Trunk
from skipline.model.events import CallArrived, CallEnded, ContactAnswered, ForwardEnded, PromptEnded
from skipline.model.ids import CommandId
from skipline.model.voice_link import Do, HeldCall
from skipline.voice.announcement import Announcement
from skipline.voice.caller import Caller
from skipline.voice.exchange import Exchange
from skipline.voice.forward import Forward, Joined
from skipline.voice.line import CentreChanged, Ending, Heard, WorkerLeaves, listen
from skipline.voice.question import KeyedQuestion
from skipline.voice.sip.leg import Leg
from skipline.voice.talk import Talk

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


class IncomingCall:
    """A caller, what the centre wants for them, and how far that is."""

    def __init__(self, leg: Leg, call: Call, trunk: Trunk, exchange: Exchange) -> None:
        self.arrived = CallArrived(at=call.arrived_at, call=call)
        self.last_reply: PromptEnded | ForwardEnded | ContactAnswered | None = None
        self._exchange, self._trunk = exchange, trunk
        self._caller = Caller(leg, exchange, trunk.media)
        self._line = self._caller.line
        self._command: CommandId | None = None
        self._memo = b""
        self._is_after_talk = False
        self._has_fallen_back = False

    @property
    def held(self) -> HeldCall:
        """This call as a centre that connects needs it."""
        return HeldCall(
            arrived=self.arrived,
            command=self._command,
            memo=self._memo,
            has_fallen_back=self._has_fallen_back,
        )

    def take(self, do: Do) -> None:
        """Carry out `do` as soon as the commands before it are done. The command that is under way, or was the last
        one, is never done twice; its answer is told again."""
        self._memo = do.memo or self._memo
        if do.command == self._command:
            if self.last_reply is not None:
                self._exchange.tell(self.last_reply)
            return
        self._command, self.last_reply = do.command, None
        self._line.put(do)

    def centre_changed(self) -> None:
        """A centre came or left."""
        self._line.put(CentreChanged())

    def close(self) -> None:
        """End the call now, by our own fault: the worker leaves."""
        self._line.put(WorkerLeaves())

    def ring(self) -> None:
        """Let the caller hear that it rings, and ask the centre what to do; at once, since callers wait for it."""
        self._caller.ring()
        self._exchange.tell(self.arrived)

    async def live(self) -> None:
        """Serve the caller, who was rung, until the call is over."""
        self._exchange.spawn(listen(self._caller.leg, self._line))
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
        if isinstance(do.body, ForwardCall):
            await self._forward(do.command, do.body)
        elif isinstance(do.body, AskContact):
            await self._ask(do.command, do.body)
        elif isinstance(do.body, SayText | PlayAudio):
            problem = await Announcement(self._caller, self._exchange).run(do.body)
            if self._line.ending is not None:
                return
            event = PromptEnded(
                at=self._exchange.clock(), call=self.arrived.call.id, command=do.command, problem=problem
            )
            self._answer(do.command, event)

    async def _ask(self, command: CommandId, order: AskContact) -> None:
        question = KeyedQuestion(self._caller, self._exchange)
        problem = await question.run(order)
        if self._line.ending is None:
            at, call = self._exchange.clock(), self.arrived.call.id
            answer = ContactAnswered(at=at, call=call, command=command, text=question.digits, problem=problem)
            self._answer(command, answer)

    async def _forward(self, command: CommandId, order: ForwardCall) -> None:
        forward = Forward(self.arrived.call, self._caller, self._exchange, command, order)
        joined = await forward.run()
        talk_seconds = await self._talk(joined) if joined is not None else 0.0
        await self._caller.hush()
        if joined is not None or self._line.ending is None:
            self._answer(command, forward.ended(talk_seconds))

    async def _talk(self, joined: Joined) -> float:
        """Until one of them hangs up; gives the seconds of talk."""
        clock = asyncio.get_running_loop().time
        began = clock()
        self._is_after_talk = await Talk(self._caller, joined).run() is EndedBy.TARGET
        return clock() - began

    def _answer(self, command: CommandId, event: PromptEnded | ForwardEnded | ContactAnswered) -> None:
        if command == self._command:
            self.last_reply = event
        if command != _FALLBACK:
            self._exchange.tell(event)

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
