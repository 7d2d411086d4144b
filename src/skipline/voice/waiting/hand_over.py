"""An agent hands the caller on: the phone asks (REFER), the centre decides (`TransferCall`), others are rung.

    talking  ->  asked    ->  granted | declined       (REFER | TransferCall | no decision in time: 603)
    talking  ->  granted                               (TransferCall without REFER: the agent used their desk)
    granted  ->  onward   ->  over | waiting           (targets are rung | one answered, then hung up | none did)
    talking  ->  joining  ->  talking | declined       (REFER to the party of another call here | who came | did not)

Many phones hang up as soon as their REFER is accepted; the wish stays open all the same.
"""

import asyncio

from skipline.model.commands import TransferCall
from skipline.model.events import TransferAsked
from skipline.model.ids import CommandId, ReservationId
from skipline.voice.line import JOINED_ELSEWHERE, Due, Party, PartyWanted
from skipline.voice.sip.address import parse_uri
from skipline.voice.sip.leg import Leg, Referred
from skipline.voice.waiting.agent_leg import AgentLeg, AgentStep
from skipline.voice.waiting.floor import Floor, StayEnd
from skipline.voice.waiting.joining import bring
from skipline.voice.waiting.onward import ring_onward, talk_onward

_JOINING_SECONDS = 2.0


class HandOver:
    """The wishes of one stay's agents, one at a time, and what comes of them."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._asked: Referred | None = None
        self._leg: Leg | None = None
        self._reservation: ReservationId | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._party: Party | None = None

    @property
    def is_open(self) -> bool:
        """Whether a phone asked and nothing has come of it yet."""
        return self._asked is not None

    def ask(self, leg: Leg, reservation: ReservationId, referred: Referred) -> None:
        """A phone wants to hand the caller on; a second wish takes the place of the first."""
        exchange, line = self._floor.exchange, self._floor.line
        self._close(603, "Decline")
        self._asked, self._leg, self._reservation = referred, leg, reservation
        leg.report(referred, 100, "Trying")
        other = exchange.find_line(referred.replaces) if referred.replaces else None
        self._timer = line.later(exchange.patience.decision if other is None else _JOINING_SECONDS, self._decline)
        if other is None:
            at, call = exchange.clock(), self._floor.call.id
            exchange.tell(TransferAsked(at=at, call=call, reservation=reservation, to=referred.uri))
        else:
            other.put(PartyWanted(self._take))

    async def _decline(self) -> None:
        """Nothing came of it: the agent talks on, or has hung up and the talk is over."""
        self._close(603, "Decline")
        if not self._floor.is_joined:
            self._floor.end = StayEnd(has_talked=True)

    async def transfer(self, command: CommandId, order: TransferCall) -> None:
        """The centre says that the caller goes on to others, whether the phone had asked or not."""
        floor, agent = self._floor, self._floor.agent
        is_theirs = agent is not None and agent.is_joined and agent.order.reservation == order.reservation
        if not is_theirs and self._reservation != order.reservation:
            return
        headers = self._grant(order)
        if agent is not None and is_theirs:
            agent.leave(AgentStep.HANDED_ON)
            await floor.settle_agent()
        if order.targets and await ring_onward(floor, command, order, headers):
            floor.end = StayEnd(has_talked=True)
        elif order.targets:
            await floor.caller.part()
            await floor.music.start()

    def _grant(self, order: TransferCall) -> dict[str, str]:
        """The phone hears that all is well. Gives the headers that the new party must get: a phone that joins two of
        its calls names the one whose place ours takes (RFC 3891)."""
        asked = self._asked
        self._close(200, "OK")
        if asked is None or asked.replaces is None or not {asked.uri, _user_of(asked.uri)} & set(order.targets):
            return {}
        return {"Replaces": asked.replaces.value}

    def _take(self, party: Party) -> bool:
        """The other call gives its party away, if it is still wanted here."""
        line = self._floor.line
        if not self.is_open or line.ending is not None:
            return False
        self._close(200, "OK")
        self._party, party.listener.line = party, line
        line.put(Due(self._meet))
        return True

    async def _meet(self) -> None:
        """Whoever the agent talked with in another call takes the agent's place."""
        floor, party, self._party = self._floor, self._party, None
        if party is None:
            return
        if floor.agent is not None:
            floor.agent.leave(AgentStep.HANDED_ON)
            await floor.settle_agent()
        said = await bring(party, floor.caller)
        if said is None:
            party.leg.hang_up()
            await floor.caller.part()
        elif party.order is None:
            await talk_onward(floor, party, said)
            floor.end = StayEnd(has_talked=True)
        else:
            floor.agent = AgentLeg(party.order, floor.call, floor.caller, floor.music, floor.exchange)
            await floor.agent.adopt(party.listener)

    def give(self, wanted: PartyWanted) -> None:
        """Another call wants the agent, whom this one's caller only consulted."""
        floor, agent = self._floor, self._floor.agent
        if agent is None or agent.listener is None or agent.step is not AgentStep.TALKING:
            return
        if wanted.take(Party(agent.listener, agent.order.agent, agent.order)):
            agent.release()
            floor.line.ending = JOINED_ELSEWHERE

    def abandon(self) -> None:
        """The stay is over; a party that was on its way here has nobody to talk with."""
        self._close(603, "Decline")
        if self._party is not None:
            self._party.leg.hang_up()

    def _close(self, code: int, reason: str) -> None:
        if self._asked is not None and self._leg is not None:
            self._leg.report(self._asked, code, reason)
        if self._timer is not None:
            self._timer.cancel()
        self._asked = self._leg = self._reservation = self._timer = None


def _user_of(uri: str) -> str:
    """The number in a SIP or tel URI, which is what the centre calls; empty for what is none."""
    try:
        return parse_uri(uri).user
    except ValueError:
        return ""
