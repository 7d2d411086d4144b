"""Needs that relax, agents asked for by name, waits that are granted, tiers known late, room for messages."""

import pytest
from queue_floor import Floor

from skipline.model.queue_events import (
    AgentCame,
    AgentPaused,
    AgentReady,
    AgentWent,
    EntryReranked,
    EntryRestored,
    EntryReturned,
    TimePassed,
)
from skipline.model.queueing import Agent, AgentState, Entry, Medium, Place, Preference, Queue, SkillNeed

HELP = Queue(name="help", fair_lane=0)
DUTCH = SkillNeed(skill="dutch", level=3)


def _skilled(name: str, **skills: int) -> Agent:
    return Agent(name=name, queues=("help",), skills=skills)


def _occupied(*agents: Agent | str, **rules: object) -> Floor:
    """Everybody is in a call named after them."""
    floor = Floor(Queue(name="help", fair_lane=0, **rules), agents)  # type: ignore[arg-type]
    for name in list(floor.state.seats):
        floor.join(name, preferences=(Preference(agents=(name,), seconds=60),))
        floor.accept(name)
    return floor


def test_only_who_has_the_skill_at_its_level_is_offered_an_entry() -> None:
    floor = Floor(HELP, [_skilled("ana", dutch=2), _skilled("ben", dutch=3, tech=1)])
    floor.join("e1", needs=(DUTCH,))
    floor.join("e2", needs=(DUTCH, SkillNeed(skill="tech", level=2)))
    assert floor.offered == [("e1", "ben")]
    assert floor.explain("e2").agents_considered == (
        "ana: lacks dutch >= 3 (has 2) and tech >= 2 (has 0).",
        "ben: lacks tech >= 2 (has 1).",
    )


def test_a_need_relaxes_with_time_step_by_step() -> None:
    steps = (SkillNeed(skill="dutch", level=5, until_seconds=10), SkillNeed(skill="dutch", level=2, until_seconds=20))
    floor = Floor(HELP, [_skilled("ana", dutch=2), "ben"])
    floor.join("e1", at=0, needs=steps)
    floor.pass_time(9.9)
    assert floor.offered == []
    floor.pass_time(10)
    assert floor.offered == [("e1", "ana")]
    floor.decline("e1", is_unreachable=True)
    floor.pass_time(19.9)
    assert floor.now_offered == []
    floor.pass_time(20)
    assert floor.now_offered == [("e1", "ben")]


def test_a_relaxed_entry_stands_where_its_arrival_says() -> None:
    floor = _occupied("ana")
    floor.join("wanted", at=1, needs=(SkillNeed(skill="dutch", until_seconds=30),))
    floor.join("plain", at=2)
    floor.pass_time(31)
    floor.end("ana", at=31)
    assert floor.drain() == ["wanted", "plain"]


def test_the_owner_is_asked_for_some_time_then_the_deputy_then_anybody() -> None:
    floor = _occupied("owner", "deputy", "ana")
    wishes = (Preference(agents=("owner",), seconds=10), Preference(agents=("deputy",), seconds=5))
    floor.join("e1", at=1, preferences=wishes)
    floor.end("ana", at=2)
    assert floor.now_offered == []
    assert "Asks for owner." in floor.explain("e1").why
    assert "ana: it asks for owner for now." in floor.explain("e1").agents_considered
    floor.pass_time(11)
    assert "Asks for deputy." in floor.explain("e1").why
    floor.pass_time(15.9)
    assert floor.now_offered == []
    floor.pass_time(16)
    assert floor.now_offered == [("e1", "ana")]


def test_an_owner_who_comes_free_in_time_gets_the_entry_even_from_another_queue() -> None:
    owner = Agent(name="owner", queues=("sales",))
    floor = Floor([HELP, Queue(name="sales")], [owner, Agent(name="ana", queues=("help",))])
    floor.join("busy", queue="sales")
    floor.accept("busy")
    floor.join("e1", at=1, needs=(DUTCH,), preferences=(Preference(agents=("owner",), seconds=30),))
    floor.end("busy", at=9)
    assert floor.now_offered == [("e1", "owner")]
    assert "It asks for owner; owner has room." in floor.explain("e1").why


@pytest.mark.parametrize("gone", [None, AgentWent, AgentPaused])
def test_nobody_waits_for_an_owner_who_is_not_there(gone: type | None) -> None:
    floor = Floor(HELP, ["ana", "owner"])
    if gone is not None:
        floor.tell(gone, agent="owner", **({"reason": "lunch"} if gone is AgentPaused else {}))
    wishes = (Preference(agents=("stranger",), seconds=10), Preference(agents=("owner",), seconds=10))
    floor.join("e1", preferences=wishes)
    assert floor.offered == [("e1", "owner" if gone is None else "ana")]


def test_an_entry_that_waits_for_its_owner_goes_on_when_they_leave_and_does_not_come_back() -> None:
    floor = _occupied("owner", "ana")
    floor.join("e1", at=1, preferences=(Preference(agents=("owner",), seconds=60),))
    floor.tell(AgentPaused, at=5, agent="owner", reason="lunch")
    floor.tell(AgentReady, at=6, agent="owner")
    floor.end("ana", at=7)
    assert floor.now_offered == [("e1", "ana")]


def test_an_owner_who_refuses_leaves_the_entry_to_everybody() -> None:
    floor = Floor(HELP, ["ana", "owner"])
    floor.join("e1", preferences=(Preference(agents=("owner",), seconds=60),))
    floor.decline("e1", at=2)
    assert floor.offered == [("e1", "owner"), ("e1", "ana")]


def test_agents_named_together_are_tried_in_the_order_they_are_named() -> None:
    floor = Floor(HELP, ["ana", "ben", "carl"])
    wish = (Preference(agents=("carl", "ben"), seconds=60),)
    floor.join("e1", preferences=wish)
    floor.join("e2", preferences=wish)
    floor.join("e3", preferences=wish)
    assert floor.offered == [("e1", "carl"), ("e2", "ben")]


def test_granted_time_counts_as_waited() -> None:
    floor = _occupied("ana")
    floor.join("first", at=10)
    floor.join("transferred", at=20, credit_seconds=15)
    assert floor.explain("transferred").why[0] == (
        "Urgency 0.75: waited 0.0 s and 15 s granted of a 20 s target (silver)."
    )
    floor.end("ana", at=30)
    assert floor.drain() == ["transferred", "first"]
    assert floor.visits[1].credit_seconds == 15


def test_a_tier_that_becomes_known_late_changes_the_order_and_keeps_the_arrival() -> None:
    floor = _occupied("ana")
    floor.join("e1", "bronze", at=1, target_seconds=50.0)
    floor.join("e2", "silver", at=5)
    floor.tell(EntryReranked, at=8, entry="e1", tier="gold", reason="The look-up says gold.")
    assert floor.explain("e1").why[0] == "The look-up says gold."
    floor.end("ana", at=15)
    assert floor.drain() == ["e1", "e2"]
    assert (floor.visits[1].tier, floor.visits[1].waited_seconds, floor.visits[1].target_seconds) == ("gold", 14, 10)


def test_a_tier_for_who_is_offered_already_goes_on_record() -> None:
    floor = Floor()
    floor.join("e1", "bronze")
    floor.tell(EntryReranked, entry="e1", tier="gold")
    floor.accept("e1")
    floor.tell(EntryReranked, entry="e1", tier="silver")
    floor.end("e1")
    assert floor.visits[0].tier == "gold"


def test_restored_entries_stand_where_they_stood_and_contacts_are_where_they_were() -> None:
    floor = Floor(HELP, ["ana", "ben"], came=False)

    def restore(entry: str, joined: float, agent: str = "", since: float | None = None) -> None:
        value = Entry(id=entry, joined_at=floor.time(joined), place=Place(queue="help", tier="silver"))  # type: ignore[arg-type]
        at = None if since is None else floor.time(since)
        floor.tell(EntryRestored, at=100, entry=value, agent=agent, connected_at=at)

    restore("late", 50)
    restore("early", 40)
    restore("talking", 10, "ana", 25)
    restore("talking", 10, "ana", 25)
    floor.tell(AgentCame, agent="ana")
    assert floor.agent("ana") == (AgentState.ENGAGED, "")
    floor.tell(AgentCame, agent="ben")
    assert floor.now_offered == [("early", "ben")]
    floor.end("talking", at=130, talk=105)
    visit = floor.visits[0]
    assert (visit.agent, visit.waited_seconds, visit.left_at) == ("ana", 15, floor.time(25))
    assert floor.now_offered == [("late", "ana")]


def test_a_contact_restored_to_an_agent_who_is_gone_ends_like_any_other() -> None:
    floor = Floor(HELP, ["ana"])
    entry = Entry(id="e1", joined_at=floor.time(), place=Place(queue="help"))  # type: ignore[arg-type]
    floor.tell(EntryRestored, entry=entry, agent="stranger", connected_at=floor.time())
    floor.end("e1", at=9, talk=9)
    assert floor.visits[0].agent == "stranger"
    assert list(floor.state.seats) == ["ana"]


# Room


def _writer(most: int, beside: int = 0) -> Agent:
    return Agent(name="ana", queues=("help",), most_chats=most, chats_during_call=beside)


def test_an_agent_holds_as_many_conversations_as_they_may() -> None:
    floor = Floor(HELP, [_writer(2)])
    for number in range(3):
        floor.message(f"m{number}")
    assert floor.offered == [("m0", "ana"), ("m1", "ana")]
    floor.accept("m0")
    floor.accept("m1")
    floor.end("m0")
    assert floor.now_offered == [("m2", "ana")]


@pytest.mark.parametrize(("beside", "offered"), [(0, ["c1"]), (1, ["c1", "m1"])])
def test_beside_a_call_only_so_many_conversations_as_agreed(beside: int, offered: list[str]) -> None:
    floor = Floor(HELP, [_writer(3, beside)])
    floor.join("c1")
    floor.message("m1")
    floor.message("m2")
    floor.join("c2")
    assert [entry for entry, _ in floor.offered] == offered


def test_a_call_waits_until_few_enough_conversations_are_left() -> None:
    floor = Floor(HELP, [_writer(3, 1)])
    for number in range(2):
        floor.message(f"m{number}")
        floor.accept(f"m{number}")
    floor.join("c1")
    assert [entry for entry, _ in floor.offered] == ["m0", "m1"]
    floor.end("m0")
    assert floor.now_offered == [("c1", "ana")]


def test_conversations_go_to_who_has_fewest_in_hand() -> None:
    floor = Floor(HELP, ["ana", "ben"])
    for number in range(4):
        floor.message(f"m{number}")
        floor.accept(f"m{number}")
    assert [agent for _, agent in floor.offered] == ["ana", "ben", "ana", "ben"]


def test_the_medium_of_a_visit_is_that_of_its_entry() -> None:
    floor = Floor()
    floor.message("m1")
    floor.serve("m1")
    assert floor.visits[0].medium is Medium.MESSAGE


def test_somebody_who_was_no_agent_leaves_nothing_behind_for_a_namesake() -> None:
    floor = Floor(HELP, [])
    entry = Entry(id="e1", joined_at=floor.time(), place=Place(queue="help"))  # type: ignore[arg-type]
    floor.tell(EntryRestored, entry=entry, agent="ana", connected_at=floor.time())
    floor.tell(EntryReturned, at=1, entry="e1")
    floor.leave("e1", at=2)
    floor.configure([Queue(name="help", fair_lane=0, offer_seconds=20, misses=0)], ["ana"])
    floor.tell(AgentCame, agent="ana")
    floor.join("e2", at=3)
    floor.tell(TimePassed, at=40)
    assert floor.now_offered == [("e2", "ana")]
