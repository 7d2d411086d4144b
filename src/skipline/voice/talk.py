"""Two answered phones, joined: each hears the other, and what one changes is asked of the other.

A change of the talk (hold, other codecs, another address) is an offer that goes across, and the other's answer comes
back the same way (RFC 3264). With a late offer (an INVITE without a session description) the offer is fetched from
across and the answer follows in the ACK. Only one exchange is under way at a time; a second one from across meanwhile
is glare and gets a 491 (RFC 3261 section 14.2).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from skipline.model.call import EndedBy
from skipline.voice.caller import AudioTrouble, Caller
from skipline.voice.forward import Joined
from skipline.voice.line import JOINED_ELSEWHERE, Heard, Party, PartyWanted
from skipline.voice.sip.leg import Ended, Failed, Leg, LegEvent, OfferAnswered, Offered, OfferRefused


@dataclass(slots=True)
class _Party:
    """One side. `said` is what it last heard from us about audio, `translate` what to tell it when the other speaks."""

    leg: Leg
    said: str
    translate: Callable[[str], Awaitable[str]]
    is_offering: bool = False
    is_asking: bool = False
    """Whether it asked for the other's offer (late offer); `is_offering` is then the wait for that."""


class Talk:
    """A caller and a target in conversation."""

    def __init__(self, caller: Caller, joined: Joined) -> None:
        self._line = caller.line
        self._joined = joined
        self._is_given = False
        path = caller.path()
        self._caller = _Party(caller.leg, caller.said, path.to_caller)
        self._target = _Party(joined.leg, joined.said, path.to_target, is_offering=not joined.said)
        self._keep_said = caller.told

    async def run(self) -> EndedBy | None:
        """Carry the talk until it ends: by the target (then the caller is still there), or with the whole call (None).

        The target's leg is over when this returns, unless another call has taken it.
        """
        try:
            while (notice := await self._line.next()) is not None:
                if isinstance(notice, PartyWanted):
                    self._give(notice)
                elif not isinstance(notice, Heard):
                    self._line.put_back(notice)
                elif notice.leg is self._target.leg and isinstance(notice.event, Ended | Failed):
                    return EndedBy.TARGET
                elif notice.leg is self._target.leg:
                    await self._pass(self._target, self._caller, notice.event)
                elif notice.leg is self._caller.leg:
                    await self._pass(self._caller, self._target, notice.event)
        finally:
            if not self._is_given:
                self._target.leg.hang_up()
            self._keep_said(self._caller.said)
        return None

    def _give(self, wanted: PartyWanted) -> None:
        """Let another call have the target, and end this one."""
        if wanted.take(Party(self._joined.listener, self._joined.attempt.target)):
            self._is_given = True
            self._line.ending = JOINED_ELSEWHERE

    async def _pass(self, party: _Party, other: _Party, event: LegEvent) -> None:
        match event:
            case Offered(sdp):
                await self._pass_offer(party, other, sdp)
            case OfferAnswered(sdp):
                await self._pass_answer(party, other, sdp)
            case OfferRefused(code, reason) if other.is_offering:
                other.is_offering = other.is_asking = False
                other.leg.refuse_offer(code, reason)

    async def _pass_offer(self, party: _Party, other: _Party, sdp: str | None) -> None:
        if other.is_offering:
            party.leg.refuse_offer(491, "Request Pending")
            return
        try:
            text = await other.translate(sdp) if sdp else None
        except AudioTrouble:
            party.leg.refuse_offer(488, "Not Acceptable Here")
            return
        party.is_offering, party.is_asking = True, sdp is None
        other.said = text or other.said
        other.leg.offer(text)

    async def _pass_answer(self, party: _Party, other: _Party, sdp: str | None) -> None:
        """`party` answered what `other` offered, or gives the offer that `other` asked for."""
        try:
            other.said = await other.translate(sdp) if sdp else other.said
        except AudioTrouble:
            other.leg.refuse_offer(488, "Not Acceptable Here")
            other.is_offering = other.is_asking = False
            return
        if other.is_offering:
            party.is_offering, other.is_offering, other.is_asking = other.is_asking, False, False
            other.leg.answer_offer(other.said)
