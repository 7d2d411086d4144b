"""When an entry gives up on its queue, and where it goes."""

from datetime import datetime

import pytest
from queue_floor import Floor

from skipline.model.ids import EntryId
from skipline.model.queue_events import (
    AgentCame,
    AgentPaused,
    AgentWent,
    EntryJoined,
    EntryOverflowed,
    EntryRestored,
    EntryReturned,
)
from skipline.model.queueing import Agent, Entry, Estimate, Overflow, Place, Preference, Queue, SkillNeed
from skipline.queue.state import QueueState
from skipline.queue.stay import Stay


def _floor(rules: Overflow, *agents: str, came: bool = True) -> Floor:
    return Floor([Queue(name="help", overflow=rules), Queue(name="night")], agents, came=came)


def _overflowed(floor: Floor) -> list[tuple[str, str, str]]:
    return [(one.entry.id, one.to, one.reason) for one in floor.of(EntryOverflowed)]


def test_an_entry_gives_up_after_its_time_and_its_flow_decides() -> None:
    floor = _floor(Overflow(after_seconds=120))
    floor.join("e1", at=3)
    floor.pass_time(122.9)
    assert _overflowed(floor) == []
    floor.pass_time(123)
    assert _overflowed(floor) == [("e1", "", "Waited 120.0 s; this queue gives up after 120 s.")]
    (visit,) = floor.visits
    assert (visit.ended, visit.waited_seconds, visit.overflowed_to) == ("overflowed", 120, "")
    assert floor.state.stays == {}


def test_it_waits_for_the_phone_that_rings_and_goes_when_nobody_takes_it() -> None:
    floor = _floor(Overflow(after_seconds=20), "ana", "ben")
    floor.join("busy")
    floor.accept("busy")
    floor.join("e1", at=10)
    floor.decline("e1", at=26, is_unreachable=True)
    assert _overflowed(floor) == []
    floor.pass_time(31)
    assert [entry for entry, _, _ in _overflowed(floor)] == ["e1"]


def test_what_was_talked_before_the_agents_phone_was_lost_is_no_wait() -> None:
    floor = _floor(Overflow(after_seconds=120), "ana")
    floor.join("e1", at=0)
    floor.accept("e1", at=4)
    floor.tell(EntryReturned, at=304, entry="e1")
    floor.tell(AgentPaused, agent="ana", reason="lunch")
    floor.pass_time(419.9)
    assert _overflowed(floor) == []
    floor.pass_time(420)
    assert _overflowed(floor) == [("e1", "", "Waited 120.0 s; this queue gives up after 120 s.")]


def test_it_takes_its_waited_time_along_to_the_next_queue() -> None:
    floor = _floor(Overflow(after_seconds=60, to="night"))
    needs = (SkillNeed(skill="dutch", until_seconds=20), SkillNeed(skill="tech", until_seconds=90))
    wishes = (Preference(agents=("owner",), seconds=300),)
    floor.join("e1", at=0, credit_seconds=5, needs=needs, preferences=wishes)
    floor.pass_time(60)
    (moved,) = floor.of(EntryOverflowed)
    place = moved.entry.place
    assert (moved.to, place.queue, place.credit_seconds, place.preferences) == ("night", "night", 65, ())
    assert place.needs == (SkillNeed(skill="tech", until_seconds=30),)
    assert moved.entry.joined_at == floor.time(60)
    assert floor.explain("e1").why[1].startswith("Urgency 3.25: waited 0.0 s and 65 s granted of a 20 s target")
    floor.leave("e1", at=70)
    assert [(one.queue, one.waited_seconds, one.ended) for one in floor.visits] == [
        ("help", 60, "overflowed"),
        ("night", 10, "abandoned"),
    ]


def test_it_never_goes_back_by_itself_to_a_queue_that_it_gave_up_on() -> None:
    queues = [
        Queue(name="help", overflow=Overflow(most_waiting=0, to="night")),
        Queue(name="night", overflow=Overflow(most_waiting=0, to="help")),
    ]
    floor = Floor(queues, [])
    floor.join("e1")
    assert [(entry, to) for entry, to, _ in _overflowed(floor)] == [("e1", "night"), ("e1", "")]


def test_a_full_queue_takes_nobody_more_but_who_finds_a_free_agent() -> None:
    floor = _floor(Overflow(most_waiting=1), "ana")
    floor.join("e1", at=0)
    floor.accept("e1")
    floor.join("e2", at=1)
    floor.join("e3", at=2)
    assert _overflowed(floor) == [("e3", "", "The queue is full: 1 wait, 1 may.")]
    floor.end("e1")
    floor.accept("e2")
    floor.end("e2")
    floor.join("e4", at=9)
    assert floor.now_offered == [("e4", "ana")]


def test_who_was_let_in_because_an_agent_was_free_stays_in_when_nobody_answers() -> None:
    floor = _floor(Overflow(most_waiting=1), "ana", "ben")
    floor.join("e1", at=0)
    floor.join("e2", at=0)
    floor.pass_time(40)
    assert [floor.agent(name)[1] for name in ("ana", "ben")] == ["missed 2 offers"] * 2
    assert _overflowed(floor) == []
    assert sorted(floor.state.stays) == ["e1", "e2"]


def _promise(floor: Floor) -> None:
    place = Place(queue="help", tier="silver")
    entry = Entry(id=EntryId("promised"), joined_at=floor.time(), place=place, is_call_back=True)
    floor.tell(EntryJoined, entry=entry)


@pytest.mark.parametrize(
    "rules",
    [
        Overflow(after_seconds=60),
        Overflow(wait_exceeds_seconds=5),
        Overflow(when_nobody_is_signed_in=True),
        Overflow(most_waiting=0),
        Overflow(after_seconds=60, to="nowhere"),
    ],
)
def test_a_call_back_waits_on_where_a_caller_would_be_given_back_to_the_flow(rules: Overflow) -> None:
    floor = _floor(rules, "ana", came=False)
    floor.state.estimate_of = _ten_seconds_each
    _promise(floor)
    floor.pass_time(3600)
    assert (_overflowed(floor), floor.visits) == ([], [])
    floor.tell(AgentCame, agent="ana")
    assert floor.now_offered == [("promised", "ana")]
    floor.serve("promised")
    assert floor.visits[0].estimate is not None


def test_a_call_back_goes_on_to_the_next_queue_like_anybody() -> None:
    floor = _floor(Overflow(after_seconds=60, to="night"))
    _promise(floor)
    floor.pass_time(60)
    assert [(entry, to) for entry, to, _ in _overflowed(floor)] == [("promised", "night")]
    assert floor.state.stays[EntryId("promised")].entry.place.credit_seconds == 60


def test_nobody_waits_where_nobody_is_signed_in() -> None:
    floor = _floor(Overflow(when_nobody_is_signed_in=True), "ana", came=False)
    floor.join("e1")
    assert _overflowed(floor) == [("e1", "", "Nobody is signed in.")]
    floor.tell(AgentCame, agent="ana")
    floor.join("e2")
    floor.accept("e2")
    floor.join("e3")
    floor.tell(AgentPaused, agent="ana", reason="lunch")
    assert len(_overflowed(floor)) == 1, "a break is a break"
    floor.tell(AgentWent, agent="ana")
    assert [entry for entry, _, _ in _overflowed(floor)] == ["e1", "e3"]


def test_after_a_restart_nobody_is_sent_away_before_it_is_known_who_is_signed_in() -> None:
    floor = _floor(Overflow(when_nobody_is_signed_in=True), "ana", came=False)
    for name in ("e1", "e2"):
        entry = Entry(id=EntryId(name), joined_at=floor.time(), place=Place(queue="help", tier="silver"))
        floor.tell(EntryRestored, entry=entry)
    floor.tell(AgentCame, at=1, agent="ana")
    assert floor.now_offered == [("e1", "ana")]
    floor.pass_time(4.9)
    floor.tell(AgentWent, agent="ana")
    assert _overflowed(floor) == []
    floor.pass_time(5)
    assert _overflowed(floor) == [("e1", "", "Nobody is signed in."), ("e2", "", "Nobody is signed in.")]


def test_somebody_who_went_home_without_signing_out_counts_as_gone() -> None:
    floor = _floor(Overflow(when_nobody_is_signed_in=True), "ana")
    floor.join("e1")
    floor.pass_time(29.9)
    assert _overflowed(floor) == []
    floor.pass_time(30)
    assert _overflowed(floor) == [("e1", "", "Nobody is signed in.")]


def _ten_seconds_each(state: QueueState, stay: Stay, now: datetime) -> Estimate:
    seconds = 10.0 * stay.grade.hall.waiting
    return Estimate(seconds=seconds, low=seconds / 2, high=seconds * 2)


def test_an_entry_whose_wait_would_be_too_long_goes_at_once_or_when_that_becomes_clear() -> None:
    floor = _floor(Overflow(wait_exceeds_seconds=25))
    floor.state.estimate_of = _ten_seconds_each
    for number in range(3):
        floor.join(f"e{number}", at=number)
    assert _overflowed(floor) == [("e2", "", "The estimated wait is 30 s; this queue gives up above 25 s.")]
    floor.state.estimate_of = lambda *_: Estimate(seconds=99, low=1, high=200)
    floor.pass_time(14.9)
    assert len(_overflowed(floor)) == 1
    floor.pass_time(16)
    assert [entry for entry, _, _ in _overflowed(floor)] == ["e2", "e0", "e1"]


def test_the_first_estimate_goes_on_record() -> None:
    floor = Floor(agents=[])
    floor.state.estimate_of = _ten_seconds_each
    floor.join("e1", at=0)
    floor.join("e2", at=1)
    floor.leave("e1", at=5)
    floor.leave("e2", at=5)
    assert [one.estimate and one.estimate.seconds for one in floor.visits] == [10, 20]


def test_a_queue_that_nobody_configured_sends_the_entry_back_to_its_flow() -> None:
    floor = Floor()
    floor.join("e1", queue="nowhere", preferences=(Preference(agents=("ana",), seconds=9),))
    assert _overflowed(floor) == [("e1", "", "There is no queue nowhere.")]
    assert floor.visits[0].queue == "nowhere"


# New queues, tiers and agents while entries wait


def test_a_queue_that_is_taken_away_lets_its_entries_go_where_they_would_have_gone() -> None:
    floor = Floor([Queue(name="help", overflow=Overflow(to="night")), Queue(name="night")], ["ana"], came=False)
    floor.join("e1", at=0)
    floor.tell(AgentCame, agent="ana")
    floor.configure([Queue(name="night")], ["ana"])
    assert _overflowed(floor) == [("e1", "night", "There is no queue help.")]
    assert floor.now_offered == [("e1", "ana")]
    floor.configure([], ["ana"])
    assert _overflowed(floor)[1:] == [("e1", "", "There is no queue night.")]


def test_a_tier_that_is_taken_away_keeps_its_entries_waiting_behind_the_others() -> None:
    floor = Floor()
    floor.join("busy")
    floor.accept("busy")
    floor.join("gold", "gold", at=0)
    floor.join("bronze", "bronze", at=1)
    tiers = floor.state.tiers
    floor.configure([Queue(name="help", fair_lane=0)], ["ana"], [tiers["bronze"]])
    floor.end("busy", at=9)
    assert floor.drain() == ["gold", "bronze"], "one target now, so they go by arrival"


def test_an_agent_who_is_taken_away_keeps_their_call_and_what_rings_is_offered_to_others() -> None:
    floor = Floor(agents=["ana", "ben", "carl"])
    floor.join("talking")
    floor.accept("talking")
    floor.join("ringing")
    floor.configure([Queue(name="help", fair_lane=0)], ["carl"])
    assert floor.now_offered == [("ringing", "carl")]
    floor.end("talking", at=50, talk=50)
    assert floor.visits[0].agent == "ana"
    assert set(floor.state.seats) == {"carl"}


def test_a_new_agent_a_new_skill_and_a_new_policy_take_hold_at_once() -> None:
    floor = Floor(agents=[])
    floor.join("e1", at=0, needs=(SkillNeed(skill="dutch"),))
    floor.configure([Queue(name="help")], ["ana"])
    floor.tell(AgentCame, agent="ana")
    assert floor.offered == []
    floor.configure([Queue(name="help")], [Agent(name="ana", queues=("help",), skills={"dutch": 1})])
    assert floor.now_offered == [("e1", "ana")]


def test_configuring_the_same_again_changes_nothing() -> None:
    floor = Floor(agents=["ana", "ben"])
    floor.join("talking")
    floor.accept("talking")
    floor.join("ringing")
    floor.join("waiting", at=3)
    before = floor.explain("waiting")
    floor.configure([Queue(name="help", fair_lane=0)], ["ana", "ben"])
    assert floor.decisions == []
    assert floor.explain("waiting") == before
