"""Who is next, by each policy, and what stands above it: lane, maximum wait, shares, kept agents."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from queue_floor import TIERS, Floor

from skipline.model.configuration import Tier
from skipline.model.queue_events import AgentCame, AgentPaused, AgentReady, OfferMade
from skipline.model.queueing import Agent, Place, Policy, Queue, SkillNeed

ARRIVALS = st.lists(
    st.tuples(st.sampled_from(["gold", "silver", "bronze"]), st.integers(0, 300), st.sampled_from([0, 0, 0, 7, 40])),
    min_size=2,
    max_size=12,
    unique_by=lambda arrival: arrival[1],
)
LEADS = {"gold": 50.0, "silver": 40.0}
TARGETS = {tier.name: tier.target_seconds for tier in TIERS}
RANKS = {tier.name: rank for rank, tier in enumerate(TIERS)}


def _wait_for(policy: Policy, arrivals: list[tuple[str, int, int]], **rules: object) -> tuple[Floor, list[str]]:
    """Let them all join while the only agent is busy, who then takes one after another at second 400."""
    floor = Floor(Queue(name="help", policy=policy, fair_lane=0, head_starts=LEADS, **rules))  # type: ignore[arg-type]
    floor.join("busy", at=-1)
    floor.accept("busy")
    for tier, at, credit in sorted(arrivals, key=lambda arrival: arrival[1]):
        floor.join(f"{tier}+{at}+{credit}", tier, at=at, credit_seconds=credit)
    floor.end("busy", at=400)
    return floor, floor.drain()


def _by(arrivals: list[tuple[str, int, int]], key: object) -> list[str]:
    names = [(tier, at - credit, f"{tier}+{at}+{credit}") for tier, at, credit in arrivals]
    ordered = sorted(names, key=lambda one: (key(one[0], one[1]), RANKS[one[0]], one[1], one[2]))  # type: ignore[operator]
    return [name for _, _, name in ordered]


@given(ARRIVALS)
@settings(max_examples=60, deadline=None)
def test_head_start_order_is_arrival_less_the_tiers_lead(arrivals: list[tuple[str, int, int]]) -> None:
    _, order = _wait_for(Policy.HEAD_START, arrivals)
    assert order == _by(arrivals, lambda tier, since: since - LEADS.get(tier, 0))


@given(ARRIVALS)
@settings(max_examples=60, deadline=None)
def test_target_ratio_order_is_the_share_of_the_target_used_up(arrivals: list[tuple[str, int, int]]) -> None:
    _, order = _wait_for(Policy.TARGET_RATIO, arrivals)
    assert order == _by(arrivals, lambda tier, since: (since - 400) / TARGETS[tier])


@given(ARRIVALS)
@settings(max_examples=60, deadline=None)
def test_due_time_order_is_arrival_and_target(arrivals: list[tuple[str, int, int]]) -> None:
    _, order = _wait_for(Policy.DUE_TIME, arrivals)
    assert order == _by(arrivals, lambda tier, since: since + TARGETS[tier])


@given(ARRIVALS)
@settings(max_examples=60, deadline=None)
def test_strict_order_is_the_tier_and_then_arrival(arrivals: list[tuple[str, int, int]]) -> None:
    _, order = _wait_for(Policy.STRICT, arrivals)
    assert order == _by(arrivals, lambda tier, since: RANKS[tier])


@given(ARRIVALS)
@settings(max_examples=60, deadline=None)
def test_fifo_order_is_arrival(arrivals: list[tuple[str, int, int]]) -> None:
    _, order = _wait_for(Policy.FIFO, arrivals)
    assert order == _by(arrivals, lambda tier, since: since)


def test_two_callers_with_a_head_start_of_50_s_change_places_at_the_50th_second() -> None:
    """The bank of Brown et al. (2005): a regular caller goes first when they came more than the lead before."""
    queue = Queue(name="help", policy=Policy.HEAD_START, fair_lane=0, head_starts={"gold": 50.0})
    for gap, first in ((49.999, "gold"), (50.0, "gold"), (50.001, "bronze")):
        floor = Floor(queue)
        floor.join("busy", at=0)
        floor.accept("busy")
        floor.join("bronze", "bronze", at=10)
        floor.join("gold", "gold", at=10 + gap)
        floor.end("busy", at=100)
        assert floor.drain()[0] == first, gap


def test_ties_go_to_the_higher_tier_then_to_who_came_first_then_to_the_lower_id() -> None:
    floor = Floor()
    floor.join("busy", at=-100)
    floor.accept("busy")
    floor.join("z", "gold", at=90)
    floor.join("b", "silver", at=80)
    floor.join("a", "silver", at=80)
    floor.end("busy", at=100)
    assert floor.drain() == ["z", "a", "b"]


def test_a_target_of_its_own_stands_instead_of_the_tiers() -> None:
    floor = Floor()
    floor.join("busy")
    floor.accept("busy")
    floor.join("plain", "silver", at=0)
    floor.join("hurried", "bronze", at=5, target_seconds=5.0)
    floor.end("busy", at=20)
    assert floor.drain() == ["hurried", "plain"]


def test_a_tier_that_nobody_knows_waits_behind_the_others_on_the_last_ones_promise() -> None:
    floor = Floor(Queue(name="help", policy=Policy.STRICT, fair_lane=0))
    floor.join("busy")
    floor.accept("busy")
    floor.join("strange", "diamond", at=0)
    floor.join("bronze", "bronze", at=5)
    floor.end("busy", at=20)
    assert floor.drain() == ["bronze", "strange"]
    assert floor.state.halls["help"].grade_of(_place("diamond")).target_seconds == 60


def _place(tier: str) -> Place:
    return Place(queue="help", tier=tier)


# The fair lane


@pytest.mark.parametrize("every", [1, 2, 5, 10])
def test_every_nth_start_of_a_profile_takes_the_longest_waiting(every: int) -> None:
    floor = Floor(Queue(name="help", policy=Policy.STRICT, fair_lane=every, misses=0))
    floor.join("busy", "gold", at=-10)
    floor.accept("busy")
    for number in range(30):
        floor.join(f"old{number:02}", "bronze", at=number)
    for number in range(30):
        floor.join(f"new{number:02}", "gold", at=30 + number)
    floor.end("busy", at=100)
    order = floor.drain()
    starts = ["busy", *order[:29]]
    lanes = [number for number, entry in enumerate(starts, start=1) if entry.startswith("old")]
    assert lanes == [number for number in range(every, 31, every) if number > 1]


@given(st.integers(2, 6), st.integers(0, 5), st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_a_call_with_m_older_ones_starts_within_n_times_m_plus_1_starts_at_any_load(
    every: int, older: int, seed: int
) -> None:
    """The hard bound, under a flood of gold that never ends and by the policy that starves most."""
    rng = Random(seed)
    floor = Floor(Queue(name="help", policy=Policy.STRICT, fair_lane=every))
    floor.join("busy", "gold", at=0)
    floor.accept("busy")
    for number in range(older):
        floor.join(f"older{number}", "bronze", at=1 + number)
    floor.join("mine", "bronze", at=10)
    held = "busy"
    for start in range(1, every * (older + 1) + 1):
        for number in range(rng.randint(1, 3)):
            floor.join(f"gold{start}.{number}", "gold", at=10 + start)
        floor.end(held, at=10 + start)
        held = floor.now_offered[0][0]
        floor.accept(held)
        if held == "mine":
            return
    pytest.fail(f"not started within {every * (older + 1)} starts")


def test_a_lane_turn_that_was_refused_is_still_to_come() -> None:
    floor = Floor(Queue(name="help", policy=Policy.STRICT, fair_lane=2, misses=0), ["ana", "ben"])
    for entry in ("busy1", "busy2"):
        floor.join(entry, "gold")
        floor.accept(entry)
    floor.join("old1", "bronze", at=1)
    floor.join("old2", "bronze", at=2)
    for number in range(6):
        floor.join(f"gold{number}", "gold", at=3 + number)
    floor.end("busy1", at=20)
    assert floor.now_offered == [("old1", "ana")]
    floor.decline("old1")
    assert floor.now_offered == [("old2", "ana")], "she does not take that one, but it is still the lane's turn"


# The maximum wait


def test_who_is_past_the_maximum_wait_goes_first_the_longest_overdue_before_the_others() -> None:
    tiers = [
        Tier(name="gold", target_seconds=10, max_wait_seconds=30),
        Tier(name="bronze", target_seconds=60),  # ten targets
    ]
    floor = Floor(Queue(name="help", policy=Policy.STRICT, fair_lane=0), tiers=tiers)
    floor.join("busy", at=0)
    floor.accept("busy")
    floor.join("bronze", "bronze", at=0)
    floor.join("gold569", "gold", at=569)
    floor.join("gold571", "gold", at=571)
    floor.join("gold600", "gold", at=600)
    floor.end("busy", at=602)
    assert floor.drain() == ["gold569", "bronze", "gold571", "gold600"]
    assert "Past its maximum wait of 30 s by 3.0 s" in floor.of(OfferMade)[1].why[2]


def test_overdue_calls_are_first_come_first_served_inside_their_tier() -> None:
    floor = Floor(
        Queue(name="help", policy=Policy.TARGET_RATIO, fair_lane=0),
        tiers=[Tier(name="gold", target_seconds=10, max_wait_seconds=20)],
    )
    floor.join("busy", at=0)
    floor.accept("busy")
    for number in (3, 1, 2, 5, 4):
        floor.join(f"e{number}", "gold", at=number * 0.1 + 1)
    floor.end("busy", at=100)
    assert floor.drain() == ["e1", "e2", "e3", "e4", "e5"]


def test_a_maximum_wait_of_0_says_that_there_is_none() -> None:
    floor = Floor(tiers=[Tier(name="gold", target_seconds=10, max_wait_seconds=0)])
    assert floor.state.halls["help"].grade_of(_place("gold")).max_wait is None


# Shares


def test_a_tier_with_a_share_goes_first_until_so_many_agents_serve_it() -> None:
    queue = Queue(name="help", policy=Policy.FIFO, fair_lane=0, shares={"gold": 0.5})
    floor = Floor(queue, ["ana", "ben", "carl", "dora"])
    for entry in ("s1", "s2", "s3", "s4"):
        floor.join(entry, "silver", at=0)
        floor.accept(entry)
    for number in range(4):
        floor.join(f"silver{number}", "silver", at=1 + number)
        floor.join(f"gold{number}", "gold", at=10 + number)
    for entry in ("s1", "s2", "s3"):
        floor.end(entry, at=20)
        floor.accept(floor.now_offered[0][0])
    assert [entry for entry, _ in floor.offered[-3:]] == ["gold0", "gold1", "silver0"]
    assert "0 of 4 agents serve gold, whose share is 50%: it goes first." in floor.of(OfferMade)[4].why


# Agents kept idle


def _reserving(**reserves: int) -> Floor:
    queue = Queue(name="help", policy=Policy.RESERVE, fair_lane=0, reserves=reserves)
    return Floor(queue, ["ana", "ben", "carl"])


def test_lower_tiers_leave_idle_the_agents_kept_for_higher_ones() -> None:
    floor = _reserving(gold=1, silver=1)
    floor.join("b1", "bronze", at=0)
    floor.join("b2", "bronze", at=1)
    floor.join("s1", "silver", at=2)
    floor.join("s2", "silver", at=3)
    floor.join("g1", "gold", at=4)
    assert floor.offered == [("b1", "ana"), ("s1", "ben"), ("g1", "carl")]
    sentences = floor.explain("b2").agents_considered
    assert sentences == (
        "ana: is being offered another.",
        "ben: is being offered another.",
        "carl: is being offered another.",
    )


def test_an_entry_held_back_starts_as_soon_as_one_agent_more_than_is_kept_is_idle() -> None:
    floor = _reserving(gold=1)
    for entry in ("b1", "b2", "b3"):
        floor.join(entry, "bronze", at=0)
    floor.accept("b1")
    floor.accept("b2")
    assert floor.offered == [("b1", "ana"), ("b2", "ben")]
    assert floor.explain("b3").agents_considered[2] == "carl: is kept idle for gold (1 kept, 1 idle)."
    floor.end("b1", at=9)
    assert floor.now_offered == [("b3", "ana")]


def test_an_agent_who_comes_and_cannot_take_it_lets_go_one_who_can() -> None:
    queue = Queue(name="help", policy=Policy.RESERVE, fair_lane=0, reserves={"gold": 1})
    agents = [Agent(name="ana", queues=("help",), skills={"dutch": 3}), Agent(name="ben", queues=("help",))]
    floor = Floor(queue, agents, came=False)
    floor.tell(AgentCame, agent="ana")
    floor.join("b1", "bronze", needs=(SkillNeed(skill="dutch", level=2),))
    assert floor.offered == []
    floor.tell(AgentCame, agent="ben")
    assert floor.now_offered == [("b1", "ana")]


def test_who_is_past_the_maximum_wait_takes_a_kept_agent_too() -> None:
    tiers = [Tier(name="gold", target_seconds=10), Tier(name="bronze", target_seconds=60, max_wait_seconds=90)]
    floor = Floor(Queue(name="help", policy=Policy.RESERVE, reserves={"gold": 1}), tiers=tiers)
    floor.join("b1", "bronze", at=0)
    assert floor.offered == []
    floor.pass_time(89.9)
    assert floor.offered == []
    floor.pass_time(90)
    assert floor.now_offered == [("b1", "ana")]


# Several queues


def test_queues_of_one_policy_are_one_line_to_who_serves_both() -> None:
    queues = [
        Queue(name="vip", policy=Policy.STRICT, fair_lane=0),
        Queue(name="help", policy=Policy.STRICT, fair_lane=0),
    ]
    floor = Floor(queues)
    floor.join("busy")
    floor.accept("busy")
    floor.join("e1", "bronze", at=1, queue="vip")
    floor.join("e2", "silver", at=2, queue="help")
    floor.join("e3", "gold", at=3, queue="vip")
    floor.end("busy", at=10)
    assert floor.drain() == ["e3", "e2", "e1"]


def test_of_queues_of_several_policies_the_firsts_go_by_urgency() -> None:
    queues = [Queue(name="vip", policy=Policy.STRICT, fair_lane=0), Queue(name="help", policy=Policy.FIFO, fair_lane=0)]
    floor = Floor(queues)
    floor.join("busy")
    floor.accept("busy")
    floor.join("bronze", "bronze", at=1, queue="vip")
    floor.join("gold", "gold", at=9, queue="vip")
    floor.join("fifo", "silver", at=5, queue="help")
    floor.end("busy", at=11)  # gold 0.2, fifo 0.3, bronze 0.17
    assert floor.drain() == ["fifo", "gold", "bronze"]


# Agents


def test_the_narrowest_skills_that_fit_go_first_and_then_who_is_idle_longest() -> None:
    agents = [
        Agent(name="all", queues=("help", "vip"), skills={"dutch": 5, "tech": 5}),
        Agent(name="late", queues=("help",), skills={"dutch": 1}),
        Agent(name="early", queues=("help",), skills={"dutch": 1}),
        Agent(name="none", queues=("help",)),
    ]
    floor = Floor([Queue(name="help"), Queue(name="vip")], agents, came=False)
    for second, name in enumerate(("all", "early", "late", "none")):
        floor.tell(AgentCame, at=second, agent=name)
    for number in range(3):
        floor.join(f"e{number}", needs=(SkillNeed(skill="dutch"),))
    assert [agent for _, agent in floor.offered] == ["early", "late", "all"]
    floor.join("e4")
    assert floor.offered[-1] == ("e4", "none")


def test_agents_who_came_at_once_are_taken_by_name() -> None:
    floor = Floor(agents=["carl", "ana", "ben"])
    for number in range(3):
        floor.join(f"e{number}")
    assert [agent for _, agent in floor.offered] == ["ana", "ben", "carl"]


def test_a_break_ends_the_idle_time() -> None:
    floor = Floor(agents=["ana", "ben"])
    floor.tell(AgentPaused, at=5, agent="ana", reason="lunch")
    floor.tell(AgentReady, at=6, agent="ana")
    floor.join("e1", at=10)
    assert floor.offered == [("e1", "ben")]
