"""Everything the queues know, as plain values: kept in a database by the node that leads, and put back by the next one.

What is put back goes on as if nothing had happened: an offer that rings, rings on; whoever waits stands where they
stood; wrap-up and leaving alone end when they would have. Offers that were over already are not remembered, nor are
the starts that explanations tell of. Instants are microseconds since 1970.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from skipline.model.queue_events import QueueDecision
from skipline.model.queueing import AgentState, Entry, EntryState, Estimate, Medium, Reservation
from skipline.queue.correcting import seat_for
from skipline.queue.instants import Instant, Span, as_instant, as_span
from skipline.queue.joining import open_stay
from skipline.queue.offer import Offer
from skipline.queue.profile import MEDIA
from skipline.queue.seat import Seat
from skipline.queue.seating import count_presence, free
from skipline.queue.settling import settle
from skipline.queue.state import QueueState, Turn
from skipline.queue.stay import Stay
from skipline.queue.tables import EntryMove


class KeptStay(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry's stay. `agent` has it, or is offered it by `reservation`."""

    entry: Entry
    state: EntryState
    wait_began_at: Instant
    stage_began_at: Instant
    agent: str = ""
    reservation: Reservation | None = None
    is_lane: bool = False
    stage: int = 0
    refused: dict[str, Instant] = {}
    came_from: tuple[str, ...] = ()
    spared_until: Instant = 0
    estimate: Estimate | None = None
    why: tuple[str, ...] = ()
    offers: int = 0
    misses: int = 0
    waited: Span = 0
    rang: Span = 0
    left_at: Instant = 0
    wrap_up_began_at: Instant = 0
    talk_seconds: float = 0.0
    hold_seconds: float = 0.0
    was_transferred: bool = False


class KeptSeat(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One agent, and what was last told of them. `nodes` are those that can ring their phone."""

    agent: str
    nodes: tuple[str, ...] = ()
    is_at_desk: bool = False
    pause: str = ""
    aside: str = ""
    is_aside_for_misses: bool = False
    aside_until: Instant | None = None
    misses: int = 0
    idle_since: Instant = 0
    shown: AgentState = AgentState.OFFLINE
    shown_reason: str = ""


_SAME = (
    "stage",
    "spared_until",
    "estimate",
    "why",
    "offers",
    "misses",
    "waited",
    "rang",
    "left_at",
    "wrap_up_began_at",
)
_SAME_TALK = ("talk_seconds", "hold_seconds", "was_transferred")


def kept_stay(stay: Stay) -> KeptStay:
    """A stay as it is kept."""
    offer, seat = stay.offer, stay.seat
    agent = seat.name if seat is not None else offer.seat.name if offer is not None else ""
    return KeptStay(
        entry=stay.entry,
        state=stay.state,
        wait_began_at=stay.wait_began_at,
        stage_began_at=stay.stage_began_at,
        agent=agent,
        reservation=None if offer is None else offer.reservation,
        is_lane=offer is not None and offer.is_lane,
        refused=dict(stay.refused),
        came_from=tuple(sorted(stay.came_from)),
        **{name: getattr(stay, name) for name in (*_SAME, *_SAME_TALK)},
    )


def kept_seat(seat: Seat, nodes: Iterable[str] = ()) -> KeptSeat:
    """An agent as they are kept."""
    return KeptSeat(
        agent=seat.name,
        nodes=tuple(sorted(nodes)),
        is_at_desk=Medium.MESSAGE in seat.media,
        pause=seat.pause,
        aside=seat.aside,
        is_aside_for_misses=seat.is_aside_for_misses,
        aside_until=None if seat.alarm is None else seat.alarm[0],
        misses=seat.misses,
        idle_since=seat.idle_since,
        shown=seat.shown,
        shown_reason=seat.shown_reason,
    )


def put_back(
    state: QueueState, stays: Iterable[KeptStay], seats: Iterable[KeptSeat], now: datetime
) -> list[QueueDecision]:
    """Fill a state that is configured and otherwise empty; gives what is decided at once, such as offers to agents who
    came free while nobody led."""
    instant = as_instant(now)
    turn = Turn(state, instant, now, instant, [], [], [], {}, {})
    for seat in seats:
        if seat.agent in state.seats:
            _put_seat(state, state.seats[seat.agent], seat)
    for stay in stays:
        _put_stay(turn, stay)
    for present in list(state.seats.values()):
        count_presence(turn, present)
        free(turn, present)
    settle(turn)
    return turn.decisions


def _put_seat(state: QueueState, seat: Seat, kept: KeptSeat) -> None:
    there = (Medium.CALL,) * bool(kept.nodes) + (Medium.MESSAGE,) * kept.is_at_desk
    seat.media = tuple(one for one in MEDIA if one in there)
    seat.pause, seat.aside, seat.is_aside_for_misses = kept.pause, kept.aside, kept.is_aside_for_misses
    seat.misses, seat.idle_since = kept.misses, kept.idle_since
    seat.shown, seat.shown_reason = kept.shown, kept.shown_reason
    state.alarms.set(seat, kept.aside_until)


def _put_stay(turn: Turn, kept: KeptStay) -> None:
    stay = open_stay(turn, kept.entry, frozenset(kept.came_from))
    stay.is_new, stay.refused = False, dict(kept.refused)
    stay.wait_began_at, stay.stage_began_at = kept.wait_began_at, kept.stage_began_at
    for name in (*_SAME, *_SAME_TALK):
        setattr(stay, name, getattr(kept, name))
    if kept.state is EntryState.WAITING:
        turn.loose.append(stay)
        return
    seat = seat_for(turn.state, kept.agent)
    seat.load(stay.medium, 1)
    if kept.reservation is not None:
        _put_offer(turn.state, stay, seat, kept.reservation, is_lane=kept.is_lane)
    else:
        _put_contact(turn.state, stay, seat, kept)


def _put_offer(state: QueueState, stay: Stay, seat: Seat, reservation: Reservation, *, is_lane: bool) -> None:
    stay.move(EntryMove.OFFER)
    offer = Offer(reservation, stay, seat, as_instant(reservation.made_at), is_lane)
    state.offers[reservation.id] = seat.offers[reservation.id] = stay.offer = offer
    state.alarms.set(offer, as_instant(reservation.expires_at))


def _put_contact(state: QueueState, stay: Stay, seat: Seat, kept: KeptStay) -> None:
    stay.move(EntryMove.TAKE)
    stay.seat = seat
    seat.stays[stay.entry.id] = stay
    stay.grade.hall.ledger.start(stay, kept.left_at)
    if kept.state is EntryState.WRAPPING:
        stay.move(EntryMove.WRAP_UP)
        state.alarms.set(stay, kept.wrap_up_began_at + as_span(stay.grade.hall.queue.wrap_up_seconds))
