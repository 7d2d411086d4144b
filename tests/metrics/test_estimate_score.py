"""The score of announced waits."""

import pytest

from skipline.metrics.estimate_score import Outcome, score
from skipline.model.queueing import Estimate


def _told(seconds: float, low: float, high: float, waited: float) -> Outcome:
    return Estimate(seconds=seconds, low=low, high=high), waited


def test_a_score_is_error_coverage_width_and_bias() -> None:
    found = score([_told(100, 80, 120, 80), _told(100, 80, 120, 130), _told(30, 20, 50, 40)])
    assert found is not None
    assert (found.count, found.mdare, found.coverage) == (3, 0.25, pytest.approx(2 / 3))
    assert found.width == pytest.approx((40 + 40 + 30) / 250)
    assert found.bias == pytest.approx((20 - 30 - 10) / 250)


def test_a_second_wrong_about_a_second_is_no_great_error() -> None:
    found = score([_told(2, 0, 4, 1)])
    assert found is not None
    assert found.mdare == pytest.approx(0.1)


def test_without_outcomes_there_is_no_score() -> None:
    assert score([]) is None
    assert score([_told(0, 0, 0, 0)]) is None
