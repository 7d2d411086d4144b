"""A queue in figures: for conditions in flows, wallboards and estimates."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from skipline.model.queueing import EntryState, Estimate, Medium, Place, ReservationState
from skipline.queue.hall import Hall
from skipline.queue.instants import as_datetime, as_instant, in_seconds
from skipline.queue.state import QueueState
from skipline.queue.stay import Stay


class QueueFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A queue at one moment. `waiting` counts those who are being offered too. `agents_ready` have room for a call now;
    `agents_present` are at work, busy or not; `agents_signed_in` counts breaks too. `estimate` is the wait of somebody
    without a tier who came now."""

    queue: str
    waiting: int
    longest_wait_seconds: float
    being_offered: int
    with_agents: int
    wrapping_up: int
    agents: int
    agents_signed_in: int
    agents_present: int
    agents_ready: int
    agents_ready_for_messages: int
    estimate: Estimate | None = None


class Displacement(msgspec.Struct, frozen=True, kw_only=True):
    """Minutes of waiting that a queue's order gave to a tier in the hour from `hour_began_at`, compared with order of
    arrival; negative minutes were taken off. See `displacement`."""

    queue: str
    tier: str
    hour_began_at: datetime
    minutes: float


def figures_of(state: QueueState, queue: str, now: datetime) -> QueueFigures | None:
    """A queue's figures; None when there is no such queue."""
    hall = state.halls.get(queue)
    if hall is None:
        return None
    instant = as_instant(now)
    longest = max((line.longest_wait(instant) for line in hall.lines), default=0)
    if hall.counts[EntryState.RESERVED]:
        longest = max(longest, *(stay.waited_by(instant) for stay in _being_offered(state, hall)))
    return QueueFigures(
        queue=queue,
        waiting=hall.waiting,
        longest_wait_seconds=in_seconds(longest),
        being_offered=hall.counts[EntryState.RESERVED],
        with_agents=hall.counts[EntryState.CONNECTED],
        wrapping_up=hall.counts[EntryState.WRAPPING],
        agents=hall.size,
        agents_signed_in=hall.signed_in,
        agents_present=hall.present,
        agents_ready=hall.ready[Medium.CALL],
        agents_ready_for_messages=hall.ready[Medium.MESSAGE],
        estimate=estimate_for(state, Place(queue=queue), now),
    )


def _being_offered(state: QueueState, hall: Hall) -> Iterator[Stay]:
    pending = (offer.stay for offer in state.offers.values() if offer.state is ReservationState.PENDING)
    return (stay for stay in pending if stay.grade.hall is hall)


def estimate_for(state: QueueState, place: Place, now: datetime) -> Estimate | None:
    """How long somebody would wait who joined now; None when nobody can say."""
    return None if state.estimate_for is None else state.estimate_for(state, place, now)


def displacements(state: QueueState, queue: str | None = None) -> list[Displacement]:
    """What was moved between tiers, by queue, hour and tier; two days back at most."""
    return [
        Displacement(queue=name, tier=tier, hour_began_at=as_datetime(hour), minutes=in_seconds(span) / 60)
        for name, hall in sorted(state.halls.items())
        if queue in (None, name)
        for (hour, tier), span in sorted(hall.ledger.moved.items())
    ]
