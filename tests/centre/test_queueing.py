"""A caller's stay in a queue, fact by fact, with the real queues beside the centre."""

from datetime import timedelta

import msgspec
import pytest
from queue_room import CALLER, WORKSPACE, QueueRoom, rung

from skipline.model.call import EndedBy, TryEnd
from skipline.model.commands import HangUp, LeaveQueue, RingAgent, SayText, StopRinging, TellWaiting, WaitInQueue
from skipline.model.events import AgentJoined, QueueEnded
from skipline.model.ids import EntryId, ReservationId
from skipline.model.queueing import EntryState, Estimate, Overflow
from skipline.model.run import Outcome

ENTRY = EntryId("call1:1")


def test_a_caller_waits_with_music_and_the_next_free_agent_is_rung() -> None:
    room = QueueRoom()
    room.call()
    assert room.body(WaitInQueue) == WaitInQueue(entry=ENTRY, music="default", keys=("1",))
    assert room.all(RingAgent) == []
    room.pass_time(36)
    room.sign_in("ana")
    ring = room.body(RingAgent)
    assert (ring.agent, ring.phone) == ("ana", "ana-phone")
    assert ring.headers == {"X-Skipline-Run": "call1", "X-Skipline-Tier": "gold"}
    assert ring.whisper.startswith("Gold")
    assert "36 seconds" in ring.whisper


def test_an_answered_caller_goes_on_in_the_flow_after_the_talk() -> None:
    room = QueueRoom()
    room.sign_in("ana")
    room.call()
    ring = room.last(RingAgent)
    room.join(ring)
    assert room.run().outcome_so_far is Outcome.ANSWERED
    assert room.agent_states()["ana"] == "engaged"
    room.part(ring, talk=42.0)
    room.end_wait(has_talked=True)
    [ended] = [fact for fact in room.facts if isinstance(fact, QueueEnded)]
    assert (ended.end, ended.agent, ended.talk_seconds) == ("answered", "ana", 42.0)
    assert isinstance(room.sent[-1].body, HangUp)
    room.hang_up(by=EndedBy.FLOW)
    [visit] = room.visits
    assert (visit.ended, visit.agent, visit.talk_seconds, visit.waited_seconds) == ("connected", "ana", 42.0, 0.5)
    assert room.moves(ENTRY) == ["waiting", "reserved", "connected", "connected"]
    assert room.agent_states()["ana"] == "available"


def test_the_record_and_the_trace_say_why() -> None:
    room = QueueRoom()
    room.sign_in("ana", "ben")
    room.call()
    room.join(ring := room.last(RingAgent))
    room.part(ring)
    room.end_wait(has_talked=True)
    record = room.records[ENTRY]
    assert (record.state, record.agent) == (EntryState.CONNECTED, "ana")
    assert record.left_at == room.now - timedelta(seconds=0.5)
    assert any("ana" in sentence for sentence in record.why)
    assert len(record.agents_considered) == 2
    [run] = room.ended_runs
    detail = run.trace[0].detail
    assert (detail["entry"], detail["queue"], detail["agent"]) == (ENTRY, "vip", "ana")
    assert detail["queue_why"] == list(record.why)


def test_a_caller_who_hangs_up_while_waiting_has_abandoned() -> None:
    room = QueueRoom()
    room.call()
    room.pass_time(12)
    room.hang_up()
    [visit] = room.visits
    assert (visit.ended, visit.waited_seconds) == ("abandoned", 12.5)
    [run] = room.ended_runs
    assert run.outcome is Outcome.ABANDONED
    assert room.records[ENTRY].why[-1] == "The caller hung up."
    assert room.centre.entries == {}


def test_an_agent_who_declines_is_followed_by_the_next_one() -> None:
    room = QueueRoom()
    room.sign_in("ana", "ben")
    room.call()
    first = room.last(RingAgent)
    room.refuse(first)
    second = room.last(RingAgent)
    assert (rung(first), rung(second)) == ("ana", "ben")
    room.join(second)
    assert "ana declined (486 Busy Here)." in room.records[ENTRY].why or "ana declined (486 Busy Here)." in _why(room)
    assert room.visits == []


def _why(room: QueueRoom) -> list[str]:
    stay = next(iter(room.centre.runs.values())).stay
    assert stay is not None
    return stay.why


def test_an_agent_who_does_not_answer_is_rung_no_longer_and_somebody_else_is() -> None:
    room = QueueRoom()
    room.sign_in("ana", "ben")
    room.call()
    first = room.body(RingAgent)
    room.pass_time(15)
    assert room.body(StopRinging).reservation == first.reservation
    assert rung(room.last(RingAgent)) == "ben"


def test_an_agent_whose_ringing_was_cut_short_is_not_blamed() -> None:
    room = QueueRoom()
    room.sign_in("ana")
    for number in range(3):
        room.call(f"call{number}", f"+3160000000{number}")
        room.refuse(room.last(RingAgent), TryEnd.CANCELLED, 0, "the caller left")
        room.hang_up(f"call{number}")
    assert room.agent_states()["ana"] == "available"
    assert [visit.misses for visit in room.visits] == [0, 0, 0]


def test_an_answer_that_comes_when_the_time_was_just_up_counts_and_the_next_agent_is_spared() -> None:
    room = QueueRoom()
    room.sign_in("ana", "ben")
    room.call()
    first = room.last(RingAgent)
    room.pass_time(15)
    second = room.last(RingAgent)
    assert rung(second) == "ben"
    room.join(first)
    assert room.body(StopRinging).reservation == ReservationId("r2")
    assert (room.agent_states()["ana"], room.agent_states()["ben"]) == ("engaged", "available")
    room.refuse(second, TryEnd.CANCELLED, 487, "Request Terminated")
    room.part(first)
    room.end_wait(has_talked=True)
    assert [visit.agent for visit in room.visits] == ["ana"]


@pytest.mark.parametrize("to", ["general", ""])
def test_an_answer_that_crosses_with_the_queue_giving_up_counts_and_keeps_the_agent(to: str) -> None:
    first = msgspec.structs.replace(WORKSPACE.queues[0], overflow=Overflow(after_seconds=10.0, to=to))
    room = QueueRoom(workspace=msgspec.structs.replace(WORKSPACE, queues=(first, *WORKSPACE.queues[1:])))
    room.sign_in("ben", "ana")
    room.call("call0", "+31600000000")
    room.join(room.last(RingAgent))
    room.call()
    ring = room.last(RingAgent)
    assert rung(ring) == "ana"
    room.pass_time(15)
    assert room.moves(ENTRY)[-1] == ("waiting" if to else "overflowed")
    room.join(ring)
    assert room.agent_states()["ana"] == "engaged"
    room.part(ring, talk=30.0)
    room.end_wait(has_talked=True)
    room.pass_time(10)
    assert (room.visits[-1].ended, room.visits[-1].agent, room.visits[-1].talk_seconds) == ("connected", "ana", 30.0)
    assert (list(room.state.stays), list(room.centre.entries)) == (["call0:1"], ["call0:1"])
    assert room.agent_states()["ana"] == "available"


def test_a_key_leads_on_and_the_entry_is_over() -> None:
    room = QueueRoom()
    room.call()
    room.pass_time(20)
    room.end_wait(key="1")
    assert [visit.ended for visit in room.visits] == ["overflowed"]
    assert room.run().step == "promise"


def test_a_caller_whom_the_queue_gives_up_hears_no_more_music_and_goes_on() -> None:
    room = QueueRoom()
    room.call()
    room.pass_time(300)
    assert isinstance(room.sent[-1].body, LeaveQueue)
    room.end_wait()
    assert isinstance(room.sent[-1].body, SayText)
    [ended] = [fact for fact in room.facts if isinstance(fact, QueueEnded)]
    assert (ended.end, round(ended.waited_seconds)) == ("overflowed", 300)
    assert "gives up after 300 s" in ended.reason
    assert room.moves(ENTRY) == ["waiting", "overflowed"]


def test_the_agents_phone_going_silent_puts_the_caller_next_again() -> None:
    room = QueueRoom()
    room.sign_in("ana")
    room.call()
    ring = room.last(RingAgent)
    room.join(ring)
    room.call("call2", "+31600000002")
    room.part(ring, talk=20.0, is_lost=True)
    room.sign_in("ben")
    assert room.last(RingAgent).call == "call1"
    assert rung(room.last(RingAgent)) == "ben"


def test_what_was_talked_before_the_phone_was_lost_is_no_wait_in_any_record() -> None:
    room = QueueRoom()
    room.sign_in("ana")
    room.call()
    room.join(ring := room.last(RingAgent))
    room.part(ring, talk=200.0, is_lost=True)
    room.pass_time(10)
    room.sign_in("ben")
    room.join(ring := room.last(RingAgent))
    assert _why(room)[-1] == "ben answered after 11.5 s."
    room.part(ring, talk=30.0)
    room.end_wait(has_talked=True)
    [visit], record = room.visits, room.records[ENTRY]
    assert (visit.waited_seconds, record.waited_seconds) == (11.5, 11.5)
    [ended] = [fact for fact in room.facts if isinstance(fact, QueueEnded)]
    assert ended.waited_seconds == 11.5


def test_a_queue_that_is_gone_fails_and_the_flow_goes_on() -> None:
    room = QueueRoom()
    room.centre.queues = {}
    room.call()
    assert isinstance(room.sent[-1].body, SayText)
    assert room.state.stays == {}


def test_an_agent_without_a_phone_is_not_rung() -> None:
    room = QueueRoom()
    room.sign_in("ana", "ben")
    room.centre.agents = {name: one for name, one in room.centre.agents.items() if name != "ana"}
    room.call()
    assert [rung(one) for one in room.all(RingAgent)] == ["ben"]


def test_an_offer_for_an_entry_that_nobody_carries_makes_it_leave() -> None:
    room = QueueRoom()
    room.call()
    room.centre.runs.clear()
    room.sign_in("ana")
    assert room.all(RingAgent) == []
    assert room.state.stays == {}


@pytest.mark.parametrize("reservation", ["r9", ""])
def test_facts_about_an_offer_that_never_was_change_nothing(reservation: str) -> None:
    room = QueueRoom()
    call = room.call()
    room.tell(AgentJoined(at=room.now, call=call, reservation=ReservationId(reservation)))
    assert room.moves(ENTRY) == ["waiting"]


def test_position_and_wait_are_told_again_only_when_they_got_better() -> None:
    room = QueueRoom(estimate=Estimate(seconds=200, low=130, high=290))
    room.call("call0", "+31600000000")
    room.call()
    room.pass_time(4)
    first = room.body(TellWaiting, "call1").text
    assert first == "You are number 2 in line. Your wait is between 3 and 5 minutes."
    room.pass_time(45)
    room.estimate = Estimate(seconds=300, low=250, high=400)
    room.pass_time(45)
    said = [one.body.text for one in room.all(TellWaiting, "call1") if isinstance(one.body, TellWaiting)]
    assert said == [first, "Thank you for waiting."]
    room.hang_up("call0")
    room.pass_time(45)
    assert "You are next" in room.body(TellWaiting, "call1").text


def test_nobody_is_spoken_to_while_an_agent_is_rung_for_them() -> None:
    room = QueueRoom()
    room.sign_in("ana")
    room.call()
    room.pass_time(14)
    assert room.all(TellWaiting) == []


def test_who_is_lost_by_our_fault_is_as_far_in_line_when_they_ring_back() -> None:
    room = QueueRoom()
    room.call()
    room.call("call2", "+31600000002")
    room.pass_time(89.5)
    room.hang_up(by=EndedBy.LOST)
    room.pass_time(120)
    room.call("call3", CALLER)
    stay = room.state.stays[EntryId("call3:1")]
    assert stay.entry.place.credit_seconds == pytest.approx(90.5)
    assert "in a call that we lost" in stay.entry.reasons[-1]
    assert room.records[ENTRY].is_lost


def test_a_lost_place_is_kept_for_five_minutes_and_used_once() -> None:
    room = QueueRoom()
    room.call()
    room.hang_up(by=EndedBy.LOST)
    room.pass_time(301)
    room.call("call2", CALLER)
    assert room.state.stays[EntryId("call2:1")].entry.place.credit_seconds == 0
    room.hang_up("call2", by=EndedBy.LOST)
    for call in ("call3", "call4"):
        room.call(call, CALLER)
    stays = [room.state.stays[EntryId(f"{call}:1")] for call in ("call3", "call4")]
    assert [stay.entry.place.credit_seconds for stay in stays] == [0.5, 0]
