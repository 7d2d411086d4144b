"""What agents do of themselves, and when we leave them alone."""

from skipline.model.queue_events import AgentCame, AgentPaused, AgentReady, AgentWent
from skipline.model.queueing import EntryState
from skipline.queue.hall import Hall
from skipline.queue.instants import as_span
from skipline.queue.offering import take_back
from skipline.queue.profile import MEDIA
from skipline.queue.seat import Seat
from skipline.queue.seating import count_presence, free
from skipline.queue.state import Turn
from skipline.queue.stay import Stay

UNREACHABLE = as_span(30)
"""How long an agent is left alone whose phone could not be reached, unless it comes back before."""
_UNNAMED_BREAK = "break"


def come(turn: Turn, event: AgentCame) -> None:
    """An agent can be reached. Who was set aside for a phone that could not be reached is back at once."""
    seat = turn.state.seats.get(event.agent)
    if seat is None:
        return
    if not seat.is_reachable:
        seat.idle_since = turn.at
    seat.media = MEDIA if event.medium is None else tuple(one for one in MEDIA if one in (*seat.media, event.medium))
    if not seat.is_aside_for_misses:
        _end_time_aside(turn, seat)
    _changed(turn, seat)


def go(turn: Turn, event: AgentWent) -> None:
    """An agent cannot be reached any more. What they have in hand goes on; what rings is offered to others."""
    seat = turn.state.seats.get(event.agent)
    if seat is None:
        return
    seat.media = () if event.medium is None else tuple(one for one in seat.media if one is not event.medium)
    for offer in [one for one in seat.offers.values() if one.stay.medium not in seat.media]:
        take_back(turn, offer, f"{seat.name} cannot be reached any more.")
    _changed(turn, seat)


def pause(turn: Turn, event: AgentPaused) -> None:
    """An agent wants nothing for now. What they have in hand goes on; what rings is offered to others."""
    seat = turn.state.seats.get(event.agent)
    if seat is None:
        return
    seat.pause = event.reason or _UNNAMED_BREAK
    _take_back_offers(turn, seat, f"{seat.name} went on a break.")
    _changed(turn, seat)


def be_ready(turn: Turn, event: AgentReady) -> list[Stay]:
    """An agent wants contacts: back from a break, or from having been set aside. Gives the entries whose wrap-up this
    ends."""
    seat = turn.state.seats.get(event.agent)
    if seat is None:
        return []
    if seat.pause or seat.aside:
        seat.idle_since = turn.at
    seat.pause = ""
    seat.misses = 0
    _end_time_aside(turn, seat)
    _changed(turn, seat)
    return [stay for stay in seat.stays.values() if stay.state is EntryState.WRAPPING]


def count_miss(turn: Turn, seat: Seat, hall: Hall) -> None:
    """An offer of a queue was left unanswered or refused; too many in a row set the agent aside until they say they are
    ready."""
    most = hall.queue.misses
    seat.misses += 1
    if 0 < most <= seat.misses:
        seat.aside, seat.is_aside_for_misses = f"missed {seat.misses} offer{'s' * (seat.misses > 1)}", True
        turn.state.alarms.set(seat, None)
        _take_back_offers(turn, seat, f"{seat.name} {seat.aside}.")
        _changed(turn, seat)


def leave_alone(turn: Turn, seat: Seat) -> None:
    """An agent's phone could not be reached: no fault of theirs, but of no use to ring again at once. Whoever is no
    agent any more is not rung anyway, and must leave nothing behind that rings for a namesake."""
    if seat.is_removed:
        return
    if not seat.is_aside_for_misses:
        seat.aside = "phone cannot be reached"
        turn.state.alarms.set(seat, turn.now + UNREACHABLE)
    _take_back_offers(turn, seat, f"{seat.name}'s phone cannot be reached.")
    _changed(turn, seat)


def end_time_aside(turn: Turn, seat: Seat) -> None:
    """The time is over for which an agent was left alone."""
    _end_time_aside(turn, seat)
    _changed(turn, seat)


def _end_time_aside(turn: Turn, seat: Seat) -> None:
    seat.aside, seat.is_aside_for_misses = "", False
    turn.state.alarms.set(seat, None)


def _take_back_offers(turn: Turn, seat: Seat, reason: str) -> None:
    for offer in list(seat.offers.values()):
        take_back(turn, offer, reason)


def _changed(turn: Turn, seat: Seat) -> None:
    count_presence(turn, seat)
    free(turn, seat)
