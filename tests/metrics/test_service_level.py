"""The six variants of service level on the counts of published examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skipline.metrics.erlang_a import ErlangA
from skipline.metrics.line import Line
from skipline.metrics.service_level import VARIANTS, Counts, Variant, shares, shares_without_short

_ICMI = Counts(answered=1000, answered_in_time=860, abandoned=60, abandoned_in_time=20, abandoned_short=10)


@pytest.mark.parametrize(
    ("variant", "level"),
    [
        (Variant.ABANDONS_IN_TIME_HELP, 0.830189),
        (Variant.ANSWERED_ONLY, 0.860000),
        (Variant.ALL_ABANDONS_HURT, 0.811321),
        (Variant.ABANDONS_IN_TIME_REMOVED, 0.826923),
        (Variant.SHORT_ABANDONS_HELP, 0.820755),
        (Variant.SHORT_ABANDONS_REMOVED, 0.819048),
    ],
)
def test_icmi_counts_give_each_variant_its_figure(variant: Variant, level: float) -> None:
    assert VARIANTS[variant](_ICMI) == pytest.approx(level, abs=6e-7)


@pytest.mark.parametrize(
    ("variant", "level"),
    [
        (Variant.ABANDONS_IN_TIME_REMOVED, 0.777778),
        (Variant.ALL_ABANDONS_HURT, 0.70),
        (Variant.ABANDONS_IN_TIME_HELP, 0.80),
    ],
)
@pytest.mark.parametrize("abandoned_late", [0, 7, 20])
def test_cisco_counts_give_its_three_figures(variant: Variant, level: float, abandoned_late: int) -> None:
    """70 answered and 10 abandoned in time, 20 beyond it, whatever became of those."""
    counts = Counts(
        answered=90 - abandoned_late, answered_in_time=70, abandoned=10 + abandoned_late, abandoned_in_time=10
    )
    assert VARIANTS[variant](counts) == pytest.approx(level, abs=6e-7)


@pytest.mark.parametrize(
    ("variant", "level"),
    [
        (Variant.ALL_ABANDONS_HURT, 0.943019),
        (Variant.ANSWERED_ONLY, 0.973100),
        (Variant.ABANDONS_IN_TIME_REMOVED, 0.972030),
        (Variant.ABANDONS_IN_TIME_HELP, 0.972864),
    ],
)
def test_erlang_a_forecasts_each_variant(variant: Variant, level: float) -> None:
    forecast = ErlangA(Line(arrivals_per_second=0.8, handling_seconds=60, agents=50, patience_seconds=120))
    shares_of_all = Counts(
        answered=1 - forecast.abandonment,
        answered_in_time=forecast.answered_within(20),
        abandoned=forecast.abandonment,
        abandoned_in_time=forecast.abandoned_within(20),
    )
    assert VARIANTS[variant](shares_of_all) == pytest.approx(level, abs=6e-7)


@st.composite
def _counts(draw: st.DrawFn) -> Counts:
    answered, abandoned = draw(st.integers(0, 10**6)), draw(st.integers(0, 10**6))
    return Counts(
        answered=answered,
        answered_in_time=draw(st.integers(0, answered)),
        abandoned=abandoned,
        abandoned_in_time=draw(st.integers(0, abandoned)),
        abandoned_short=draw(st.integers(0, abandoned)),
    )


@given(_counts())
def test_service_level_abandonment_and_late_answers_add_up_to_one(counts: Counts) -> None:
    for found, variant in (
        (shares(counts), Variant.ALL_ABANDONS_HURT),
        (shares_without_short(counts), Variant.SHORT_ABANDONS_REMOVED),
    ):
        assert (found.service_level if found else None) == VARIANTS[variant](counts)
        if found is not None:
            assert found.service_level + found.abandonment + found.late_answers == pytest.approx(1.0)


def test_nobody_has_no_service_level() -> None:
    nobody = Counts(answered=0, answered_in_time=0, abandoned=0)
    assert {variant: formula(nobody) for variant, formula in VARIANTS.items()} == dict.fromkeys(Variant)
    assert shares(nobody) is None
    assert shares_without_short(nobody) is None
    only_short = Counts(answered=0, answered_in_time=0, abandoned=2, abandoned_short=2)
    assert shares_without_short(only_short) is None
