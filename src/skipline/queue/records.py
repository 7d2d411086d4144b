"""The end of a stay, and its record."""

from skipline.model.queue_events import EntryClosed
from skipline.model.queueing import EntryState, Visit
from skipline.queue.instants import SECOND, as_datetime
from skipline.queue.state import Turn
from skipline.queue.stay import Stay
from skipline.queue.tables import EntryMove

_CONNECTED = EntryState.CONNECTED


def close_stay(turn: Turn, stay: Stay, move: EntryMove, overflowed_to: str = "") -> None:
    """End a stay that holds nobody any more, and give out its record. `move` is what it ends by."""
    was_taken = stay.is_with_agent
    if not was_taken:
        stay.end_wait(turn.at)
        stay.grade.hall.ledger.leave(stay)
    stay.move(move)
    turn.state.alarms.set(stay, None)
    del turn.state.stays[stay.entry.id]
    ended = _CONNECTED if was_taken else stay.state
    turn.decisions.append(EntryClosed(at=turn.now_at, visit=_visit_of(turn, stay, ended, overflowed_to)))


def _visit_of(turn: Turn, stay: Stay, ended: EntryState, overflowed_to: str) -> Visit:
    entry, grade = stay.entry, stay.grade
    place = entry.place
    wrapped = max(0, turn.now - stay.wrap_up_began_at) / SECOND if stay.wrap_up_began_at else 0.0
    return Visit(
        entry=entry.id,
        queue=place.queue,
        tier=place.tier,
        medium=place.medium,
        target_seconds=grade.target_seconds,
        joined_at=entry.joined_at,
        left_at=as_datetime(stay.left_at),
        ended=ended,
        waited_seconds=stay.waited / SECOND,
        credit_seconds=place.credit_seconds,
        rang_seconds=stay.rang / SECOND,
        agent=stay.seat.name if stay.seat is not None and ended is _CONNECTED else "",
        talk_seconds=stay.talk_seconds,
        hold_seconds=stay.hold_seconds,
        wrap_up_seconds=wrapped,
        overflowed_to=overflowed_to,
        offers=stay.offers,
        misses=stay.misses,
        was_transferred=stay.was_transferred,
        is_call_back=entry.is_call_back,
        estimate=stay.estimate,
        call=entry.call,
        run=entry.run,
    )
