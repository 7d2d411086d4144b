"""Every offer says why, and an entry that is here can be explained at any moment."""

from queue_floor import TIERS, Floor

from skipline.model.configuration import Tier
from skipline.model.queue_events import AgentCame, AgentPaused, EntryReturned, OfferMade
from skipline.model.queueing import Agent, Policy, Queue, SkillNeed
from skipline.queue.figures import figures_of


def _why(floor: Floor, entry: str) -> tuple[str, ...]:
    return next(one.why for one in floor.of(OfferMade) if one.entry.id == entry)


def _rush(policy: Policy = Policy.TARGET_RATIO, fair_lane: int = 0, tiers: tuple[Tier, ...] = TIERS) -> Floor:
    """Ana is done at second 40: gold has waited 20 s, bronze 40 s."""
    queue = Queue(name="help", policy=policy, fair_lane=fair_lane, head_starts={"gold": 50.0})
    floor = Floor(queue, ["ana", "ben", "carl", "dora"], tiers, came=False)
    floor.tell(AgentCame, agent="ana")
    floor.tell(AgentCame, agent="ben")
    floor.tell(AgentPaused, agent="ben", reason="lunch")
    floor.tell(AgentCame, agent="carl")
    for entry in ("busy1", "busy2"):
        floor.join(entry)
        floor.accept(entry)
    floor.join("bronze", "bronze", at=0)
    floor.join("gold", "gold", at=20)
    floor.end("busy1", at=40)
    return floor


def test_an_offer_to_a_free_agent_tells_how_urgent_it_is_and_whom_it_passed() -> None:
    assert _why(_rush(), "gold") == (
        "Urgency 2.00: waited 20.0 s of a 10 s target (gold).",
        "ana came free and had 2 to choose from, the first of each grade.",
        "Went before bronze (bronze): waited 40.0 s, 0.67 of its target.",
        "Other agents of help: 0 ready, 1 busy, 2 away or offline.",
    )


def test_each_policy_has_its_own_words() -> None:
    assert _why(_rush(Policy.DUE_TIME), "gold")[0] == "Due 12:00:30: waited 20.0 s of a 10 s target (gold)."
    assert _why(_rush(Policy.STRICT), "gold")[0] == "Tier gold is number 1 here: waited 20.0 s."
    assert _why(_rush(Policy.RESERVE), "gold")[0] == "Tier gold is number 1 here: waited 20.0 s."
    assert _why(_rush(Policy.HEAD_START), "gold")[0] == (
        "Ahead by 70.0 s: waited 20.0 s, with a head start of 50 s (gold)."
    )
    assert _why(_rush(Policy.FIFO), "bronze")[0] == "First come, first served: waited 40.0 s."


def test_a_rule_above_the_policy_is_named() -> None:
    assert "Fair lane: it was the turn of the longest waiting." in _why(_rush(fair_lane=1), "bronze")
    capped = (*TIERS[:2], Tier(name="bronze", target_seconds=60, max_wait_seconds=30))
    assert "Past its maximum wait of 30 s by 10.0 s, so it goes before all who are not." in _why(
        _rush(tiers=capped), "bronze"
    )


def test_an_entry_that_found_somebody_ready_tells_why_it_was_this_agent() -> None:
    agents = [Agent(name="ana", queues=("help",), skills={"dutch": 3}), Agent(name="ben", queues=("help",))]
    floor = Floor(Queue(name="help"), agents)
    floor.join("e1", "gold", at=40)
    assert _why(floor, "e1") == (
        "Urgency 0.00: waited 0.0 s of a 10 s target (gold).",
        "ben was ready, with the narrowest skill set that fits (0 skills, 1 queue), and of those idle longest: 40.0 s.",
        "Other agents of help: 1 ready, 0 busy, 0 away or offline.",
    )


def test_a_waiting_entry_knows_its_place_what_is_asked_and_who_could_take_it() -> None:
    floor = _rush()
    floor.join("e1", "silver", at=45, needs=(SkillNeed(skill="dutch", level=3),))
    explained = floor.explain("e1")
    assert (explained.queue, explained.tier, explained.state) == ("help", "silver", "waiting")
    assert (explained.waited_seconds, explained.credit_seconds, explained.position) == (0, 0, 2)
    assert explained.why == ("Urgency 0.00: waited 0.0 s of a 20 s target (silver).", "Asks for dutch >= 3.")
    assert explained.passed_over == ()
    assert explained.agents_considered == (
        "ana: lacks dutch >= 3 (has 0).",
        "ben: is away (lunch).",
        "carl: lacks dutch >= 3 (has 0).",
        "dora: is not signed in.",
    )


def test_a_waiting_entry_is_told_who_went_before_it() -> None:
    explained = _rush().explain("bronze")
    assert explained.passed_over == (
        "12:00:40: gold (gold) came 20.0 s later and went to ana first, "
        "with 2.00 of its target used up against 0.67 here.",
    )


def test_somebody_whose_agent_could_not_have_taken_it_passed_nobody() -> None:
    floor = Floor(Queue(name="help"), [Agent(name="ana", queues=("help",))])
    floor.join("e1", "gold", at=0, needs=(SkillNeed(skill="dutch"),))
    floor.join("e2", "bronze", at=5)
    assert floor.explain("e1").passed_over == ()


def test_an_entry_that_is_offered_and_one_that_talks_keep_the_reasons_of_their_offer() -> None:
    floor = _rush()
    assert floor.explain("gold").why == _why(floor, "gold")
    assert floor.explain("gold").position == 1
    assert floor.explain("gold").agents_considered[0] == "ana: is being offered it, for 0 s now."
    floor.accept("gold", at=43)
    explained = floor.explain("gold")
    assert (explained.agent, explained.position, explained.waited_seconds) == ("ana", None, 23)
    assert explained.agents_considered[0] == "ana: has it."


def test_the_time_when_it_goes_before_all_others_is_told() -> None:
    floor = Floor(Queue(name="help"), [], [Tier(name="gold", target_seconds=10)])
    floor.join("e1", "gold", at=0)
    assert floor.explain("e1").why[1] == "Goes before all others from 12:01:40, its maximum wait."
    floor.now = 101
    assert floor.explain("e1").why[1] == "Goes before all others since 12:01:40, its maximum wait."


def test_positions_count_those_who_would_go_first() -> None:
    floor = Floor(Queue(name="help", policy=Policy.STRICT), [])
    for number, tier in enumerate(("bronze", "silver", "gold", "silver")):
        floor.join(f"e{number}", tier, at=number)
    assert [floor.position(f"e{number}") for number in range(4)] == [4, 2, 1, 3]
    floor.leave("e2")
    assert [floor.position(f"e{number}") for number in (0, 1, 3)] == [3, 1, 2]


def test_nobody_is_explained_who_is_not_here() -> None:
    floor = Floor()
    assert floor.position("ghost") is None
    floor.join("e1")
    floor.serve("e1")
    assert floor.position("e1") is None


def test_a_large_queue_names_the_first_hundred_agents() -> None:
    floor = Floor(agents=[f"agent{number:03}" for number in range(150)], came=False)
    floor.join("e1")
    sentences = floor.explain("e1").agents_considered
    assert (len(sentences), sentences[-1]) == (101, "And 50 more.")


def test_the_figures_of_a_queue_count_everybody_where_they_are() -> None:
    floor = _rush()
    floor.accept("gold")
    floor.message("m1", at=44)
    figures = figures_of(floor.state, "help", floor.time(50))
    assert figures is not None
    assert (figures.waiting, figures.longest_wait_seconds, figures.being_offered, figures.with_agents) == (2, 50, 0, 2)
    assert (figures.agents, figures.agents_signed_in, figures.agents_present, figures.agents_ready) == (4, 3, 2, 0)
    assert figures_of(floor.state, "nowhere", floor.time()) is None


def test_what_was_talked_before_the_agent_was_lost_is_told_as_granted() -> None:
    floor = Floor(agents=["ana"])
    floor.join("e1", at=0)
    floor.accept("e1", at=4)
    floor.tell(EntryReturned, at=300, entry="e1")
    floor.now = 310
    assert floor.explain("e1").why[0] == "Urgency 15.50: waited 14.0 s and 296 s granted of a 20 s target (silver)."


def test_who_went_first_for_a_granted_wait_is_not_said_to_have_come_so_much_later() -> None:
    floor = Floor(agents=["ana", "ben"])
    for busy in ("busy1", "busy2"):
        floor.join(busy)
        floor.accept(busy)
    floor.join("mine", "bronze", at=10, credit_seconds=60)
    floor.join("other", "gold", at=5)
    floor.end("busy1", at=30)
    assert floor.explain("mine").passed_over == (
        "12:00:30: other (gold) came 55.0 s later, granted waits counted, and went to ana first, with 2.50 of its "
        "target used up against 1.33 here.",
    )
