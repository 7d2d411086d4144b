"""Answers, refusals, and the end of a contact."""

from skipline.model.queue_events import ContactEnded, EntryReturned, ReservationAccepted, ReservationDeclined
from skipline.model.queueing import Medium, ReservationState
from skipline.queue.agents import count_miss, leave_alone
from skipline.queue.instants import as_span, in_seconds
from skipline.queue.offer import Offer
from skipline.queue.offering import accept_offer, let_go, take_back
from skipline.queue.placing import REFUSED
from skipline.queue.records import close_stay
from skipline.queue.seat import Seat
from skipline.queue.seating import free, give_up_contact
from skipline.queue.state import Turn
from skipline.queue.stay import Stay
from skipline.queue.tables import EntryMove, ReservationMove, move_entry, move_reservation


def accept(turn: Turn, event: ReservationAccepted) -> None:
    """An agent took what was offered. An offer that nobody remembers is too old to matter."""
    offer = turn.state.offers.get(event.reservation)
    if offer is not None:
        accept_offer(turn, offer)


def decline(turn: Turn, event: ReservationDeclined) -> None:
    """An agent refused what was offered, or could not be reached."""
    offer = turn.state.offers.get(event.reservation)
    if offer is None or move_reservation(offer.state, ReservationMove.DECLINE) is None:
        return
    _note_refusal(turn, offer, is_miss=not event.is_unreachable)
    let_go(turn, offer, ReservationMove.DECLINE)
    if event.is_unreachable:
        leave_alone(turn, offer.seat)
    else:
        count_miss(turn, offer.seat, offer.stay.grade.hall)


def expire(turn: Turn, offer: Offer) -> None:
    """An offer's time is up."""
    if offer.state is not ReservationState.PENDING:
        return
    _note_refusal(turn, offer, is_miss=True)
    seconds = offer.stay.grade.hall.queue.offer_seconds
    take_back(turn, offer, f"Not answered within {seconds:g} s.", ReservationMove.EXPIRE)
    count_miss(turn, offer.seat, offer.stay.grade.hall)


def _note_refusal(turn: Turn, offer: Offer, *, is_miss: bool) -> None:
    offer.stay.refused[offer.seat.name] = turn.now + REFUSED
    offer.stay.misses += is_miss


def give_back(turn: Turn, event: EntryReturned) -> None:
    """The agent's side was lost: the entry waits again at the head of its line, with all the time since it came. What
    was talked counts as talk. After a call the agent is left alone for a moment, as their phone is not to be trusted;
    after a conversation that they left unanswered they have missed it."""
    stay = turn.state.stays.get(event.entry)
    if stay is None or move_entry(stay.state, EntryMove.RETURN) is None:
        return
    if stay.offer is not None:
        seat = stay.offer.seat
        _note_refusal(turn, stay.offer, is_miss=False)
        let_go(turn, stay.offer, ReservationMove.WITHDRAW, EntryMove.RETURN)
        leave_alone(turn, seat)
    elif stay.seat is not None:
        _take_from_agent(turn, stay, stay.seat)


def _take_from_agent(turn: Turn, stay: Stay, seat: Seat) -> None:
    stay.talk_seconds += in_seconds(max(0, turn.at - stay.left_at))
    stay.refused[seat.name] = turn.now + REFUSED
    stay.move(EntryMove.RETURN)
    stay.begin_wait(turn.at)
    stay.grade.hall.ledger.join(stay)
    give_up_contact(turn, stay, seat)
    if stay.medium is Medium.CALL:
        leave_alone(turn, seat)
    else:
        stay.misses += 1
        if not seat.is_removed:
            count_miss(turn, seat, stay.grade.hall)
    turn.loose.append(stay)


def end_contact(turn: Turn, event: ContactEnded) -> None:
    """A conversation is over. The agent wraps up on the queue's clock, and only then is the entry done with."""
    stay = turn.state.stays.get(event.entry)
    if stay is None or move_entry(stay.state, EntryMove.WRAP_UP) is None:
        return
    stay.talk_seconds += event.talk_seconds
    stay.hold_seconds += event.hold_seconds
    stay.was_transferred = event.was_transferred
    seconds = stay.grade.hall.queue.wrap_up_seconds
    if seconds <= 0 or stay.seat is None or stay.seat.is_removed:
        finish(turn, stay)
        return
    stay.move(EntryMove.WRAP_UP)
    stay.wrap_up_began_at = turn.at
    turn.state.alarms.set(stay, turn.at + as_span(seconds))
    free(turn, stay.seat)


def finish(turn: Turn, stay: Stay) -> None:
    """An entry is done with, wrap-up and all: its record is written and the agent's room given back."""
    close_stay(turn, stay, EntryMove.CLOSE)
    if stay.seat is not None:
        give_up_contact(turn, stay, stay.seat)
