"""A promised call-back, from the promise to the talk, with everything that can come between."""

import msgspec
import pytest
from queue_room import FLOW, WORKSPACE, QueueRoom

from skipline.centre.call_back import CallBack
from skipline.centre.call_backs import restore_call_back
from skipline.centre.memo import memo_of, thaw_memo
from skipline.centre.presence import configure_queues
from skipline.model.call import EndedBy, TryEnd
from skipline.model.commands import HangUp, Issued, PlaceCallBack, RingAgent, SayText, StopRinging
from skipline.model.events import CallBackTaken, CallEnded, ContactJoined, ContactRefused
from skipline.model.ids import CallId, EntryId
from skipline.model.queueing import EntryState, Overflow
from skipline.model.run import Outcome

ENTRY = EntryId("call1:3")
FIRST_RINGS_CONTACT = FLOW.replace("retry: 60s", "retry: 60s, rings_first: contact")


def _promised(room: QueueRoom, waited: float = 3.0) -> CallBack:
    """A caller who waited, pressed 1, and hung up on our word."""
    room.call()
    room.pass_time(waited)
    room.end_wait(key="1")
    room.hang_up()
    room.visits.clear()
    return room.centre.call_backs[ENTRY]


def _contact(room: QueueRoom, placed: Issued, *, answers: bool) -> None:
    reservation = placed.body.reservation  # type: ignore[union-attr]
    if answers:
        room.tell(ContactJoined(at=room.now, call=placed.call, reservation=reservation))
        return
    refused = ContactRefused(
        at=room.now, call=placed.call, reservation=reservation, end=TryEnd.NO_ANSWER, code=480, reason="Gone"
    )
    room.tell(refused)
    room.tell(CallEnded(at=room.now, call=placed.call, by=EndedBy.TARGET))


def test_the_promise_keeps_the_place_and_the_run_says_goodbye() -> None:
    room = QueueRoom()
    room.call()
    room.pass_time(3)
    room.end_wait(key="1")
    [taken] = [fact for fact in room.facts if isinstance(fact, CallBackTaken)]
    assert (taken.entry, taken.problem) == (ENTRY, "")
    assert isinstance(room.sent[-1].body, SayText)
    room.hang_up()
    assert room.ended_runs[-1].outcome is Outcome.CALL_BACK
    [stay] = room.state.stays.values()
    assert (stay.entry.is_call_back, stay.entry.contact_phone) == (True, "+31612345678")
    assert stay.entry.place.credit_seconds == pytest.approx(3.5)


def test_no_promise_is_given_that_could_not_be_written_down() -> None:
    room = QueueRoom(can_write=False)
    room.call()
    room.end_wait(key="1")
    assert room.centre.call_backs == {}
    assert room.state.stays == {}


def test_the_agent_is_rung_first_and_then_the_contact() -> None:
    room = QueueRoom()
    _promised(room)
    room.sign_in("ana")
    placed, order = room.last(PlaceCallBack), room.body(PlaceCallBack)
    assert (order.agent_phone, order.phone, order.trunk) == ("ana-phone", "+31612345678", "outward")
    assert (order.caller_number, order.rings_agent_first) == ("+31201234567", True)
    assert (placed.call, [call.id for call in room.placed]) == ("call1:3:1", ["call1:3:1"])
    room.join(placed)
    _contact(room, placed, answers=True)
    room.part(placed, talk=30.0)
    assert isinstance(room.sent[-1].body, HangUp)
    room.tell(CallEnded(at=room.now, call=placed.call, by=EndedBy.FLOW))
    [visit] = room.visits
    assert (visit.ended, visit.agent, visit.talk_seconds, visit.is_call_back) == ("connected", "ana", 30.0, True)
    assert (room.centre.call_backs, room.centre.call_back_calls) == ({}, {})
    record = room.records[ENTRY]
    assert (record.state, record.call_back, record.agent) == (EntryState.CONNECTED, None, "ana")


def test_an_agent_who_does_not_take_it_is_followed_by_the_next() -> None:
    room = QueueRoom()
    _promised(room)
    room.sign_in("ana", "ben")
    first = room.last(PlaceCallBack)
    room.refuse(first)
    second = room.last(PlaceCallBack)
    assert (second.call, room.body(PlaceCallBack).agent) == ("call1:3:2", "ben")
    room.tell(CallEnded(at=room.now, call=first.call, by=EndedBy.FLOW))
    room.join(second)
    _contact(room, second, answers=True)
    assert room.moves(ENTRY)[-1] == "connected"


def test_an_offer_that_ran_out_is_rung_no_longer_and_a_late_answer_reaches_nobody() -> None:
    room = QueueRoom()
    _promised(room)
    room.sign_in("ana", "ben")
    first = room.last(PlaceCallBack)
    room.pass_time(15)
    assert room.last(StopRinging).call == first.call
    assert room.last(PlaceCallBack).call == "call1:3:2"
    room.join(first)
    assert room.last(HangUp).call == first.call
    assert room.centre.call_backs[ENTRY].call == "call1:3:2"


def test_a_contact_who_is_not_reached_is_tried_again_with_the_place_they_had() -> None:
    room = QueueRoom()
    _promised(room)
    joined_at = room.centre.call_backs[ENTRY].entry.joined_at
    room.sign_in("ana")
    room.join(room.last(PlaceCallBack))
    _contact(room, room.last(PlaceCallBack), answers=False)
    assert (room.state.stays, room.visits) == ({}, [])
    assert room.agent_states()["ana"] == "available"
    room.pass_time(59)
    assert len(room.all(PlaceCallBack)) == 1
    room.pass_time(1)
    assert room.last(PlaceCallBack).call == "call1:3:2"
    [stay] = room.state.stays.values()
    assert stay.entry.joined_at == joined_at


def test_after_the_last_attempt_it_is_given_up_and_written_down() -> None:
    room = QueueRoom()
    _promised(room)
    room.sign_in("ana")
    for _ in range(2):
        room.join(room.last(PlaceCallBack))
        _contact(room, room.last(PlaceCallBack), answers=False)
        room.pass_time(60)
    assert len(room.all(PlaceCallBack)) == 2
    [visit] = room.visits
    assert (visit.ended, visit.agent, visit.is_call_back) == ("abandoned", "", True)
    record = room.records[ENTRY]
    assert record.state is EntryState.ABANDONED
    assert record.why[-1] == "Given up after 2 attempts."
    assert "The contact did not answer (480 Gone)." in record.why
    assert room.centre.call_backs == {}


def test_a_rest_lasts_until_the_agent_has_wrapped_up() -> None:
    room = QueueRoom(flow=FLOW.replace("call_back, with: {queue: vip", "call_back, with: {queue: general"))
    _promised(room)
    call_back = room.centre.call_backs[ENTRY]
    call_back.request = msgspec.structs.replace(call_back.request, retry_seconds=0.0)
    room.sign_in("cas")
    room.join(room.last(PlaceCallBack))
    _contact(room, room.last(PlaceCallBack), answers=False)
    room.pass_time(9)
    assert room.centre.call_backs[ENTRY].retry_at is not None
    room.pass_time(6)
    assert len(room.all(PlaceCallBack)) == 2


def test_the_contact_may_be_rung_first_and_wait_for_the_next_agent() -> None:
    room = QueueRoom(flow=FIRST_RINGS_CONTACT)
    _promised(room)
    room.sign_in("ana", "ben")
    placed = room.last(PlaceCallBack)
    assert room.agent_states()["ana"] == "engaged"
    room.pass_time(20)
    _contact(room, placed, answers=True)
    room.refuse(placed, TryEnd.NO_ANSWER, 408, "")
    ring = room.last(RingAgent)
    assert (ring.call, room.body(RingAgent).agent) == (placed.call, "ben")
    room.join(ring)
    assert room.moves(ENTRY)[-1] == "connected"
    room.pass_time(10)
    room.tell(CallEnded(at=room.now, call=placed.call, by=EndedBy.CALLER))
    [visit] = room.visits
    assert (visit.ended, visit.agent) == ("connected", "ben")
    assert room.centre.call_backs == {}


def test_a_contact_rung_first_who_does_not_answer_frees_the_agent() -> None:
    room = QueueRoom(flow=FIRST_RINGS_CONTACT)
    _promised(room)
    room.sign_in("ana")
    _contact(room, room.last(PlaceCallBack), answers=False)
    assert room.agent_states()["ana"] == "available"
    assert room.centre.call_backs[ENTRY].attempts == 1


def test_a_contact_who_hangs_up_while_they_wait_for_an_agent_has_abandoned() -> None:
    room = QueueRoom(flow=FIRST_RINGS_CONTACT)
    _promised(room)
    room.sign_in("ana")
    placed = room.last(PlaceCallBack)
    _contact(room, placed, answers=True)
    room.refuse(placed)
    room.tell(CallEnded(at=room.now, call=placed.call, by=EndedBy.CALLER))
    assert [visit.ended for visit in room.visits] == ["abandoned"]
    assert room.centre.call_backs == {}


def test_what_a_worker_tells_again_counts_once() -> None:
    room = QueueRoom()
    _promised(room)
    room.sign_in("ana")
    placed = room.last(PlaceCallBack)
    for _ in range(2):
        room.join(placed)
    _contact(room, placed, answers=True)
    began = room.centre.call_backs[ENTRY].connected_at
    room.pass_time(5)
    room.join(placed)
    _contact(room, placed, answers=True)
    call_back = room.centre.call_backs[ENTRY]
    assert (call_back.attempts, call_back.connected_at) == (1, began)
    assert room.moves(ENTRY).count("connected") == 1


def test_a_call_lost_by_our_fault_puts_the_contact_back_in_line() -> None:
    room = QueueRoom()
    _promised(room)
    room.sign_in("ana", "ben")
    placed = room.last(PlaceCallBack)
    room.tell(CallEnded(at=room.now, call=placed.call, by=EndedBy.LOST))
    assert room.last(PlaceCallBack).call == "call1:3:2"


def test_a_contact_who_waited_for_an_agent_in_a_call_that_we_lost_is_called_again() -> None:
    room = QueueRoom(flow=FIRST_RINGS_CONTACT)
    _promised(room)
    room.sign_in("ana")
    placed = room.last(PlaceCallBack)
    _contact(room, placed, answers=True)
    room.refuse(placed)
    room.tell(CallEnded(at=room.now, call=placed.call, by=EndedBy.LOST))
    assert room.visits == []
    room.pass_time(60)
    room.sign_in("ben")
    assert room.last(PlaceCallBack).call == "call1:3:2"


def test_the_memo_of_its_call_brings_a_call_back_through_a_crash() -> None:
    room = QueueRoom()
    _promised(room)
    room.sign_in("ana")
    placed = room.last(PlaceCallBack)
    memo = thaw_memo(memo_of(room.centre, placed.call))
    assert memo.call_back == room.centre.call_backs[ENTRY]
    assert memo_of(room.centre, CallId("call9")) == b""


def test_a_promise_is_kept_where_the_queue_would_have_given_a_caller_up() -> None:
    room = QueueRoom()
    _promised(room)
    room.pass_time(4000)
    room.sign_in("ana")
    assert room.last(PlaceCallBack).call == "call1:3:1"


def test_a_promise_goes_on_in_the_next_queue_and_is_kept_there() -> None:
    first = msgspec.structs.replace(WORKSPACE.queues[0], overflow=Overflow(after_seconds=60.0, to="general"))
    room = QueueRoom(workspace=msgspec.structs.replace(WORKSPACE, queues=(first, *WORKSPACE.queues[1:])))
    _promised(room)
    room.pass_time(60)
    kept = msgspec.convert(room.records[ENTRY].call_back, CallBack)
    assert (kept.entry.place.queue, kept.entry.place.credit_seconds) == ("general", pytest.approx(63.5))
    room.sign_in("cas")
    assert room.body(PlaceCallBack).agent == "cas"


def test_a_promise_outlives_its_queue() -> None:
    room = QueueRoom()
    _promised(room)
    room._carry_out(configure_queues(room.centre, msgspec.structs.replace(WORKSPACE, queues=()), room.now))
    room.pass_time(3600)
    assert room.state.stays == {}
    assert room.centre.call_backs[ENTRY].why.count("There is no queue vip.") == 1
    room._carry_out(configure_queues(room.centre, WORKSPACE, room.now))
    room.pass_time(60)
    room.sign_in("ana")
    assert room.last(PlaceCallBack).call == "call1:3:1"


def test_a_contact_who_was_not_reached_before_a_restart_is_tried_again_after_it() -> None:
    before = QueueRoom()
    _promised(before)
    before.sign_in("ana")
    before.join(before.last(PlaceCallBack))
    _contact(before, before.last(PlaceCallBack), answers=False)
    kept = msgspec.convert(before.records[ENTRY].call_back, CallBack)
    after = QueueRoom(now=before.now)
    after._carry_out(restore_call_back(after.centre, kept, after.now))
    after.sign_in("ana")
    after.pass_time(58)
    assert after.all(PlaceCallBack) == []
    after.pass_time(2)
    assert after.last(PlaceCallBack).call == "call1:3:2"
