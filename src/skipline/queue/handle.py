"""The queues' one entrance: an event in, decisions out."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from skipline.model.queue_events import (
    AgentCame,
    AgentPaused,
    AgentReady,
    AgentWent,
    AnyQueueEvent,
    ContactEnded,
    EntryJoined,
    EntryLeft,
    EntryReranked,
    EntryRestored,
    EntryReturned,
    QueueDecision,
    QueueEvent,
    QueuesConfigured,
    ReservationAccepted,
    ReservationDeclined,
    TimePassed,
)
from skipline.model.queueing import EntryState
from skipline.queue.agents import be_ready, come, end_time_aside, go, pause
from skipline.queue.alarms import Sleeper
from skipline.queue.configuring import configure
from skipline.queue.contacts import accept, decline, end_contact, expire, finish, give_back
from skipline.queue.instants import as_datetime, as_instant
from skipline.queue.joining import join, leave, rerank, restore
from skipline.queue.offer import Offer
from skipline.queue.seat import Seat
from skipline.queue.settling import settle
from skipline.queue.state import QueueState, Turn
from skipline.queue.stay import Stay


def handle(state: QueueState, event: AnyQueueEvent, now: datetime) -> list[QueueDecision]:
    """Change `state` by what happened, and give what is decided, in order.

    What comes late or twice changes nothing, and so does what names an entry, a reservation or an agent that nobody
    knows (any more). Raises `tables.ImpossibleMove` for what cannot have happened.
    """
    instant = as_instant(now)
    happened = instant if event.at is now else min(instant, as_instant(event.at))
    turn = Turn(state, instant, now, happened, [], [], [], {}, {})
    _HANDLERS[type(event)](turn, event)
    settle(turn)
    if state.watch is not None:
        state.watch(state, event, turn.decisions)
    return turn.decisions


def next_wake_at(state: QueueState) -> datetime | None:
    """When something next falls due by itself: hand in a `TimePassed` then. None: nothing does."""
    at = state.alarms.next_at()
    return None if at is None else as_datetime(at)


def _be_ready(turn: Turn, event: AgentReady) -> None:
    for stay in be_ready(turn, event):
        finish(turn, stay)


def _pass_time(turn: Turn, _: TimePassed) -> None:
    while (sleeper := turn.state.alarms.due(turn.now)) is not None:
        _wake(turn, sleeper)


def _wake(turn: Turn, sleeper: Sleeper) -> None:
    """An offer expires; a wrap-up ends; an agent left alone is back; a waiting entry asks for something else."""
    match sleeper:
        case Offer():
            expire(turn, sleeper)
        case Seat():
            end_time_aside(turn, sleeper)
        case Stay(state=EntryState.WRAPPING):
            finish(turn, sleeper)
        case Stay(line=line) if line is not None:
            turn.state.take_out(sleeper)
            turn.loose.append(sleeper)


_Handler = Callable[[Turn, Any], None]
_HANDLERS: Mapping[type[QueueEvent], _Handler] = {
    QueuesConfigured: configure,
    EntryJoined: join,
    EntryRestored: restore,
    EntryReranked: rerank,
    EntryLeft: leave,
    EntryReturned: give_back,
    ReservationAccepted: accept,
    ReservationDeclined: decline,
    ContactEnded: end_contact,
    AgentCame: come,
    AgentWent: go,
    AgentReady: _be_ready,
    AgentPaused: pause,
    TimePassed: _pass_time,
}
