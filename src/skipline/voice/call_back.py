"""A call that we place ourselves: an agent and a contact who hung up earlier are rung and joined.

    agent first     agent rings  ->  contact rings  ->  together  ->  over
    contact first   contact rings  ->  waiting with music, while the agent rings  ->  together  ->  over

Once both are there it is a stay like that of a caller who waited (`waiting.stay`): the agent may hold and hand on, and
when their phone is lost the contact hears music and another one may be rung. The one difference is that no flow waits
for its end: when agent or contact hangs up, the call is over.
"""

from collections.abc import Iterator

import structlog
from msgspec.structs import replace

from skipline.model.call import Call, EndedBy, TryEnd
from skipline.model.commands import PlaceCallBack, RingAgent, StopRinging, WaitInQueue
from skipline.model.configuration import Media
from skipline.model.events import CallArrived, CallEnded, ContactJoined, ContactRefused, VoiceEvent
from skipline.model.ids import CommandId, EntryId
from skipline.model.voice_link import Do, HeldCall
from skipline.voice.caller import Caller
from skipline.voice.contact import Contact, Refused, call_of, contact_target
from skipline.voice.exchange import Exchange
from skipline.voice.line import Ending, Heard, Notice
from skipline.voice.live_call import LiveCall
from skipline.voice.sip.leg import Referred
from skipline.voice.targets import Dialable, NotDialable
from skipline.voice.waiting.agent_leg import AgentLeg, AgentStep
from skipline.voice.waiting.music import HoldMusic
from skipline.voice.waiting.stay import Stay, refuse_ringing

_NOT_REACHED = Ending(EndedBy.TARGET, 480, "Not reached")

_log = structlog.get_logger("voice.call_back")


class CallBackCall(LiveCall):
    """One `PlaceCallBack` under way."""

    def __init__(self, do: Do, order: PlaceCallBack, exchange: Exchange) -> None:
        now = exchange.clock()
        call = Call(id=do.call, arrived_at=now, from_=order.caller_number, to=order.phone, trunk=order.trunk)
        self._target, self._problem = _find_target(order, exchange)
        is_ipv6 = self._target.is_ipv6 if self._target else None
        caller = Caller(None, exchange, Media.RELAY, is_ipv6=is_ipv6)
        super().__init__(CallArrived(at=now, call=call), caller, exchange)
        self._command, self._memo = do.command, do.memo
        self._order = order
        self._music = HoldMusic(caller, exchange)
        self._shown = call_of(order, call)
        self._agent: AgentLeg | None = None
        self._contact = Contact(order, caller, exchange)
        self._contact_joined: ContactJoined | None = None

    @property
    def held(self) -> HeldCall:
        """This call as a centre that connects needs it."""
        held = super().held
        agent = self._agent
        state = agent.state if self._stay is None and agent is not None and agent.is_up else held.agent
        return replace(held, is_call_back=True, agent=state)

    def present(self) -> Iterator[VoiceEvent]:
        """As for every call, and whether the contact is there."""
        if self._contact_joined is not None:
            yield self._contact_joined
        if self._stay is None and self._agent is not None:
            yield from self._agent.present()
        yield from super().present()

    async def live(self) -> None:
        """Ring both, and serve the call until it is over."""
        self._exchange.spawn(self._music.load(self._order.music))
        try:
            await (self._ring_agent_first() if self._order.rings_agent_first else self._ring_contact_first())
        finally:
            await self._end()

    async def _ring_agent_first(self) -> None:
        agent = self._agent = AgentLeg(
            self._ring_order(), self._shown, self._caller, self._music, self._exchange, is_contact_there=False
        )
        await agent.ring()
        while agent.is_up and agent.step is not AgentStep.READY and await self._hear_next():
            pass
        if agent.step is AgentStep.READY and await self._reach_contact():
            await self._be_together(agent)
        elif agent.step is not AgentStep.READY:
            self._line.ending = self._line.ending or _NOT_REACHED

    async def _ring_contact_first(self) -> None:
        if await self._reach_contact():
            self._line.put(Do(call=self.arrived.call.id, command=CommandId(""), body=self._ring_order()))
            await self._be_together(None)

    def _ring_order(self) -> RingAgent:
        order = self._order
        return RingAgent(
            reservation=order.reservation,
            agent=order.agent,
            phone=order.agent_phone,
            ring_seconds=order.ring_seconds,
            whisper=order.whisper,
            language=order.language,
            headers=order.headers,
        )

    async def _reach_contact(self) -> bool:
        """Ring the contact; true when they are there, and the agent still is."""
        contact, agent = self._contact, self._agent
        if self._target is None:
            contact.refused = Refused(TryEnd.FAILED, 0, self._problem)
        else:
            await contact.ring(self._target)
        if agent is not None:
            await contact.let_agent_wait()
        while contact.is_ringing and (agent is None or agent.is_up) and await self._hear_next():
            pass
        if contact.refused is not None:
            self._tell_refused(contact.refused)
        elif contact.is_there:
            self._tell_joined()
        self._line.ending = self._line.ending or (None if contact.is_there else _NOT_REACHED)
        return contact.is_there and self._line.ending is None

    async def _be_together(self, agent: AgentLeg | None) -> None:
        order = WaitInQueue(entry=EntryId(""), music=self._order.music)
        self._stay = Stay(self._shown, self._caller, self._exchange, order, self._music)
        self._agent = None
        end = await self._stay.run(agent)
        self._stay = None
        if self._line.ending is None:
            _log.info("call_back_over", call=self.arrived.call.id, has_talked=end.has_talked, problem=end.problem)
            self._line.ending = Ending(EndedBy.TARGET if end.has_talked else EndedBy.FLOW, 200)

    async def _hear_next(self) -> bool:
        """Take what is said next, while one of the two rings; false when the call is over."""
        notice = await self._line.next()
        if notice is not None:
            await self._take_notice(notice)
        return notice is not None

    async def _take_notice(self, notice: Notice) -> None:
        agent = self._agent
        match notice:
            case Heard(leg, event) if self._contact.is_of(leg):
                await self._contact.hear(leg, event)
            case Heard(leg, Referred() as referred):
                leg.report(referred, 603, "Decline")
            case Heard(leg, event) if agent is not None and leg is agent.leg:
                await agent.hear(leg, event)
            case Do(body=StopRinging(reservation=reservation)):
                if agent is not None and agent.order.reservation == reservation:
                    agent.stop()
            case Do(body=RingAgent() as order):
                refuse_ringing(order, self._shown, self._exchange, "the contact is not there yet")

    def _tell_joined(self) -> None:
        at, call, reservation = self._exchange.clock(), self.arrived.call.id, self._order.reservation
        self._contact_joined = ContactJoined(at=at, call=call, reservation=reservation)
        self._exchange.tell(self._contact_joined)

    def _tell_refused(self, refused: Refused) -> None:
        self._exchange.tell(
            ContactRefused(
                at=self._exchange.clock(),
                call=self.arrived.call.id,
                reservation=self._order.reservation,
                end=refused.end,
                code=refused.code,
                reason=refused.reason,
            )
        )

    async def _end(self) -> None:
        """Part with whoever is there, and say once that it is over."""
        ending = self._line.ending or Ending(EndedBy.LOST, 500, "Server Internal Error")
        if self._agent is not None:
            self._agent.dismiss()
        self._contact.hang_up()
        self._exchange.tell(
            CallEnded(
                at=self._exchange.clock(),
                call=self.arrived.call.id,
                by=ending.by,
                code=200 if self._contact.is_there else ending.code,
                reason=ending.reason,
            )
        )
        await self._caller.close()


def _find_target(order: PlaceCallBack, exchange: Exchange) -> tuple[Dialable | None, str]:
    try:
        return contact_target(order, exchange), ""
    except NotDialable as mistake:
        return None, str(mistake)
