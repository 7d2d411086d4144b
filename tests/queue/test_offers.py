"""What becomes of an offer: taken, refused, left ringing, and answered too late."""

import pytest
from queue_floor import Floor

from skipline.model.ids import ReservationId
from skipline.model.queue_events import (
    AgentCame,
    AgentPaused,
    AgentReady,
    AgentWent,
    EntryReturned,
    OfferMade,
    OfferWithdrawn,
    ReservationAccepted,
)
from skipline.model.queueing import AgentState, Queue

HELP = Queue(name="help", fair_lane=0, offer_seconds=15, misses=2)


def test_an_offer_names_agent_entry_and_the_time_that_it_lasts() -> None:
    floor = Floor(HELP)
    floor.join("e1", at=5)
    (made,) = floor.of(OfferMade)
    assert made.reservation.id == "r1"
    assert (made.reservation.entry, made.reservation.agent) == ("e1", "ana")
    assert (made.reservation.expires_at - made.reservation.made_at).total_seconds() == 15
    assert floor.agent("ana") == (AgentState.RESERVED, "")


def test_two_states_never_make_the_same_reservation() -> None:
    floor, other = Floor(HELP), Floor(HELP)
    other.state.prefix = "b-"
    floor.join("e1")
    other.join("e1")
    assert floor.reservation("e1") != other.reservation("e1") == "b-1"


def test_an_offer_that_nobody_answers_goes_to_the_next_agent_and_keeps_its_place() -> None:
    floor = Floor(HELP, ["ana", "ben"])
    floor.join("first", at=0)
    floor.join("second", at=1)
    floor.accept("second")
    floor.join("third", at=2)
    floor.pass_time(15)
    withdrawn = floor.of(OfferWithdrawn)
    assert [(one.reservation.entry, one.reason) for one in withdrawn] == [("first", "Not answered within 15 s.")]
    assert floor.offered[-1] == ("third", "ana"), "she just left the first one ringing"
    floor.end("second", at=16)
    assert floor.offered[-1] == ("first", "ben")


def test_the_only_agent_is_asked_again_and_set_aside_after_two_misses() -> None:
    floor = Floor(HELP)
    floor.join("e1", at=0)
    floor.pass_time(14)
    assert floor.offered == [("e1", "ana")]
    floor.pass_time(29)
    assert floor.offered == [("e1", "ana")] * 2, "nobody else could take it"
    floor.pass_time(60)
    assert floor.offered == [("e1", "ana")] * 2
    assert floor.agent("ana") == (AgentState.AWAY, "missed 2 offers")
    floor.tell(AgentCame, agent="ana")
    assert floor.agent("ana")[0] is AgentState.AWAY, "a phone that registers says nothing about who sits there"
    floor.tell(AgentReady, agent="ana")
    assert floor.now_offered == [("e1", "ana")]


def test_misses_count_only_in_a_row() -> None:
    floor = Floor(HELP)
    floor.join("e1")
    floor.decline("e1")
    floor.serve("e1")
    floor.join("e2")
    floor.decline("e2")
    assert floor.now_offered == [("e2", "ana")]


def test_no_misses_set_anybody_aside_when_the_queue_says_so() -> None:
    floor = Floor(Queue(name="help", misses=0))
    floor.join("e1")
    for _ in range(5):
        floor.decline("e1")
    assert floor.now_offered == [("e1", "ana")]


def test_who_refuses_is_not_asked_again_while_others_could_take_it() -> None:
    floor = Floor(HELP, ["ana", "ben"])
    floor.join("busy")
    floor.accept("busy")
    floor.join("e1", at=1)
    floor.decline("e1", at=2)
    assert floor.now_offered == []
    floor.join("e2", at=3)
    assert floor.now_offered == [("e2", "ben")], "for others there is no such rule"
    floor.serve("e2")
    assert floor.explain("e1").agents_considered[1] == "ben: refused it or left it unanswered 1 s ago."
    floor.pass_time(62)
    assert floor.offered[-1] == ("e1", "ben"), "a minute later it is forgotten"


def test_who_refused_is_asked_again_when_the_others_are_gone() -> None:
    floor = Floor(HELP, ["ana", "ben"])
    floor.join("busy")
    floor.accept("busy")
    floor.join("e1", at=1)
    floor.decline("e1", at=2)
    floor.tell(AgentPaused, agent="ana", reason="lunch")
    assert floor.now_offered == [("e1", "ben")]


def test_a_phone_that_cannot_be_reached_is_no_miss_but_left_alone() -> None:
    floor = Floor(HELP)
    floor.join("e1")
    for _ in range(3):
        floor.decline("e1", is_unreachable=True)
        assert floor.agent("ana") == (AgentState.AWAY, "phone cannot be reached")
        floor.pass_time(floor.now + 29.9)
        assert floor.now_offered == []
        floor.pass_time(floor.now + 0.1)
        assert floor.now_offered == [("e1", "ana")]
    floor.decline("e1", is_unreachable=True)
    floor.tell(AgentCame, agent="ana")
    assert floor.now_offered == [("e1", "ana")], "it registered again"


def test_a_caller_who_hangs_up_stops_the_ringing_and_frees_the_agent() -> None:
    floor = Floor(HELP)
    floor.join("e1", at=0)
    floor.join("e2", at=1)
    floor.leave("e1", at=4)
    assert [one.reason for one in floor.of(OfferWithdrawn)] == ["The contact left."]
    assert floor.now_offered == [("e2", "ana")]
    (visit,) = floor.visits
    assert (visit.ended, visit.waited_seconds, visit.rang_seconds, visit.offers) == ("abandoned", 4, 4, 1)


@pytest.mark.parametrize("gone", [(AgentWent, {}), (AgentPaused, {"reason": "lunch"})])
def test_an_agent_who_goes_while_it_rings_leaves_the_entry_to_others(gone: tuple[type, dict[str, str]]) -> None:
    floor = Floor(HELP, ["ana", "ben"])
    floor.join("e1")
    floor.tell(gone[0], agent="ana", **gone[1])
    assert floor.now_offered == [("e1", "ben")]
    assert len(floor.of(OfferWithdrawn)) == 1
    floor.tell(AgentReady, agent="ana")
    floor.tell(AgentCame, agent="ana")
    assert floor.state.seats["ana"].misses == 0


def test_of_two_acceptances_the_first_wins() -> None:
    floor = Floor(HELP, ["ana", "ben"])
    floor.join("e1")
    first = floor.reservation("e1")
    floor.pass_time(15)
    second = floor.reservation("e1")
    floor.tell(ReservationAccepted, at=16, reservation=second)
    floor.tell(ReservationAccepted, at=17, reservation=first)
    (stop,) = floor.decisions
    assert isinstance(stop, OfferWithdrawn)
    assert (stop.reservation.id, stop.reason) == (first, "Somebody else took it.")
    assert floor.state.stays["e1"].seat is floor.state.seats["ben"]  # type: ignore[index]


def test_an_answer_that_comes_after_its_time_takes_the_entry_from_a_phone_that_still_rings() -> None:
    floor = Floor(HELP, ["ana", "ben"])
    floor.join("e1")
    first = floor.reservation("e1")
    floor.pass_time(15)
    assert floor.now_offered == [("e1", "ben")]
    floor.tell(ReservationAccepted, at=15.2, reservation=first)
    assert [one.reservation.agent for one in floor.of(OfferWithdrawn)] == ["ana", "ben"]
    assert floor.agent("ana") == (AgentState.ENGAGED, "")
    assert floor.agent("ben") == (AgentState.AVAILABLE, "")
    floor.end("e1", at=20)
    assert (floor.visits[0].agent, floor.visits[0].waited_seconds) == ("ana", 15.2)


def test_a_late_answer_gives_up_what_rings_at_the_same_agent_meanwhile() -> None:
    floor = Floor(HELP, ["ana", "ben"])
    floor.join("e1", at=0)
    floor.join("e2", at=1)
    late = floor.reservation("e1")
    floor.pass_time(15)
    floor.leave("e2", at=15.5)
    floor.join("e3", at=15.6)
    assert floor.offered[-1] == ("e3", "ana")
    floor.tell(ReservationAccepted, at=15.7, reservation=late)
    assert floor.state.stays["e1"].seat is floor.state.seats["ana"]  # type: ignore[index]
    assert floor.now_offered == [("e3", "ben")]


def test_accepting_twice_or_refusing_after_accepting_changes_nothing() -> None:
    floor = Floor(HELP)
    floor.join("e1")
    floor.accept("e1")
    floor.accept("e1")
    assert floor.decisions == []
    floor.decline("e1")
    assert floor.decisions == []
    assert floor.agent("ana") == (AgentState.ENGAGED, "")


def test_a_reservation_that_nobody_knows_changes_nothing() -> None:
    floor = Floor(HELP)
    floor.tell(ReservationAccepted, reservation=ReservationId("of another life"))
    assert floor.decisions == []


def test_an_acceptance_after_the_caller_left_is_told_to_stop() -> None:
    floor = Floor(HELP)
    floor.join("e1")
    floor.leave("e1", at=3)
    floor.accept("e1", at=3.1)
    (stop,) = floor.decisions
    assert isinstance(stop, OfferWithdrawn)
    assert stop.reason == "It came too late."
    assert floor.agent("ana") == (AgentState.AVAILABLE, "")


def test_an_entry_whose_agents_side_is_lost_is_first_again_with_all_its_waited_time() -> None:
    floor = Floor(HELP, ["ana", "ben"])
    floor.join("e1", at=0)
    floor.accept("e1", at=4)
    floor.join("other", at=5)
    floor.accept("other", at=5)
    floor.join("e2", at=6)
    floor.tell(EntryReturned, at=30, entry="e1")
    assert floor.now_offered == []
    assert floor.agent("ana") == (AgentState.AWAY, "phone cannot be reached")
    floor.end("other", at=40)
    assert floor.now_offered == [("e1", "ben")]
    floor.accept("e1", at=42)
    floor.end("e1", at=52, talk=10)
    visit = floor.visits[-1]
    assert (visit.waited_seconds, visit.talk_seconds) == (4 + 12, 26 + 10), "both waits and both talks count"
    assert visit.agent == "ben"


def test_wrap_up_runs_on_its_own_clock_and_ends_early_for_who_is_ready() -> None:
    floor = Floor(Queue(name="help", wrap_up_seconds=30))
    floor.join("e1", at=0)
    floor.accept("e1", at=0)
    floor.join("e2", at=1)
    floor.end("e1", at=10, talk=10)
    assert floor.agent("ana") == (AgentState.WRAP_UP, "")
    assert floor.visits == []
    floor.pass_time(40)
    assert floor.offered[-1] == ("e2", "ana")
    assert floor.visits[0].wrap_up_seconds == 30
    floor.accept("e2", at=41)
    floor.end("e2", at=50)
    floor.tell(AgentReady, at=55, agent="ana")
    assert floor.visits[1].wrap_up_seconds == 5
    assert floor.agent("ana") == (AgentState.AVAILABLE, "")


def test_a_break_asked_for_in_a_call_begins_when_wrap_up_is_over() -> None:
    floor = Floor(Queue(name="help", wrap_up_seconds=30))
    floor.join("e1")
    floor.accept("e1")
    floor.tell(AgentPaused, at=5, agent="ana", reason="lunch")
    assert floor.agent("ana") == (AgentState.ENGAGED, "")
    floor.end("e1", at=10)
    floor.pass_time(40)
    assert floor.agent("ana") == (AgentState.AWAY, "lunch")
