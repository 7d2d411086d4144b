"""Waits of simulated callers agree with queueing theory. `QUEUE_CALLS=1000000` plays longer, for more digits."""

import os
from random import Random

import pytest
from queue_days import Day, DayAtWork, Mean, mean_of, share_abandoned, waits_by_tier

from skipline.metrics.erlang import ErlangC
from skipline.metrics.erlang_a import ErlangA
from skipline.metrics.line import Line
from skipline.metrics.priority import accumulating_waits, strict_waits
from skipline.model.configuration import Tier
from skipline.model.queueing import Policy, Queue, Visit

CALLS = int(os.environ.get("QUEUE_CALLS", "8000"))
RATES, TALK = (0.2, 0.6, 1.2), 1 / 3


def _tiers(*targets: float) -> list[Tier]:
    return [Tier(name=f"tier{rank}", target_seconds=target, max_wait_seconds=0) for rank, target in enumerate(targets)]


def _line(agents: int, arrivals: float, talk: float, patience: float | None = None) -> Line:
    return Line(agents=agents, arrivals_per_second=arrivals, handling_seconds=talk, patience_seconds=patience)


def _play(day: Day, seed: int = 1) -> list[Visit]:
    return DayAtWork(day, Random(seed)).play()


def _waits(
    policy: Policy, agents: int, rates: tuple[float, ...], talk: float, targets: tuple[float, ...]
) -> list[Mean]:
    queue, tiers = Queue(name="help", policy=policy, fair_lane=0), _tiers(*targets)
    return waits_by_tier(
        _play(Day(queue=queue, tiers=tiers, rates=rates, agents=agents, talk=talk, calls=CALLS)), tiers
    )


@pytest.mark.parametrize(("agents", "rates", "talk"), [(1, RATES, TALK), (20, (0.6, 1.5, 3.9), 3.0)])
def test_strict_order_waits_as_cobham_says(agents: int, rates: tuple[float, ...], talk: float) -> None:
    waits = _waits(Policy.STRICT, agents, rates, talk, (10, 20, 60))
    exact = strict_waits(agents, rates, talk)
    assert [(wait, right) for wait, right in zip(waits, exact, strict=True) if not wait.agrees_with(right)] == []


@pytest.mark.parametrize(
    ("agents", "rates", "talk", "targets"), [(1, RATES, TALK, (1, 2, 4)), (20, (0.6, 1.5, 3.9), 3.0, (10, 20, 60))]
)
def test_target_ratio_waits_as_kleinrock_says(
    agents: int, rates: tuple[float, ...], talk: float, targets: tuple[float, ...]
) -> None:
    waits = _waits(Policy.TARGET_RATIO, agents, rates, talk, targets)
    fifo = ErlangC(_line(agents, sum(rates), talk)).asa_seconds
    exact = accumulating_waits(fifo, [rate * talk / agents for rate in rates], [1 / target for target in targets])
    assert [(wait, right) for wait, right in zip(waits, exact, strict=True) if not wait.agrees_with(right)] == []


def test_order_of_arrival_waits_as_erlang_c_says_whatever_the_tier() -> None:
    waits = _waits(Policy.FIFO, 1, RATES, TALK, (1, 2, 4))
    exact = ErlangC(_line(1, sum(RATES), TALK)).asa_seconds
    assert [wait for wait in waits if not wait.agrees_with(exact)] == []


@pytest.mark.parametrize("policy", [Policy.FIFO, Policy.TARGET_RATIO, Policy.STRICT])
def test_callers_give_up_as_often_as_erlang_a_says_by_any_policy(policy: Policy) -> None:
    """Handling and patience do not depend on the tier here, so no order of taking them changes how many give up."""
    day = Day(
        queue=Queue(name="help", policy=policy),
        tiers=_tiers(10, 20, 60),
        rates=(1 / 30, 1 / 12, 13 / 60),
        agents=90,
        talk=300.0,
        patience=120.0,
        calls=CALLS,
    )
    visits = _play(day)
    exact = ErlangA(_line(90, 1 / 3, 300.0, 120.0))
    assert share_abandoned(visits).agrees_with(exact.abandonment)
    assert mean_of([visit.waited_seconds for visit in visits]).agrees_with(exact.mean_wait_seconds)
