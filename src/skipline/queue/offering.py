"""Offers: made, taken, not taken."""

from skipline.model.queue_events import OfferMade, OfferWithdrawn
from skipline.model.queueing import EntryState, Medium, Reservation, ReservationState
from skipline.queue.instants import Instant, as_span
from skipline.queue.matching import Choice
from skipline.queue.offer import Offer
from skipline.queue.seat import Seat
from skipline.queue.seating import free, withdraw_tickets
from skipline.queue.starts import Rule, Start
from skipline.queue.state import Turn
from skipline.queue.stay import Stay
from skipline.queue.tables import EntryMove, ReservationMove, move_reservation
from skipline.queue.why import why_offered

_REMEMBERED = as_span(120)
"""How long an offer that is over is known by its id: an answer may be on its way."""

_LANE, _PENDING = Rule.LANE, ReservationState.PENDING


def make_offer(turn: Turn, choice: Choice, seat: Seat) -> None:
    """Offer an entry to an agent with room. An entry in a line leaves it."""
    state, stay = turn.state, choice.stay
    if state.explains:
        stay.why = why_offered(choice, seat, turn.now)
    state.take_out(stay)
    stay.move(EntryMove.OFFER)
    stay.offers, stay.is_new = stay.offers + 1, False
    state.alarms.set(stay, None)
    offer = _open_offer(turn, stay, seat, is_lane=_count_start(seat, choice))
    state.starts.append(Start(turn.now, stay.entry.id, stay.grade, stay.since, stay.joined_at, seat.name, choice.rule))
    turn.decisions.append(OfferMade(at=turn.now_at, reservation=offer.reservation, entry=stay.entry, why=stay.why))


def _open_offer(turn: Turn, stay: Stay, seat: Seat, *, is_lane: bool) -> Offer:
    state, hall = turn.state, stay.grade.hall
    reservation = Reservation(
        id=state.next_reservation_id(),
        entry=stay.entry.id,
        agent=seat.name,
        made_at=turn.now_at,
        expires_at=turn.now_at + hall.offer_time,
    )
    offer = Offer(reservation, stay, seat, turn.now, is_lane)
    state.offers[reservation.id] = seat.offers[reservation.id] = stay.offer = offer
    state.alarms.set(offer, turn.now + hall.offer_span)
    seat.load(stay.medium, 1)
    withdraw_tickets(seat)
    turn.touched[seat.name] = seat
    return offer


def _count_start(seat: Seat, choice: Choice) -> bool:
    """Count a start of the agent's profile; whether it took the fair lane's turn. An entry that found its agent free
    did not: nobody was passed over, and the turn is still to come."""
    is_lane = choice.rule is _LANE
    seat.profile.since_lane = 0 if is_lane else seat.profile.since_lane + 1
    return is_lane


def accept_offer(turn: Turn, offer: Offer) -> None:
    """The agent took the entry. The first acceptance wins, also one whose time was up while it was on its way; a loser
    is told to stop ringing."""
    was = offer.state
    after = move_reservation(was, ReservationMove.ACCEPT)
    if after is None:
        return
    if was is _PENDING:
        _close_offer(turn, offer, ReservationMove.ACCEPT)
        take(turn, offer.stay, offer.seat, turn.at)
    elif _may_still_take(turn, offer):
        offer.state = after
        _take_late(turn, offer)
    else:
        reason = "Somebody else took it." if offer.stay.is_with_agent else "It came too late."
        _tell_withdrawn(turn, offer, reason)


def _may_still_take(turn: Turn, offer: Offer) -> bool:
    """Whether the entry is still to be had, and the agent is in no other call."""
    stay = offer.stay
    # An agent who was taken out of the configuration, and perhaps put in again, since it rang at theirs.
    offer.seat = turn.state.seats.get(offer.seat.name, offer.seat)
    is_there = turn.state.stays.get(stay.entry.id) is stay and not stay.is_with_agent
    return is_there and not (stay.medium is Medium.CALL and _is_in_call(offer.seat))


def _is_in_call(seat: Seat) -> bool:
    return any(one.state is EntryState.CONNECTED and one.medium is Medium.CALL for one in seat.stays.values())


def _take_late(turn: Turn, offer: Offer) -> None:
    stay, seat = offer.stay, offer.seat
    turn.state.seats[seat.name] = seat
    if stay.offer is not None:
        rival = stay.offer
        end_offer(turn, rival, ReservationMove.WITHDRAW)
        _tell_withdrawn(turn, rival, "Somebody else took it.")
    turn.state.take_out(stay)
    for other in [one for one in seat.offers.values() if one.stay.medium is stay.medium is Medium.CALL]:
        let_go(turn, other, ReservationMove.WITHDRAW)
        _tell_withdrawn(turn, other, "The agent took another call.")
    seat.load(stay.medium, 1)
    withdraw_tickets(seat)
    take(turn, stay, seat, turn.at)
    free(turn, seat)


def take(turn: Turn, stay: Stay, seat: Seat, at: Instant) -> None:
    """An agent, whose room the entry takes up already, has it from `at` on."""
    stay.move(EntryMove.TAKE)
    turn.state.alarms.set(stay, None)
    stay.end_wait(at)
    stay.seat = seat
    seat.stays[stay.entry.id] = stay
    seat.misses = 0
    stay.grade.hall.ledger.start(stay, stay.left_at)
    turn.touched[seat.name] = seat


def let_go(turn: Turn, offer: Offer, move: ReservationMove, entry_move: EntryMove = EntryMove.LET_GO) -> None:
    """An offer ended without being taken: its entry is placed anew, with all its waited time."""
    end_offer(turn, offer, move)
    offer.stay.move(entry_move)
    turn.loose.append(offer.stay)


def withdraw_offer(turn: Turn, offer: Offer, reason: str) -> None:
    """Take an offer back, for a reason that lies with its entry: what becomes of that is the caller's to say."""
    end_offer(turn, offer, ReservationMove.WITHDRAW)
    _tell_withdrawn(turn, offer, reason)


def take_back(turn: Turn, offer: Offer, reason: str, move: ReservationMove = ReservationMove.WITHDRAW) -> None:
    """Take an offer back, for a reason that lies with its agent: its entry is placed anew."""
    let_go(turn, offer, move)
    _tell_withdrawn(turn, offer, reason)


def end_offer(turn: Turn, offer: Offer, move: ReservationMove) -> None:
    """End an offer that was not taken, and give the agent's room back. A fair lane's turn is still to come then."""
    _close_offer(turn, offer, move)
    seat = offer.seat
    seat.load(offer.stay.medium, -1)
    if offer.is_lane:
        seat.profile.since_lane = seat.profile.lane_every
    free(turn, seat)


def _close_offer(turn: Turn, offer: Offer, move: ReservationMove) -> None:
    state, stay = turn.state, offer.stay
    offer.state = move_reservation(offer.state, move) or offer.state
    state.alarms.set(offer, None)
    stay.offer = None
    stay.rang += max(0, turn.at - offer.made_at)
    del offer.seat.offers[offer.reservation.id]
    _forget_old_offers(turn)
    state.ended_offers.append((turn.now, offer.reservation.id))


def _forget_old_offers(turn: Turn) -> None:
    ended = turn.state.ended_offers
    while ended and ended[0][0] < turn.now - _REMEMBERED:
        del turn.state.offers[ended.popleft()[1]]


def _tell_withdrawn(turn: Turn, offer: Offer, reason: str) -> None:
    turn.decisions.append(OfferWithdrawn(at=turn.now_at, reservation=offer.reservation, reason=reason))
