"""The pace of an account, on a clock that the test turns."""

from skipline.host.messages.pacing import Pacing
from skipline.model.messaging import Pace


def sent_within(pacing: Pacing, seconds: float, *, begin: float = 0.0, tick: float = 0.01) -> list[float]:
    """When messages leave, if there are always more of them, each to another contact."""
    left: list[float] = []
    for number in range(int(seconds / tick)):
        now = begin + number * tick
        for _ in range(pacing.room(now)):
            pacing.take(f"{len(left)}", now)
            left.append(now)
    return left


def most_in_a_second(left: list[float]) -> int:
    return max(sum(1 for at in left if begin <= at < begin + 1.0) for begin in left)


def test_no_second_sees_more_than_the_rate_and_a_small_burst() -> None:
    left = sent_within(Pacing(Pace(per_second=80.0), 0.0), 5.0)
    assert 390 <= len(left) <= 400
    assert most_in_a_second(left) <= 81
    pacing = Pacing(Pace(per_second=80.0), 0.0)
    assert pacing.room(3600.0) == 20
    assert most_in_a_second(sent_within(pacing, 3.0, begin=3600.0)) <= 100


def test_a_process_that_begins_again_sends_no_second_burst() -> None:
    assert Pacing(Pace(per_second=80.0), 100.0).room(100.0) == 0


def test_less_than_one_a_second_is_kept_too() -> None:
    assert sent_within(Pacing(Pace(per_second=0.5), 0.0), 9.0) == [2.0, 4.0, 6.0, 8.0]


def test_a_contact_rests_between_two_messages() -> None:
    pacing = Pacing(Pace(per_second=80.0, seconds_per_contact=6.0), 0.0)
    pacing.take("ana", 10.0)
    assert pacing.resting(15.9) == ("ana",)
    assert pacing.resting(16.0) == ()


def test_a_contact_may_get_a_burst_as_long_as_the_mean_is_kept() -> None:
    pacing = Pacing(Pace(per_second=80.0, seconds_per_contact=6.0, burst_per_contact=3), 0.0)
    for _ in range(2):
        pacing.take("ana", 10.0)
        assert pacing.resting(10.0) == ()
    pacing.take("ana", 10.0)
    assert pacing.resting(10.0) == pacing.resting(15.9) == ("ana",)
    assert pacing.resting(16.0) == ()


def test_too_fast_means_a_pause_then_half_the_rate_which_climbs_back() -> None:
    pacing = Pacing(Pace(per_second=80.0), 0.0)
    pacing.slow_down(10.0, 5.0)
    pacing.slow_down(10.1, 5.0)  # one that was on its way says the same
    assert (pacing.room(14.9), pacing.per_second) == (0, 40.0)
    assert most_in_a_second(sent_within(pacing, 5.0, begin=15.2)) <= 50
    for _ in range(50):
        pacing.accepted()
    assert not pacing.is_slowed


def test_a_provider_that_is_away_is_asked_ever_more_rarely_and_one_answer_ends_that() -> None:
    pacing, now, waits = Pacing(Pace(per_second=80.0), 0.0), 1.0, []
    for _ in range(12):
        pacing.failed(now)
        waits.append(pacing.next_in(now))
        now += waits[-1] + 1.0
        assert pacing.room(now) == (1 if pacing.is_troubled else 20)
    assert waits[1] < 1 <= waits[2] < waits[4] < waits[6] <= 30.1
    assert waits[-1] <= 30.1
    pacing.accepted()
    assert not pacing.is_troubled
