"""The queue decides as a plain model of its rules does. `make queue-fuzz COUNT=100000` plays more."""

from random import Random

import pytest
from queue_fuzz import Scenario, Tally, fuzz

from skipline.queue.handle import handle
from skipline.queue.state import QueueState


@pytest.mark.parametrize("seed", range(4))
def test_random_days_go_as_the_plain_model_says(seed: int) -> None:
    tally = fuzz(500, seed, steps=20)
    assert tally.scenarios == 500
    assert tally.decisions["offer"] > 1000
    assert min(tally.decisions[kind] for kind in ("closed", "withdrawn", "overflowed", "agent")) > 100


@pytest.mark.parametrize("seed", range(20))
def test_the_same_events_lead_to_the_same_decisions(seed: int) -> None:
    played = Scenario(Random(seed), Tally())
    played.play(60)
    again = QueueState(prefix="r", explains=played.state.explains, estimate_of=played.state.estimate_of)
    for event, now, decisions in played.log:
        assert handle(again, event, now) == decisions
