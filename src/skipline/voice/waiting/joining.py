"""Two calls of one agent become one: whoever the agent talked with in the other call is brought to the caller.

    agent's phone  --REFER with Replaces (RFC 3891)-->  the caller's call
    the caller's call  --PartyWanted-->  the other call  --take(party)-->  the caller's call
    party  <--re-INVITE with the caller's audio--  the caller's call

Each call is read by one coroutine only, so the party's leg changes hands between two of its events and loses none.
"""

import asyncio

from skipline.voice.caller import AudioTrouble, Caller
from skipline.voice.line import Heard, Party
from skipline.voice.sip.leg import Ended, OfferAnswered, OfferRefused

_ANSWER_SECONDS = 8.0


async def bring(party: Party, caller: Caller) -> str | None:
    """Lead the party's audio to the caller; what it was told about ours, None when it did not come."""
    try:
        offer = await caller.path_towards(None).offer()
        party.leg.offer(offer)
        answer = await _answer_of(party, caller)
        if answer is None:
            return None
        await caller.relayed.meet_target(answer)
    except AudioTrouble:
        return None
    return offer


async def _answer_of(party: Party, caller: Caller) -> str | None:
    clock = asyncio.get_running_loop().time
    until = clock() + _ANSWER_SECONDS
    while (notice := await caller.line.next(until - clock())) is not None:
        match notice:
            case Heard(leg, OfferAnswered(sdp)) if leg is party.leg:
                return sdp
            case Heard(leg, Ended() | OfferRefused()) if leg is party.leg:
                return None
            case Heard(leg, event) if leg is caller.leg:
                await caller.hear(event)
            case _:
                caller.line.put_back(notice)
    return None
