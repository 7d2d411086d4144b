"""How far a message came, whatever the order in which that is told."""

from itertools import permutations

import pytest

from skipline.model.message import SendState, furthest

Q, U, S, D, R, P, F = SendState


@pytest.mark.parametrize(
    ("told", "at_the_end"),
    [
        ((S, D, R), R),
        ((R,), R),
        ((Q, U, S), S),
        ((U, F), F),
        ((S, F), F),
        ((D, F), D),
        ((P, R, S), P),
    ],
)
def test_the_furthest_state_stands_in_every_order(told: tuple[SendState, ...], at_the_end: SendState) -> None:
    for order in permutations(told * 2):
        state: SendState | None = None
        for one in order:
            state = furthest(state, one)
        assert state is at_the_end
