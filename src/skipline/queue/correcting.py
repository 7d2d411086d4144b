"""What the node that carries an entry says of it, when the queues believed something else.

Such a difference is a fact that was lost on its way, with the node that sent it or with the one that led.
"""

from skipline.model.queue_events import EntryRestored
from skipline.model.queueing import Agent, Entry
from skipline.queue.instants import as_instant
from skipline.queue.offering import accept_offer, take, take_back, withdraw_offer
from skipline.queue.profile import Profile
from skipline.queue.seat import Seat
from skipline.queue.seating import free
from skipline.queue.state import QueueState, Turn
from skipline.queue.stay import Stay


def correct(turn: Turn, stay: Stay, event: EntryRestored) -> None:
    """An entry that is here already is with `event.agent`; or it waits, and whoever is rung for it is not any more.
    One that an agent has is told to have them again: nothing is new."""
    if stay.is_with_agent:
        return
    is_elsewhere = _see_place(stay, event.entry)
    if not event.agent:
        if stay.offer is not None:
            take_back(turn, stay.offer, "Its call was taken over by another process.")
        elif is_elsewhere and stay.line is not None:
            turn.state.take_out(stay)
            turn.loose.append(stay)
        return
    if stay.offer is not None and stay.offer.seat.name == event.agent:
        accept_offer(turn, stay.offer)
        return
    _hand_over(turn, stay, event)


def _see_place(stay: Stay, entry: Entry) -> bool:
    """What an entry asks for may be something else now, in the queue and tier that it is in; whether it is."""
    place, told = stay.entry.place, entry.place
    if (place.queue, place.tier, place.target_seconds) != (told.queue, told.tier, told.target_seconds):
        return False
    stay.entry, is_elsewhere = entry, place != told
    return is_elsewhere


def _hand_over(turn: Turn, stay: Stay, event: EntryRestored) -> None:
    seat = seat_for(turn.state, event.agent)
    if stay.offer is not None:
        withdraw_offer(turn, stay.offer, "Somebody else took it.")
    turn.state.take_out(stay)
    seat.load(stay.medium, 1)
    free(turn, seat)
    take(turn, stay, seat, turn.at if event.connected_at is None else as_instant(event.connected_at))


def seat_for(state: QueueState, name: str) -> Seat:
    """The seat of somebody who has a contact. Who is not configured any more gets one that goes when the contact
    does."""
    seat = state.seats.get(name)
    if seat is None:
        nothing = Profile(halls=(), skills={}, breadth=0, lane_every=0)
        seat = state.seats[name] = Seat(Agent(name=name), nothing, is_removed=True)
    return seat
