"""Callers in queues outlive their centre: a new one takes up what a worker hands back, whatever happened in between."""

from collections.abc import Callable
from datetime import datetime

import msgspec
import pytest
from queue_room import WORKSPACE, QueueRoom

from skipline.centre.memo import Memo, freeze_memo, memo_of, thaw_memo
from skipline.centre.presence import know_phones
from skipline.centre.restoring import settle, take_up_stay
from skipline.centre.state import Serving
from skipline.flow.run import freeze_run
from skipline.model.commands import Issued, RingAgent, StopRinging, TransferCall, WaitInQueue
from skipline.model.events import TransferAsked
from skipline.model.ids import CallId
from skipline.model.queueing import Overflow
from skipline.model.voice_link import AgentTalk
from skipline.queue.state import QueueState

CALL = CallId("call1")


class Worker:
    """What a worker keeps of one call: the memo of its last command, and its agent."""

    def __init__(self, room: QueueRoom, call: str = "call1") -> None:
        self.before = room
        self.call = room.centre.runs[CallId(call)].call
        self.memo = room.memos[self.call.id]
        self.wait = room.last(WaitInQueue, call)

    def talk(self, ring: Issued, joined_at: datetime | None) -> AgentTalk:
        body = ring.body
        assert isinstance(body, RingAgent)
        return AgentTalk(reservation=body.reservation, agent=body.agent, joined_at=joined_at)


def next_centre(*held: tuple[Worker, AgentTalk | None], phones: tuple[str, ...] = ("ana-phone",)) -> QueueRoom:
    """A centre that has just heard a worker's Hello. Its queues know nothing yet."""
    room = QueueRoom(state=QueueState(prefix="s"), now=held[0][0].before.now)
    for worker, agent in held:
        memo = thaw_memo(worker.memo)
        assert memo.run is not None
        serving = Serving(worker.call, memo.run, room.centre.flows[worker.call.to].flow, memo.stay)
        room.centre.runs[worker.call.id] = serving
        room.sent.append(worker.wait)
        room._carry_out(take_up_stay(room.centre, serving, agent))
    room.phones = phones  # type: ignore[attr-defined]
    return room


def settled(room: QueueRoom) -> None:
    """All that the worker had kept is in."""
    room._carry_out(settle(room.centre, room.now))
    room._carry_out(know_phones(room.centre, room.phones, room.now))  # type: ignore[attr-defined]


def test_callers_keep_their_places() -> None:
    before = QueueRoom()
    for number in range(3):
        before.call(f"call{number}", f"+3160000000{number}")
        before.pass_time(20)
    after = next_centre(*[(Worker(before, f"call{number}"), None) for number in (2, 0, 1)])
    assert after.state.stays == {}
    settled(after)
    assert after.last(RingAgent).call == "call0"
    assert after.body(RingAgent).reservation == "s1"
    joined = {stay.entry.id: stay.entry.joined_at for stay in after.state.stays.values()}
    assert joined == {stay.entry.id: stay.entry.joined_at for stay in before.state.stays.values()}


def test_a_caller_who_talks_keeps_their_agent_and_nobody_rings_there() -> None:
    before = QueueRoom()
    before.sign_in("ana")
    before.call()
    ring = before.last(RingAgent)
    before.join(ring)
    joined_at = before.now
    before.call("call2", "+31600000002")
    worker, other = Worker(before), Worker(before, "call2")
    worker.memo = before_join_memo(before, ring)
    after = next_centre((other, None), (worker, worker.talk(ring, joined_at)))
    settled(after)
    assert after.all(RingAgent) == []
    assert after.agent_states()["ana"] == "engaged"
    after.part(ring, talk=60.0)
    assert after.last(RingAgent).call == "call2"
    after.end_wait(has_talked=True)
    [visit] = after.visits
    assert (visit.agent, visit.talk_seconds, visit.waited_seconds) == ("ana", 60.0, 0.5)


def before_join_memo(room: QueueRoom, ring: Issued) -> bytes:
    """The memo as it went with the ring: it does not know of the answer."""
    memo = thaw_memo(memo_of(room.centre, CALL))
    assert memo.stay is not None
    memo.stay.wait_on()
    body = ring.body
    assert isinstance(body, RingAgent)
    memo.stay.offer(body.reservation, body.agent)
    room.centre.runs[CALL].stay = memo.stay
    return memo_of(room.centre, CALL)


def _rung_before() -> tuple[QueueRoom, Worker, Issued]:
    before = QueueRoom()
    before.sign_in("ana")
    before.call()
    return before, Worker(before), before.last(RingAgent)


def test_an_agent_who_is_rung_is_let_alone_and_rung_anew() -> None:
    _, worker, ring = _rung_before()
    after = next_centre((worker, worker.talk(ring, None)))
    settled(after)
    assert after.body(StopRinging).reservation == "r1"
    assert after.body(RingAgent).reservation == "s1"


def test_an_answer_that_was_kept_counts() -> None:
    _, worker, ring = _rung_before()
    after = next_centre((worker, worker.talk(ring, None)))
    after.join(ring)
    settled(after)
    assert (after.all(RingAgent), after.all(StopRinging)) == ([], [])
    assert after.agent_states()["ana"] == "engaged"
    after.part(ring, talk=5.0)
    assert [visit.agent for visit in after.visits] == ["ana"]


def _parts(room: QueueRoom, ring: Issued) -> None:
    room.part(ring, talk=5.0)
    room.end_wait(has_talked=True)


def _hangs_up(room: QueueRoom, _: Issued) -> None:
    room.hang_up()


def _presses(room: QueueRoom, _: Issued) -> None:
    room.end_wait(key="1")


@pytest.mark.parametrize(
    ("happens", "ended"), [(_parts, "connected"), (_hangs_up, "abandoned"), (_presses, "overflowed")]
)
def test_whoever_was_gone_before_the_centre_came_back_is_on_record_and_rings_nobody(
    happens: Callable[[QueueRoom, Issued], None], ended: str
) -> None:
    _, worker, ring = _rung_before()
    after = next_centre((worker, None))
    happens(after, ring)
    visits = [visit.ended for visit in after.visits]
    settled(after)
    assert visits == [ended]
    assert [one for one in after.all(RingAgent) if one.call == CALL] == []


def test_a_refusal_that_was_kept_lets_the_caller_wait_on() -> None:
    _, worker, ring = _rung_before()
    after = next_centre((worker, None))
    after.refuse(ring)
    settled(after)
    assert after.body(RingAgent).reservation == "s1"


def test_a_transfer_that_was_under_way_leads_where_it_was_to_lead() -> None:
    before, _, ring = _rung_before()
    before.join(ring)
    joined_at, body = before.now, ring.body
    assert isinstance(body, RingAgent)
    before.tell(TransferAsked(at=before.now, call=CALL, reservation=body.reservation, to="sip:general@here"))
    assert before.all(TransferCall)
    worker = Worker(before)
    for agent in (worker.talk(ring, joined_at), None):
        after = next_centre((worker, agent))
        if agent is not None:
            after.part(ring, talk=9.0, is_transfer=True)
        settled(after)
        [stay] = after.state.stays.values()
        assert stay.entry.place.queue == "general"
        assert [visit.was_transferred for visit in after.visits] == [True]


def test_a_caller_who_was_handed_on_keeps_the_new_place() -> None:
    before, _, ring = _rung_before()
    before.join(ring)
    body = ring.body
    assert isinstance(body, RingAgent)
    before.tell(TransferAsked(at=before.now, call=CALL, reservation=body.reservation, to="sip:general@here"))
    before.part(ring, talk=9.0, is_transfer=True)
    [waits] = [stay.entry for stay in before.state.stays.values()]
    after = next_centre((Worker(before), None))
    settled(after)
    [stay] = after.state.stays.values()
    assert (stay.entry.id, stay.entry.joined_at, stay.entry.place) == (waits.id, waits.joined_at, waits.place)
    assert after.visits == []


def test_a_caller_whose_queue_gave_up_on_them_waits_on_in_the_next_one() -> None:
    first = msgspec.structs.replace(WORKSPACE.queues[0], overflow=Overflow(after_seconds=50.0, to="general"))
    workspace = msgspec.structs.replace(WORKSPACE, queues=(first, *WORKSPACE.queues[1:]))
    before = QueueRoom(workspace=workspace)
    before.call()
    before.pass_time(50)
    after = next_centre((Worker(before), None), phones=())
    settled(after)
    [stay] = after.state.stays.values()
    assert (stay.entry.place.queue, stay.entry.place.credit_seconds) == ("general", 50.0)


def test_what_was_talked_before_an_agent_was_lost_is_no_wait_after_a_restart_either() -> None:
    before, _, ring = _rung_before()
    before.join(ring)
    before.part(ring, talk=200.0, is_lost=True)
    after = next_centre((Worker(before), None), phones=("ben-phone",))
    settled(after)
    after.pass_time(9)
    after.join(after.last(RingAgent))
    after.part(after.last(RingAgent), talk=30.0)
    [visit] = after.visits
    assert (visit.agent, visit.waited_seconds) == ("ben", 10.0)


def test_a_memo_of_an_earlier_version_is_the_run_alone() -> None:
    room = QueueRoom()
    room.call()
    memo = thaw_memo(freeze_run(room.run()))
    assert freeze_memo(memo) == freeze_memo(Memo(run=room.run()))
