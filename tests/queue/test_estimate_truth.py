"""Estimates held against simulated truth: the production queue, several skill sets, rates that it had to learn."""

from collections.abc import Sequence

import pytest
from wait_lab import TIERS, Day, Probe, company, play_day

from skipline.metrics.estimate_score import Score, median_error, score
from skipline.model.queueing import Policy

_SHORT = Day(hours=2.75, surge_hours=(0.9, 2.1), warm_up_hours=0.6, probes=0.1)


@pytest.fixture(scope="module")
def probes() -> list[Probe]:
    return [*play_day(company(), _SHORT, 1), *play_day(company(), _SHORT, 2)]


def _score(probes: Sequence[Probe]) -> Score:
    found = score((one.estimate, one.waited) for one in probes if one.estimate is not None)
    assert found is not None
    return found


def test_estimates_keep_their_gates(probes: list[Probe]) -> None:
    """Those of the product: 0.20 and 0.25 of median error, 75 to 85 % of waits in their band."""
    whole = _score(probes)
    assert whole.count > 300
    assert whole.mdare <= 0.20
    assert max(_score([one for one in probes if one.tier == tier.name]).mdare for tier in TIERS) <= 0.25
    assert 0.75 <= whole.coverage <= 0.85
    assert abs(whole.bias) < 0.1


def test_estimates_are_a_fifth_better_than_the_last_wait_of_the_tier(probes: list[Probe]) -> None:
    both = [one for one in probes if one.estimate is not None and one.last is not None]
    ours = median_error([(one.estimate.seconds, one.waited) for one in both if one.estimate is not None])
    last = median_error([(one.last, one.waited) for one in both if one.last is not None])
    assert len(both) > 300
    assert ours <= 0.8 * last


def test_nearly_everybody_who_waits_is_told_something(probes: list[Probe]) -> None:
    assert sum(one.estimate is None for one in probes) <= 0.02 * len(probes)


def test_a_day_is_the_same_each_time() -> None:
    day = Day(hours=0.25, surge_hours=(0.0, 0.25), warm_up_hours=0.0, probes=0.3)
    assert play_day(company(), day, 3) == play_day(company(), day, 3)


@pytest.mark.parametrize("policy", [Policy.STRICT, Policy.HEAD_START])
def test_other_orders_are_foreseen_too(policy: Policy) -> None:
    day = Day(hours=1.25, surge_hours=(0.3, 1.25), warm_up_hours=0.4, probes=0.15)
    assert _score(play_day(company(policy, head_starts=True), day, 1)).mdare <= 0.25
