"""How entries come, change their tier, and go before anybody took them."""

import msgspec

from skipline.model.configuration import Tier
from skipline.model.queue_events import EntryJoined, EntryLeft, EntryReranked, EntryRestored
from skipline.model.queueing import Entry, EntryState, Queue
from skipline.queue.correcting import correct, seat_for
from skipline.queue.hall import Hall
from skipline.queue.instants import as_instant, as_span
from skipline.queue.offering import take, withdraw_offer
from skipline.queue.records import close_stay
from skipline.queue.seating import free
from skipline.queue.state import Turn
from skipline.queue.stay import Stay
from skipline.queue.tables import EntryMove, move_entry

_SPARED = as_span(5)
"""After a restart those who wait are known a moment before those who are signed in: so long nobody counts as gone."""

_LEAVING = {EntryState.ABANDONED: EntryMove.LEAVE, EntryState.OVERFLOWED: EntryMove.OVERFLOW}


def join(turn: Turn, event: EntryJoined) -> None:
    """An entry comes. One that is here already came twice."""
    if event.entry.id not in turn.state.stays:
        turn.loose.append(open_stay(turn, event.entry))


def open_stay(turn: Turn, entry: Entry, came_from: frozenset[str] = frozenset()) -> Stay:
    """Begin an entry's stay in the queue that it asks for."""
    state, place = turn.state, entry.place
    hall = state.halls.get(place.queue) or _closed_hall(place.queue, list(state.tiers.values()))
    joined_at = as_instant(entry.joined_at)
    stay = Stay(
        entry,
        hall.grade_of(place),
        joined_at=joined_at,
        since=joined_at - as_span(place.credit_seconds),
        wait_began_at=joined_at,
        stage_began_at=joined_at,
        came_from=came_from,
    )
    state.stays[entry.id] = stay
    hall.count(place.tier, None, stay.state)
    hall.ledger.join(stay)
    return stay


def _closed_hall(name: str, tiers: list[Tier]) -> Hall:
    return Hall(Queue(name=name), {tier.name: tier for tier in tiers}, is_open=False)


def restore(turn: Turn, event: EntryRestored) -> None:
    """An entry is back after a restart: where it stood, or with the agent who has it."""
    entry, state = event.entry, turn.state
    if (known := state.stays.get(entry.id)) is not None:
        correct(turn, known, event)
        return
    stay = open_stay(turn, entry)
    stay.is_new = False
    if event.again_at is not None:
        stay.waited, stay.wait_began_at = as_span(event.waited_seconds), as_instant(event.again_at)
    if not event.agent:
        stay.spared_until = turn.now + _SPARED
        turn.loose.append(stay)
        return
    seat = seat_for(state, event.agent)
    seat.load(stay.medium, 1)
    free(turn, seat)
    take(turn, stay, seat, turn.at if event.connected_at is None else as_instant(event.connected_at))


def rerank(turn: Turn, event: EntryReranked) -> None:
    """A better tier, or a worse one, became known. The entry keeps its arrival; a target of its own no longer holds.
    For one that an agent has it comes too late."""
    stay = turn.state.stays.get(event.entry)
    if stay is None or stay.is_with_agent:
        return
    place = msgspec.structs.replace(stay.entry.place, tier=event.tier, target_seconds=None)
    reasons = (*stay.entry.reasons, event.reason) if event.reason else stay.entry.reasons
    hall = stay.grade.hall
    hall.count(stay.grade.tier, stay.state, None)
    stay.entry = msgspec.structs.replace(stay.entry, place=place, reasons=reasons)
    stay.grade = hall.grade_of(place)
    hall.count(stay.grade.tier, None, stay.state)
    if stay.line is not None:
        turn.state.take_out(stay)
        turn.loose.append(stay)


def leave(turn: Turn, event: EntryLeft) -> None:
    """An entry goes before anybody took it: its contact hung up, or its flow called it away.

    Raises `ValueError` when `ended` is neither abandoned nor overflowed.
    """
    if event.ended not in _LEAVING:
        raise ValueError(f"an entry cannot leave as {event.ended}; say {' or '.join(_LEAVING)}")
    move, stay = _LEAVING[event.ended], turn.state.stays.get(event.entry)
    if stay is None or move_entry(stay.state, move) is None:
        return
    if stay.offer is not None:
        withdraw_offer(turn, stay.offer, event.reason or "The contact left.")
    turn.state.take_out(stay)
    close_stay(turn, stay, move)
