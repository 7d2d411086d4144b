"""The centre's entrances: an event or a queue's decision in, changes out."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from skipline.centre.call_back_calls import hear_call_back
from skipline.centre.calls import begin_call, connect_call, finish_call, go_on
from skipline.centre.presence import lose_phone, note_phone
from skipline.centre.state import Centre, Changes
from skipline.centre.transfers import ask_transfer, end_transfer
from skipline.centre.waiting import end_wait, join_agent, part_agent, refuse_offer
from skipline.model.events import (
    AgentJoined,
    AgentLeft,
    AgentRefused,
    CallArrived,
    CallConnected,
    CallEnded,
    ContactJoined,
    ContactRefused,
    Event,
    PhoneGone,
    PhoneRegistered,
    Reply,
    TransferAsked,
    TransferEnded,
    WaitEnded,
)


def handle(centre: Centre, event: Event, now: datetime) -> Changes:
    """What `event` changes. Facts that move no call (a target's health, a ring) are only passed on.

    Raises `calls.RunBroke` when a step raised; its `changes` are to be carried out all the same.
    """
    match event:
        case CallArrived():
            return begin_call(centre, event, now)
        case CallConnected():
            return connect_call(centre, event)
        case CallEnded():
            return finish_call(centre, event, now)
        case _ if isinstance(event, Reply):
            return go_on(centre, event, now)
        case _:
            return _handle_waiting(centre, event)


def _handle_waiting(centre: Centre, event: Event) -> Changes:
    """Facts about those who wait in queues, and about the agents who take them."""
    match event:
        case AgentJoined() | AgentLeft() | AgentRefused() if event.call in centre.call_back_calls:
            return hear_call_back(centre, event)
        case ContactJoined() | ContactRefused():
            return hear_call_back(centre, event)
        case _ if (take := _WAITING.get(type(event))) is not None:
            return take(centre, event)
        case _:
            return Changes(facts=[event])


_WAITING: dict[type[Event], Callable[[Centre, Any], Changes]] = {
    AgentRefused: refuse_offer,
    AgentJoined: join_agent,
    AgentLeft: part_agent,
    WaitEnded: end_wait,
    TransferAsked: ask_transfer,
    TransferEnded: end_transfer,
    PhoneRegistered: note_phone,
    PhoneGone: lose_phone,
}
