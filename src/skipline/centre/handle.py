"""The centre's one entrance: an event in, changes out."""

from datetime import datetime

from skipline.centre.calls import begin_call, connect_call, finish_call, go_on
from skipline.centre.state import Centre, Changes
from skipline.model.events import (
    CallArrived,
    CallConnected,
    CallEnded,
    Event,
    Reply,
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
            return Changes(facts=[event])
