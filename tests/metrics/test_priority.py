"""Waits by priority against numbers worked out elsewhere, to six digits."""

import math
from collections.abc import Sequence

import pytest

from skipline.metrics.erlang import ErlangC, erlang_c
from skipline.metrics.line import Line
from skipline.metrics.priority import (
    Stream,
    accumulating_waits,
    first_tier_within,
    strict_waits,
    strict_waits_of_one,
)

_SMALL, _MIDDLE = [0.2, 0.6, 1.2], [0.6, 1.5, 3.9]
_LARGE = [120 / 3600, 300 / 3600, 780 / 3600]


def _all_close(values: Sequence[float]) -> object:
    return pytest.approx(list(values), abs=6e-7)


def _fifo(agents: int, arrivals: Sequence[float], handling: float) -> float:
    return ErlangC(Line(arrivals_per_second=sum(arrivals), handling_seconds=handling, agents=agents)).asa_seconds


@pytest.mark.parametrize(
    ("agents", "arrivals", "handling", "waits", "fifo"),
    [
        (1, _SMALL, 1 / 3, [0.238095, 0.324675, 0.909091], 0.666667),
        (2, _SMALL, 1 / 3, [0.028736, 0.033156, 0.048077], 0.041667),
        (20, _MIDDLE, 3.0, [0.090786, 0.132534, 1.206064], 0.826154),
        (105, _LARGE, 300.0, [1.628550, 2.442825, 46.413668], 30.942446),
    ],
)
def test_strict_order_waits_as_cobham_says(
    agents: int, arrivals: list[float], handling: float, waits: list[float], fifo: float
) -> None:
    assert list(strict_waits(agents, arrivals, handling)) == _all_close(waits)
    assert _fifo(agents, arrivals, handling) == pytest.approx(fifo, abs=6e-7)


@pytest.mark.parametrize(
    ("agents", "arrivals", "handling", "targets", "waits"),
    [
        (1, _SMALL, 1 / 3, [1, 2, 4], [0.378634, 0.527383, 0.784314]),
        (20, _MIDDLE, 3.0, [10, 20, 60], [0.258129, 0.429751, 1.066005]),
        (105, _LARGE, 300.0, [10, 20, 60], [8.219087, 14.891052, 40.611960]),
    ],
)
def test_urgency_that_grows_with_time_waits_as_kleinrock_says(
    agents: int, arrivals: list[float], handling: float, targets: list[float], waits: list[float]
) -> None:
    occupancies = [rate * handling / agents for rate in arrivals]
    fifo = _fifo(agents, arrivals, handling)
    found = accumulating_waits(fifo, occupancies, [1 / target for target in targets])
    assert list(found) == _all_close(waits)
    work = sum(occupancy * wait for occupancy, wait in zip(occupancies, found, strict=True))
    assert work == pytest.approx(sum(occupancies) * fifo), "order moves waiting about, it makes none (conservation law)"


def test_the_first_tier_is_answered_in_ten_seconds_this_often() -> None:
    assert first_tier_within(105, _LARGE[0], sum(_LARGE), 300.0, 10) == pytest.approx(0.978266, abs=6e-7)


def test_one_agent_with_long_tailed_handling_waits_as_cobham_says() -> None:
    streams = [Stream(arrivals=rate, mean=1.0, mean_square=math.e) for rate in (0.2, 0.3, 0.3)]
    assert list(strict_waits_of_one(streams)) == _all_close([1.359141, 2.718282, 10.873127])


def test_one_agent_with_exponential_handling_is_the_same_by_both_formulas() -> None:
    streams = [Stream(arrivals=rate, mean=1 / 3, mean_square=2 / 9) for rate in _SMALL]
    assert list(strict_waits_of_one(streams)) == _all_close(strict_waits(1, _SMALL, 1 / 3))
    assert erlang_c(1, 2 / 3) == pytest.approx(2 / 3)
