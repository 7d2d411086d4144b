"""What an agent's doings mean for the counters and for who is ready."""

from collections.abc import Iterable

from skipline.model.queueing import Medium
from skipline.queue.seat import Seat
from skipline.queue.state import QueueState, Turn
from skipline.queue.stay import Stay


def count_presence(turn: Turn, seat: Seat) -> None:
    """Bring the counters of present and signed-in agents up to date. Where there are fewer now, entries that counted on
    this agent are looked at again: those that an idle one refused, those that ask for this one by name, and those of a
    queue that nobody is left for."""
    was_present, was_signed_in = seat.counted_present, seat.counted_signed_in
    present = seat.media if seat.is_present else ()
    signed_in = seat.media if seat.is_signed_in else ()
    if present == was_present and signed_in == was_signed_in:
        return
    seat.counted_present, seat.counted_signed_in = present, signed_in
    _count_present(seat, was_present, present)
    for hall in seat.profile.halls:
        hall.signed_in += bool(signed_in) - bool(was_signed_in)
        _count_media(hall.signed_in_for, was_signed_in, signed_in)
    if set(was_present) - set(present):
        _loosen_who_counted_on(turn, seat)
    if set(was_signed_in) - set(signed_in):
        _loosen_the_deserted(turn, seat)


def _count_present(seat: Seat, before: tuple[Medium, ...], after: tuple[Medium, ...]) -> None:
    change = bool(after) - bool(before)
    seat.profile.present += change
    _count_media(seat.profile.present_for, before, after)
    for hall in seat.profile.halls:
        hall.present += change


def _count_media(counts: dict[Medium, int], before: tuple[Medium, ...], after: tuple[Medium, ...]) -> None:
    for medium in before:
        counts[medium] -= 1
    for medium in after:
        counts[medium] += 1


def _loosen_who_counted_on(turn: Turn, seat: Seat) -> None:
    for line in [*seat.own_lines, *seat.profile.side_lines]:
        for _, _, stay in line:
            turn.state.take_out(stay)
            turn.loose.append(stay)


def _loosen_the_deserted(turn: Turn, seat: Seat) -> None:
    for hall in seat.profile.halls:
        if hall.queue.overflow.when_nobody_is_signed_in:
            for line in [line for line in hall.lines if not hall.signed_in_for[line.medium]]:
                for _, _, stay in line:
                    turn.state.take_out(stay)
                    turn.loose.append(stay)


def withdraw_tickets(seat: Seat) -> None:
    """The agent has less room than before: whoever has none for a medium is no longer ready for it."""
    for medium, ticket in seat.tickets.items():
        if ticket is not None:
            _drop_ticket(seat, medium)


def issue_tickets(seat: Seat, media: Iterable[Medium]) -> None:
    """Make an agent ready for these media, for which they have room."""
    for medium in media:
        _drop_ticket(seat, medium)
        ticket = (seat.calls + seat.chats, seat.idle_since, seat.name, seat)
        seat.tickets[medium] = ticket
        seat.profile.add_ticket(medium, ticket)
        for hall in seat.profile.halls:
            hall.ready[medium] += 1


def _drop_ticket(seat: Seat, medium: Medium) -> None:
    if seat.tickets[medium] is not None:
        seat.tickets[medium] = None
        for hall in seat.profile.halls:
            hall.ready[medium] -= 1


def free(turn: Turn, seat: Seat) -> None:
    """Something about an agent changed: they are matched, if they have room, and their state is told, if it is another
    one, before the event is done with."""
    withdraw_tickets(seat)
    turn.freed[seat.name] = turn.touched[seat.name] = seat


def give_up_contact(turn: Turn, stay: Stay, seat: Seat) -> None:
    """The agent of a contact has it no more. Who is not configured any more goes with their last contact."""
    stay.seat = None
    del seat.stays[stay.entry.id]
    seat.load(stay.medium, -1)
    seat.idle_since = turn.at
    free(turn, seat)
    if seat.is_removed and not seat.stays:
        forget_seat(turn.state, seat)


def forget_seat(state: QueueState, seat: Seat) -> None:
    """Forget an agent who is not configured any more and has nothing in hand."""
    seat.aside, seat.is_aside_for_misses = "", False
    state.alarms.set(seat, None)
    state.seats.pop(seat.name, None)
