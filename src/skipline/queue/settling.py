"""The end of every event: whoever came loose is placed, whoever has room is fed, and what changed of agents is told.

1. Entries that came loose, the most urgent first, go to an agent who is ready; else they stand in their line.
2. Agents who may have room take what is next for them, and are ready when nothing is.
3. Where agents are kept idle for a tier, there may be one more than is kept now.
4. Entries that nobody took are held against the overflow rules of their queue.

Afterwards no agent is ready for an entry that waits, unless a rule keeps them apart.
"""

from skipline.model.queue_events import AgentChanged
from skipline.model.queueing import AgentState, EntryState
from skipline.queue.grade import Key
from skipline.queue.hall import Hall
from skipline.queue.instants import Instant
from skipline.queue.line import Line
from skipline.queue.matching import Choice, in_order, pick_agent, pick_entry
from skipline.queue.offering import make_offer
from skipline.queue.overflowing import overflow, reason_to_overflow
from skipline.queue.placing import line_key_of, next_change_of
from skipline.queue.seat import Seat
from skipline.queue.seating import issue_tickets
from skipline.queue.spot import NOBODY
from skipline.queue.starts import Rule
from skipline.queue.state import Turn
from skipline.queue.stay import Stay
from skipline.queue.tables import check_agent_change

_WAITING, _AWAY = EntryState.WAITING, AgentState.AWAY


def settle(turn: Turn) -> None:
    """Match what can be matched, until nothing is left to do."""
    while turn.loose or turn.freed:
        if turn.loose:
            _place_all(turn)
        if turn.freed:
            _feed_all(turn)
        if turn.placed:
            _review_all(turn)
    if turn.touched:
        _tell_changes(turn)


def _place_all(turn: Turn) -> None:
    loose, turn.loose = turn.loose, []
    for stay in loose if len(loose) == 1 else in_order(loose, turn.now):
        _place(turn, stay)


def _place(turn: Turn, stay: Stay) -> None:
    state, hall = turn.state, stay.grade.hall
    if not hall.is_open:
        overflow(turn, stay, f"There is no queue {hall.queue.name}.")
        return
    line = state.line_for(line_key_of(state, stay, turn.now))
    seat = pick_agent(state, line, stay.since, turn.now)
    line.add(stay)
    if seat is None:
        turn.placed.append(stay)
    else:
        make_offer(turn, Choice(stay, Rule.FREE_AGENT), seat)
        turn.freed[seat.name] = seat


def _feed_all(turn: Turn) -> None:
    """Let agents take what they have room for. Where agents are kept idle, there may be one more than is kept now."""
    freed, turn.freed = list(turn.freed.values()), {}
    if len(freed) > 1:
        freed.sort(key=_feeding_order)
    for seat in freed:
        while (media := seat.room()) and (choice := pick_entry(turn.state, seat, media, turn.now)) is not None:
            make_offer(turn, choice, seat)
        issue_tickets(seat, media)
    if turn.state.keeps_agents:
        for hall in {id(hall): hall for seat in freed for hall in seat.profile.keeping_halls}.values():
            _release(turn, hall)


def _feeding_order(seat: Seat) -> tuple[int, Instant, str]:
    return seat.profile.breadth, seat.idle_since, seat.name


def _release(turn: Turn, hall: Hall) -> None:
    """Offer entries that were held back to agents who need no longer be kept."""

    def head_key(line: Line) -> Key:
        since, entry, _ = line.head
        return line.grade.key(since, entry, turn.now)

    for line in sorted((line for line in hall.lines if line.head is not NOBODY), key=head_key):
        while line.head is not NOBODY:
            since, _, stay = line.head
            seat = pick_agent(turn.state, line, since, turn.now)
            if seat is None:
                break
            make_offer(turn, Choice(stay, Rule.FREE_AGENT), seat)
            issue_tickets(seat, seat.room())


def _review_all(turn: Turn) -> None:
    placed, turn.placed = turn.placed, []
    for stay in placed:
        if stay.state is not _WAITING:
            continue
        reason = reason_to_overflow(turn, stay)
        stay.is_new = False
        if reason:
            overflow(turn, stay, reason)
        else:
            turn.state.alarms.set(stay, next_change_of(stay, turn.now))


def _tell_changes(turn: Turn) -> None:
    for seat in turn.touched.values():
        state = seat.state
        reason = seat.reason if state is _AWAY else ""
        if state is not seat.shown:
            check_agent_change(seat.shown, state)
        elif reason == seat.shown_reason:
            continue
        turn.decisions.append(
            AgentChanged(at=turn.now_at, agent=seat.name, state=state, before=seat.shown, reason=reason)
        )
        seat.shown, seat.shown_reason = state, reason
