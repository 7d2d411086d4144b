"""The queue decides as a plain model of its rules does. `make queue-fuzz COUNT=100000` plays more."""

import pytest
from queue_fuzz import fuzz


@pytest.mark.parametrize("seed", range(4))
def test_random_days_go_as_the_plain_model_says(seed: int) -> None:
    tally = fuzz(500, seed, steps=20)
    assert tally.scenarios == 500
    assert tally.decisions["offer"] > 1000
    assert min(tally.decisions[kind] for kind in ("closed", "withdrawn", "overflowed", "agent")) > 100
