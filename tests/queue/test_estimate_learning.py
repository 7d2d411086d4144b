"""What estimates learn: rates that fade, and bands that hold what they promise."""

import random

import pytest
from visit_values import abandoned, make_visit

from skipline.model.queueing import Medium, Place
from skipline.queue.estimate.bands import Bands
from skipline.queue.estimate.learned import Learned
from skipline.queue.estimate.rates import FadingMean, FadingSum
from skipline.queue.instants import as_span

_PLACE = Place(queue="vip", tier="gold")
_TEAM = (("vip",), ())


def test_a_rate_is_right_from_the_first_minutes_on_and_follows() -> None:
    count = FadingSum(450.0)
    for second in range(0, 180, 2):
        count.add(1.0, as_span(second))
    assert count.value(as_span(180)) / count.window(as_span(180), 0) == pytest.approx(0.5, rel=0.02)
    for second in range(180, 7200):
        count.add(1.0, as_span(second))
    assert count.value(as_span(7200)) / count.window(as_span(7200), 0) == pytest.approx(1.0, rel=0.02)
    assert count.value(as_span(7200 + 450)) / 450.0 == pytest.approx(0.368, rel=0.02)


def test_what_is_told_late_counts_as_much_as_if_it_had_been_told_in_time() -> None:
    late, in_time = FadingSum(450.0), FadingSum(450.0)
    mean_late, mean_in_time = FadingMean(450.0), FadingMean(450.0)
    for order, count, mean in (((100, 50), late, mean_late), ((50, 100), in_time, mean_in_time)):
        for second in order:
            count.add(1.0, as_span(second))
            mean.add(float(second), as_span(second))
    assert late.value(as_span(120)) == pytest.approx(in_time.value(as_span(120)))
    assert mean_late.parts(as_span(120)) == pytest.approx(mean_in_time.parts(as_span(120)))


def test_a_mean_forgets() -> None:
    mean = FadingMean(100.0)
    assert mean.value(0) is None
    mean.add(10.0, as_span(0))
    mean.add(30.0, as_span(500))
    assert mean.value(as_span(500)) == pytest.approx(29.9, abs=0.1)
    assert mean.near(as_span(500), 10.0, 1.0) == pytest.approx(20.0, abs=0.2)


def test_nobody_says_how_long_contacts_take_before_some_are_over() -> None:
    learned = Learned()
    for number in range(5):
        assert learned.typical_seconds(Medium.CALL, 0) is None
        learned.ended(make_visit(number, talk_seconds=100.0, wrap_up_seconds=20.0), _TEAM, 0)
    learned.taken("vip", "gold", 10.0, 4.0, 0)
    typical = learned.typical_seconds(Medium.CALL, 0)
    assert typical == pytest.approx(120.0)
    assert learned.handling_seconds(_TEAM, Medium.CALL, typical, 0) == pytest.approx(124.0)
    assert learned.handling_seconds((("other",), ()), Medium.CALL, typical, 0) == pytest.approx(124.0)
    assert learned.typical_seconds(Medium.MESSAGE, 0) is None


def test_a_team_that_takes_longer_is_believed_little_by_little() -> None:
    learned = Learned()
    slow = (("vip",), (("spanish", 3),))
    for _ in range(300):
        learned.ended(make_visit(talk_seconds=100.0), _TEAM, 0)
    for _ in range(30):
        learned.ended(make_visit(talk_seconds=300.0), slow, 0)
    typical = learned.typical_seconds(Medium.CALL, 0)
    assert typical == pytest.approx((300 * 100 + 30 * 300) / 330)
    assert learned.handling_seconds(slow, Medium.CALL, typical, 0) == pytest.approx((300 * 30 + 30 * typical) / 60)


def test_patience_is_learned_from_all_the_time_that_was_waited() -> None:
    learned = Learned()
    assert learned.leaving_per_second(0) == 0.0
    for _ in range(9):
        learned.ended(make_visit(waited=50.0), None, 0)
    learned.ended(abandoned(waited=30.0), None, 0)
    assert learned.leaving_per_second(0) == pytest.approx(1 / 480)


def test_each_kind_of_contact_has_its_rate_of_arrival() -> None:
    learned = Learned()
    learned.watch(0)
    for second in range(0, 900, 9):
        learned.joined(_PLACE, as_span(second))
    learned.joined(Place(queue="vip", tier="gold", medium=Medium.MESSAGE), as_span(900))
    [(place, needs, rate)] = learned.arrival_rates(Medium.CALL, as_span(900))
    assert (place, needs) == (_PLACE, ())
    assert rate == pytest.approx(1 / 9, rel=0.05)


def test_kinds_that_nobody_asks_for_any_more_are_forgotten() -> None:
    learned = Learned()
    for number in range(2000):
        learned.joined(Place(queue="vip", tier="gold", target_seconds=float(number + 1)), as_span(number))
    assert len(learned.arrivals) <= 500
    assert any(kind[2] == 2000.0 for kind in learned.arrivals)


def test_agents_who_end_their_wrap_up_early_are_expected_early() -> None:
    learned = Learned()
    assert learned.wrap_up_left("vip", 20.0, 5.0, 0) == 15.0
    for number in range(10):
        learned.ended(make_visit(wrap_up_seconds=10.0 if number % 2 else 20.0), _TEAM, 0)
    assert learned.wrap_up_seconds("vip", 20.0, 0) == pytest.approx(15.0)
    assert learned.wrap_up_left("vip", 20.0, 0.0, 0) == pytest.approx(15.0)
    assert 4.0 < learned.wrap_up_left("vip", 20.0, 15.0, 0) < 5.0
    assert learned.wrap_up_left("vip", 20.0, 25.0, 0) == 0.0


def test_a_team_that_also_writes_messages_has_less_time_for_calls() -> None:
    learned = Learned()
    assert learned.share_of(_TEAM, Medium.CALL, 3.0, 0) == 1.0
    learned.ended(make_visit(talk_seconds=100.0), _TEAM, 0)
    learned.ended(make_visit(talk_seconds=900.0, medium=Medium.MESSAGE), _TEAM, 0)
    assert learned.share_of(_TEAM, Medium.CALL, 3.0, 0) == pytest.approx(0.25)
    assert learned.share_of(_TEAM, Medium.MESSAGE, 3.0, 0) == pytest.approx(0.75)


def test_before_anything_is_learned_the_band_is_that_of_waiting_for_so_many_agents() -> None:
    assert Bands().around("vip", "gold", 100.0, 16.0) == pytest.approx((100 - 32.04, 100 + 32.04))
    low, high = Bands().around("vip", "gold", 100.0, 1.0)
    assert (low, high) == (0.0, pytest.approx(228.16))


def _outcome(rng: random.Random, estimated: float) -> float:
    """Waits lie far above the estimate more often than far below it."""
    return estimated * rng.lognormvariate(0.1, 0.5)


@pytest.mark.parametrize("estimated", [8.0, 40.0, 200.0])
def test_learned_bands_hold_four_of_five_outcomes_whatever_their_shape(estimated: float) -> None:
    rng, bands = random.Random(1), Bands()
    for _ in range(400):
        bands.learn("vip", "gold", estimated, _outcome(rng, estimated), 0.0)
    low, high = bands.around("vip", "gold", estimated, 4.0)
    held = sum(low <= _outcome(rng, estimated) <= high for _ in range(2000)) / 2000
    assert 0.77 < held < 0.86
    assert bands.around("vip", "gold", estimated * 1000, 4.0) != (low, high)


def test_bands_hold_for_those_who_stay_although_only_some_did() -> None:
    """Patience cuts long waits off; outcomes that were seen in spite of it count for those that were not."""
    rng, bands, leaving = random.Random(2), Bands(), 1 / 200
    while len(bands._misses) == 0 or len(next(iter(bands._misses.values())).by_age) < 400:
        waited = _outcome(rng, 150.0)
        if rng.expovariate(leaving) > waited:
            bands.learn("vip", "gold", 150.0, waited, leaving)
    low, high = bands.around("vip", "gold", 150.0, 4.0)
    assert 0.75 < sum(low <= _outcome(rng, 150.0) <= high for _ in range(2000)) / 2000 < 0.86


def test_a_tier_with_few_outcomes_borrows_from_its_queue_and_old_ones_are_forgotten() -> None:
    bands = Bands()
    for _ in range(40):
        bands.learn("vip", "standard", 100.0, 150.0, 0.0)
    assert bands.around("vip", "gold", 100.0, 4.0) == pytest.approx((150.0, 150.0))
    for _ in range(400):
        bands.learn("vip", "standard", 100.0, 50.0, 0.0)
    assert bands.around("vip", "standard", 100.0, 4.0) == pytest.approx((50.0, 50.0))
    assert bands.around("other", "standard", 100.0, 4.0)[1] > 100.0
