"""The tables of states: every pair is either a move, harmless, or impossible; and what is impossible raises."""

from itertools import product

import pytest
from queue_floor import Floor

from skipline.model.queue_events import ContactEnded, EntryLeft
from skipline.model.queueing import AgentState, EntryState, ReservationState
from skipline.queue.tables import (
    AGENT_TABLE,
    ENTRY_HARMLESS,
    ENTRY_TABLE,
    RESERVATION_HARMLESS,
    RESERVATION_TABLE,
    EntryMove,
    ImpossibleMove,
    ReservationMove,
    check_agent_change,
    move_entry,
    move_reservation,
)

ENDED = {EntryState.CLOSED, EntryState.ABANDONED, EntryState.OVERFLOWED}


@pytest.mark.parametrize(("state", "move"), [*product(EntryState, EntryMove)])
def test_every_move_of_an_entry_is_known_harmless_or_impossible(state: EntryState, move: EntryMove) -> None:
    if (state, move) in ENTRY_TABLE:
        assert move_entry(state, move) is ENTRY_TABLE[state, move]
        assert (state, move) not in ENTRY_HARMLESS
    elif (state, move) in ENTRY_HARMLESS:
        assert move_entry(state, move) is None
    else:
        with pytest.raises(ImpossibleMove, match=f"{state} cannot be {move}"):
            move_entry(state, move)


@pytest.mark.parametrize(("state", "move"), [*product(ReservationState, ReservationMove)])
def test_every_move_of_a_reservation_is_known_harmless_or_impossible(
    state: ReservationState, move: ReservationMove
) -> None:
    if (state, move) in RESERVATION_TABLE:
        assert move_reservation(state, move) is RESERVATION_TABLE[state, move]
    elif (state, move) in RESERVATION_HARMLESS:
        assert move_reservation(state, move) is None
    else:
        with pytest.raises(ImpossibleMove):
            move_reservation(state, move)


def test_every_state_is_reached_and_every_ended_one_is_left_by_nothing() -> None:
    assert {*ENTRY_TABLE.values(), EntryState.WAITING} == set(EntryState)
    assert {state for state, _ in ENTRY_TABLE} == set(EntryState) - ENDED
    assert {*RESERVATION_TABLE.values(), ReservationState.PENDING} == set(ReservationState)
    assert {after for _, after in AGENT_TABLE} == {before for before, _ in AGENT_TABLE} == set(AgentState)


def test_an_agent_cannot_wrap_up_what_they_never_had() -> None:
    with pytest.raises(ImpossibleMove, match="who is available cannot become wrap_up"):
        check_agent_change(AgentState.AVAILABLE, AgentState.WRAP_UP)


def test_a_contact_that_never_began_cannot_end() -> None:
    floor = Floor(agents=[])
    floor.join("e1")
    with pytest.raises(ImpossibleMove):
        floor.tell(ContactEnded, entry="e1")


def test_an_entry_leaves_as_abandoned_or_overflowed_and_nothing_else() -> None:
    floor = Floor(agents=[])
    floor.join("e1")
    with pytest.raises(ValueError, match="say abandoned or overflowed"):
        floor.tell(EntryLeft, entry="e1", ended=EntryState.CONNECTED)
    floor.tell(EntryLeft, entry="e1", ended=EntryState.OVERFLOWED)
    assert floor.visits[0].ended is EntryState.OVERFLOWED
    floor.leave("e1")
    assert floor.decisions == []
