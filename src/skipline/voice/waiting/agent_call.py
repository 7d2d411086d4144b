"""The INVITE that rings an agent: which phone, what it shows, and only the codec that the caller speaks already."""

from skipline.model.call import Call
from skipline.model.commands import RingAgent
from skipline.voice.caller import Caller
from skipline.voice.exchange import Exchange
from skipline.voice.forward import HOPS_HEADER, hops_of
from skipline.voice.sip.leg import Leg
from skipline.voice.targets import caller_headers

_LEAST_RING_SECONDS, _MOST_RING_SECONDS = 1.0, 180.0


async def dial_agent(order: RingAgent, call: Call, caller: Caller, exchange: Exchange) -> Leg:
    """Ring the phone of `order`. Raises `NotDialable` and `AudioTrouble`."""
    target = exchange.find_phone(order.phone)
    offer = await caller.path_towards(target.is_ipv6).offer()
    is_hidden = call.is_withheld or not call.from_
    leg = exchange.dial(
        target,
        sdp=offer,
        caller_user="anonymous" if is_hidden else call.from_,
        caller_name="" if is_hidden else call.caller_name,
        headers={
            **order.headers,
            **caller_headers(target, call.from_, call.is_withheld),
            HOPS_HEADER: str(hops_of(call) + 1),
        },
        ring_seconds=min(max(order.ring_seconds, _LEAST_RING_SECONDS), _MOST_RING_SECONDS),
    )
    leg.accepts_refer = True
    return leg
