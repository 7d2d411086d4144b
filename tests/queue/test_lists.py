"""Lists for people who watch: who waits in which order, what agents do, and how the tiers fare."""

from datetime import UTC, datetime, timedelta

import msgspec

from skipline.model.configuration import Tier
from skipline.model.ids import EntryId
from skipline.model.queue_events import AgentCame, AgentPaused, AnyQueueEvent, EntryJoined, QueuesConfigured
from skipline.model.queueing import Agent, AgentState, Entry, Place, Queue
from skipline.queue.explain import explain_entry, position_of
from skipline.queue.figures import figures_of
from skipline.queue.handle import handle
from skipline.queue.lists import agent_standing, agent_standings, tier_figures, waiting_entries
from skipline.queue.state import QueueState

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(seconds=40)


def _state(*events: AnyQueueEvent) -> QueueState:
    state = QueueState()
    configured = QueuesConfigured(
        at=NOON,
        queues=(Queue(name="vip", reserves={"gold": 1}), Queue(name="general")),
        tiers=(Tier(name="gold", target_seconds=10), Tier(name="silver", target_seconds=40)),
        agents=(Agent(name="ben", queues=("vip",)), Agent(name="ana", queues=("vip", "general"))),
    )
    for event in (configured, *events):
        handle(state, event, event.at)
    return state


def _joins(name: str, after: float, tier: str = "silver", queue: str = "vip") -> EntryJoined:
    at = NOON + timedelta(seconds=after)
    return EntryJoined(at=at, entry=Entry(id=EntryId(name), joined_at=at, place=Place(queue=queue, tier=tier)))


def test_a_line_is_listed_in_the_order_in_which_it_will_be_taken() -> None:
    state = _state(
        _joins("early", 0), _joins("gold", 31, "gold"), _joins("late", 38), _joins("else", 0, queue="general")
    )
    listed = waiting_entries(state, "vip", LATER, 10)
    assert [(one.entry, one.position) for one in listed] == [("early", 1), ("gold", 2), ("late", 3)]
    assert [one.position for one in listed] == [position_of(state, one.entry, LATER) for one in listed]
    assert [one.waited_seconds for one in listed] == [40.0, 9.0, 2.0]
    assert len(waiting_entries(state, "vip", LATER, 2)) == 2
    assert waiting_entries(state, "no such queue", LATER, 2) == []


def test_who_is_being_offered_stands_first() -> None:
    state = _state(_joins("first", 0, "gold"), _joins("second", 1, "gold"), AgentCame(at=LATER, agent="ben"))
    listed = waiting_entries(state, "vip", LATER, 10)
    assert [(one.entry, str(one.state), one.position) for one in listed] == [
        ("first", "reserved", 1),
        ("second", "waiting", 1),
    ]
    ben = agent_standing(state, "ben")
    assert ben is not None
    assert (ben.state, ben.entries, ben.calls) == (AgentState.RESERVED, ("first",), 1)


def test_agents_are_told_by_name_with_what_keeps_them() -> None:
    state = _state(AgentCame(at=NOON, agent="ana"), AgentPaused(at=NOON, agent="ana", reason="lunch"))
    assert [(one.agent, str(one.state), one.reason) for one in agent_standings(state)] == [
        ("ana", "away", "lunch"),
        ("ben", "offline", ""),
    ]
    assert [one.agent for one in agent_standings(state, "general")] == ["ana"]
    assert agent_standing(state, "nobody") is None


def test_agents_who_are_kept_for_a_higher_tier_are_not_ready_for_a_lower_one() -> None:
    state = _state(AgentCame(at=NOON, agent="ana"), _joins("waits", 10))
    gold, silver = tier_figures(state, "vip", LATER)
    assert (gold.tier, gold.waiting, gold.agents_ready) == ("gold", 0, 1)
    assert (silver.tier, silver.waiting, silver.longest_wait_seconds, silver.agents_ready) == ("silver", 1, 30.0, 0)
    assert tier_figures(state, "no such queue", LATER) == []


def test_whoever_has_waited_longest_counts_though_others_were_granted_more() -> None:
    granted = _joins("granted", 35)
    place = Place(queue="vip", tier="silver", credit_seconds=60)
    granted = msgspec.structs.replace(granted, entry=msgspec.structs.replace(granted.entry, place=place))
    state = _state(granted, _joins("plain", 10), _joins("later", 20))
    assert [one.longest_wait_seconds for one in tier_figures(state, "vip", LATER)] == [0.0, 30.0]
    figures = figures_of(state, "vip", LATER)
    assert figures is not None
    assert figures.longest_wait_seconds == 30.0


def test_whoever_an_agent_is_rung_for_still_waits() -> None:
    figures = figures_of(_state(AgentCame(at=NOON, agent="ana"), _joins("rung", 28, "gold")), "vip", LATER)
    assert figures is not None
    assert (figures.waiting, figures.being_offered, figures.longest_wait_seconds) == (1, 1, 12.0)


def test_a_tier_that_nobody_knows_is_listed_while_somebody_waits_under_it() -> None:
    state = _state(_joins("waits", 10, "diamond"))
    assert [one.tier for one in tier_figures(state, "vip", LATER)] == ["gold", "silver", "diamond"]


def test_of_very_many_agents_the_one_who_has_it_is_told_first() -> None:
    state = QueueState()
    agents = tuple(Agent(name=f"agent{number:03}", queues=("vip",)) for number in range(150))
    tiers = (Tier(name="gold", target_seconds=10),)
    configured = QueuesConfigured(at=NOON, queues=(Queue(name="vip"),), tiers=tiers, agents=agents)
    for event in (configured, AgentCame(at=NOON, agent="agent149"), _joins("first", 0, "gold")):
        handle(state, event, NOON)
    explained = explain_entry(state, EntryId("first"), NOON)
    assert explained is not None
    assert len(explained.agents_considered) == 101
    assert explained.agents_considered[0].startswith("agent149: is being offered it")
    assert explained.agents_considered[-1] == "And 50 more."
