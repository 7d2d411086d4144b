"""Playing a line forward: waits that can be worked out by hand."""

from dataclasses import replace

import pytest

from skipline.model.configuration import Tier
from skipline.model.queueing import Place, Policy, Queue
from skipline.queue.estimate.play import LONGEST_SECONDS, expected_wait
from skipline.queue.estimate.view import Crowd, LineView, Team
from skipline.queue.grade import Grade
from skipline.queue.hall import Hall
from skipline.queue.instants import Instant, as_span

NOW: Instant = as_span(1_000_000.0)
_TIERS = {
    "gold": Tier(name="gold", target_seconds=10.0, max_wait_seconds=0),
    "bronze": Tier(name="bronze", target_seconds=60.0, max_wait_seconds=0),
}


def _grade(
    tier: str = "gold", policy: Policy = Policy.TARGET_RATIO, *, fair_lane: int = 0, name: str = "help"
) -> Grade:
    hall = Hall(Queue(name=name, policy=policy, fair_lane=fair_lane), _TIERS)
    return hall.grade_of(Place(queue=name, tier=tier))


def _ago(*seconds: float) -> tuple[Instant, ...]:
    return tuple(sorted(NOW - as_span(one) for one in seconds))


def _view(
    *crowds: Crowd, teams: tuple[Team, ...], mine: int = 0, waited: float = 0.0, leaving: float = 0.0
) -> LineView:
    return LineView(
        now=NOW, crowds=crowds, teams=teams, mine=mine, since=NOW - as_span(waited), leaving_per_second=leaving
    )


def _wait(view: LineView) -> float:
    played = expected_wait(view)
    assert played is not None
    return played.seconds


_ONE = Team(crowds=(0,), starts_per_second=0.1)


def test_in_one_line_the_wait_is_that_of_those_ahead() -> None:
    """Ten ahead and one agent coming free every 10 s, the first of them in the middle of its gap."""
    ahead = Crowd(grade=_grade(), since=_ago(*range(1, 11)))
    played = expected_wait(_view(ahead, teams=(_ONE,)))
    assert played is not None
    assert played.seconds == pytest.approx(105.0)
    assert played.starts == 11


def test_whoever_waits_already_has_only_those_before_them_ahead() -> None:
    ahead = Crowd(grade=_grade(), since=_ago(30, 20, 10))
    assert _wait(_view(ahead, teams=(_ONE,), waited=25.0)) == pytest.approx(15.0)


def test_those_who_give_up_need_no_agent() -> None:
    """Ten are ahead who would take 105 s; a part of them is gone by the time that it is their turn."""
    ahead = Crowd(grade=_grade(), since=_ago(*range(1, 11)))
    found = _wait(_view(ahead, teams=(_ONE,), leaving=1 / 50))
    assert 50 < found < 80


def test_newcomers_of_a_higher_tier_go_first_when_they_will_be_more_urgent() -> None:
    """Bronze alone would start after 105 s; of gold, one in 40 s, those go first who come in 5/6 of the wait."""
    bronze = Crowd(grade=_grade("bronze"), since=_ago(*range(1, 11)))
    gold = Crowd(grade=bronze.grade.hall.grade_of(Place(queue="help", tier="gold")), arrivals_per_second=1 / 40)
    both = Team(crowds=(0, 1), starts_per_second=0.1)
    assert _wait(_view(bronze, gold, teams=(both,))) == pytest.approx(10.5 / (0.1 - 5 / 6 / 40), abs=10.0)


@pytest.mark.parametrize(
    ("policy", "ahead"), [(Policy.STRICT, 4), (Policy.FIFO, 10), (Policy.DUE_TIME, 5), (Policy.TARGET_RATIO, 5)]
)
def test_each_policy_says_who_goes_first(policy: Policy, ahead: int) -> None:
    """Gold asks; there are four of gold, and six of bronze of whom one came two minutes ago."""
    gold = Crowd(grade=_grade("gold", policy), since=_ago(4, 3, 2, 1))
    tier = gold.grade.hall.grade_of(Place(queue="help", tier="bronze"))
    bronze = Crowd(grade=tier, since=_ago(120, 8, 7, 6, 5, 4.5))
    team = Team(crowds=(0, 1), starts_per_second=0.1)
    assert _wait(_view(gold, bronze, teams=(team,))) == pytest.approx(10.0 * ahead + 5.0)


def test_who_would_never_be_taken_gets_no_estimate() -> None:
    bronze = Crowd(grade=_grade("bronze", Policy.STRICT))
    gold = Crowd(grade=bronze.grade.hall.grade_of(Place(queue="help", tier="gold")), arrivals_per_second=0.2)
    busy = Team(crowds=(0, 1), starts_per_second=0.1)
    assert expected_wait(_view(bronze, gold, teams=(busy,))) is None
    assert expected_wait(_view(bronze, teams=())) is None
    slow = Team(crowds=(0,), starts_per_second=0.5 / LONGEST_SECONDS / 2)
    assert expected_wait(_view(bronze, teams=(slow,))) is None


def test_the_fair_lane_reaches_who_would_never_be_taken() -> None:
    bronze = Crowd(grade=_grade("bronze", Policy.STRICT, fair_lane=5), since=_ago(1))
    gold = Crowd(grade=bronze.grade.hall.grade_of(Place(queue="help", tier="gold")), arrivals_per_second=0.2)
    busy = Team(crowds=(0, 1), starts_per_second=0.1, lane_every=5)
    assert _wait(_view(bronze, gold, teams=(busy,))) == pytest.approx(95.0)


def test_agents_of_whom_it_is_known_come_free_on_time() -> None:
    ahead = Crowd(grade=_grade(), since=_ago(3, 2))
    team = replace(_ONE, free_at=(NOW + as_span(4), NOW + as_span(7), NOW + as_span(9)), lag_seconds=20.0)
    assert _wait(_view(ahead, teams=(team,))) == pytest.approx(9.0)
    assert _wait(_view(replace(ahead, since=()), teams=(replace(team, free_at=(NOW,)),))) == 0.0


def test_a_free_agent_waits_for_the_next_who_comes() -> None:
    """The agent who is free in 4 s meets nobody ahead of me but one who comes at 5 s and is more urgent by then."""
    mine = Crowd(grade=_grade("gold"))
    team = replace(_ONE, free_at=(NOW + as_span(4),))
    assert _wait(_view(mine, teams=(team,))) == pytest.approx(4.0)
    other = Crowd(grade=_grade("gold"), arrivals_per_second=0.1)
    idle = Team(crowds=(1,), starts_per_second=0.001, free_at=(NOW, NOW))
    shared = Team(crowds=(0, 1), starts_per_second=0.1)
    assert _wait(_view(mine, other, teams=(idle, shared))) < 15.0


def test_those_who_go_elsewhere_in_time_need_no_agent() -> None:
    ahead = Crowd(grade=_grade(), since=_ago(*range(41, 51)), longest_seconds=60.0)
    assert _wait(_view(ahead, teams=(_ONE,))) == pytest.approx(25.0)


def test_agents_who_serve_two_lines_take_the_more_urgent() -> None:
    """My own agent is the only one of mine; the other team's work reaches them through the agents that both share."""
    mine = Crowd(grade=_grade("bronze"), since=_ago(5))
    theirs = Crowd(grade=_grade("gold", name="sales"), since=_ago(*range(20, 40)))
    own = Team(crowds=(0,), starts_per_second=0.1)
    shared = Team(crowds=(0, 1), starts_per_second=0.1)
    assert _wait(_view(mine, theirs, teams=(own, shared))) == pytest.approx(15.0)
    assert _wait(_view(mine, theirs, teams=(shared,))) > 100.0


def test_agents_of_queues_with_several_policies_take_the_one_who_has_used_up_most_of_the_target() -> None:
    mine = Crowd(grade=_grade("gold", Policy.FIFO), since=_ago(5))
    theirs = Crowd(grade=_grade("gold", Policy.TARGET_RATIO, name="sales"), since=_ago(100, 99))
    team = Team(crowds=(0, 1), starts_per_second=0.1, has_one_policy=False)
    assert _wait(_view(mine, theirs, teams=(team,))) == pytest.approx(35.0)
    overdue = _TIERS["gold"].__class__(name="gold", target_seconds=10.0, max_wait_seconds=50.0)
    late = Crowd(grade=Hall(Queue(name="late"), {"gold": overdue}).grade_of(Place(queue="late", tier="gold")))
    late = replace(late, since=_ago(*range(60, 70)))
    both = Team(crowds=(0, 1), starts_per_second=0.1, has_one_policy=False)
    assert _wait(_view(mine, late, teams=(both,))) == pytest.approx(115.0)


def test_agents_who_are_kept_for_a_higher_tier_do_not_take_the_lower() -> None:
    """Two come free in 5 s, then one every 10 s. One of them stays idle for gold, who comes once in 1000 s."""
    hall = Hall(Queue(name="help", policy=Policy.RESERVE, fair_lane=0, reserves={"gold": 1}), _TIERS)
    gold, bronze = (hall.grade_of(Place(queue="help", tier=tier)) for tier in ("gold", "bronze"))
    team = Team(crowds=(0, 1), starts_per_second=0.1, free_at=(NOW + as_span(4), NOW + as_span(5)), lag_seconds=5.0)
    crowds = Crowd(grade=bronze), Crowd(grade=gold, arrivals_per_second=0.001)
    assert _wait(_view(*crowds, teams=(team,))) == pytest.approx(5.0)
    assert _wait(_view(*crowds, teams=(team,), mine=1)) == pytest.approx(4.0)
    idle = replace(team, free_at=(NOW,))
    assert _wait(_view(*crowds, teams=(idle,))) == pytest.approx(10.0)
    unkept = replace(
        crowds[0],
        grade=Hall(Queue(name="help", policy=Policy.STRICT), _TIERS).grade_of(Place(queue="help", tier="bronze")),
    )
    assert _wait(_view(unkept, teams=(replace(idle, crowds=(0,)),))) == 0.0


def test_a_very_large_centre_is_played_to_an_end_too() -> None:
    ahead = Crowd(grade=_grade(), since=_ago(*[one / 100 for one in range(50_000)]), arrivals_per_second=50.0)
    wrapping = tuple(NOW + as_span(one / 100) for one in range(1, 2001))
    teams = tuple(Team(crowds=(0,), starts_per_second=0.005, free_at=wrapping[one::2000]) for one in range(2000))
    found = _wait(_view(ahead, teams=teams))
    assert found == pytest.approx((50_000 - 2000) / 10, rel=0.1)


@pytest.mark.parametrize("times", [10, 100])
def test_a_line_many_times_as_long_before_as_many_agents_waits_as_long(times: int) -> None:
    seconds = [10 + one * 0.5 for one in range(100)]
    crowd = Crowd(grade=_grade("bronze"), since=_ago(*seconds))
    gold = Crowd(grade=crowd.grade.hall.grade_of(Place(queue="help", tier="gold")), arrivals_per_second=0.2)
    team = Team(crowds=(0, 1), starts_per_second=1.0)
    small = _wait(_view(crowd, gold, teams=(team,), leaving=0.001))
    crowd = replace(crowd, since=_ago(*[one + part / times * 0.5 for one in seconds for part in range(times)]))
    gold, team = replace(gold, arrivals_per_second=0.2 * times), replace(team, starts_per_second=1.0 * times)
    assert _wait(_view(crowd, gold, teams=(team,), leaving=0.001)) == pytest.approx(small, rel=0.03)


def test_many_small_teams_do_not_come_free_all_at_once() -> None:
    ahead = Crowd(grade=_grade(), since=_ago(*range(1, 21)))
    whole = _wait(_view(ahead, teams=(Team(crowds=(0,), starts_per_second=1 / 3),)))
    parts = tuple(Team(crowds=(0,), starts_per_second=1 / 300) for _ in range(100))
    assert _wait(_view(ahead, teams=parts)) == pytest.approx(whole, rel=0.1)
