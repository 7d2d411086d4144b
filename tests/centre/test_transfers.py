"""An agent hands the caller on: to queues, agents and numbers, and to nobody else."""

import pytest
from queue_room import QueueRoom, rung

from skipline.model.call import TryEnd
from skipline.model.commands import HangUp, Issued, RingAgent, TransferCall
from skipline.model.events import TransferAsked, TransferEnded
from skipline.model.ids import CallId, CommandId
from skipline.model.queueing import Preference


def _talking(room: QueueRoom, *, waited: float = 40.0) -> Issued:
    """A caller who waited and talks with ana now."""
    room.call()
    room.pass_time(waited)
    room.sign_in("ana")
    ring = room.last(RingAgent)
    room.join(ring)
    return ring


def _ask(room: QueueRoom, ring: Issued, to: str) -> None:
    reservation = ring.body.reservation  # type: ignore[union-attr]
    room.tell(TransferAsked(at=room.now, call=ring.call, reservation=reservation, to=to))


def _end(room: QueueRoom, end: TryEnd, talk: float = 0.0) -> None:
    told = TransferEnded(
        at=room.now, call=CallId("call1"), command=CommandId(""), end=end, target="+31209999999", talk_seconds=talk
    )
    room.tell(told)


@pytest.mark.parametrize("to", ["sip:general@127.0.0.1:5060;user=phone", "<sip:general@here>", "general"])
def test_a_queue_takes_the_caller_with_the_time_they_waited(to: str) -> None:
    room = QueueRoom()
    ring = _talking(room)
    _ask(room, ring, to)
    assert room.body(TransferCall) == TransferCall(reservation=ring.body.reservation)  # type: ignore[union-attr]
    room.part(ring, talk=60.0, is_transfer=True)
    [visit] = room.visits
    assert (visit.agent, visit.talk_seconds, visit.was_transferred) == ("ana", 60.0, True)
    [stay] = room.state.stays.values()
    assert (stay.entry.place.queue, stay.entry.place.tier) == ("general", "gold")
    assert stay.entry.place.credit_seconds == visit.waited_seconds == 41.0
    room.sign_in("cas")
    assert rung(room.last(RingAgent)) == "cas"
    room.join(room.last(RingAgent))
    room.part(room.last(RingAgent), talk=5.0)
    room.end_wait(has_talked=True)
    assert isinstance(room.sent[-1].body, HangUp)
    assert room.run().trace[0].detail["waited_seconds"] == pytest.approx(41.0 + 1.0)


@pytest.mark.parametrize("to", ["sip:ben@127.0.0.1", "sip:ben-phone@127.0.0.1"])
def test_an_agent_is_rung_for_them_alone_at_first(to: str) -> None:
    room = QueueRoom()
    ring = _talking(room)
    room.sign_in("ben")
    _ask(room, ring, to)
    room.part(ring, is_transfer=True)
    assert rung(room.last(RingAgent)) == "ben"
    [stay] = room.state.stays.values()
    assert stay.entry.place.preferences == (Preference(agents=("ben",), seconds=30.0),)


def test_a_number_is_called_over_a_trunk_that_has_a_server() -> None:
    room = QueueRoom()
    ring = _talking(room)
    _ask(room, ring, "tel:+31209999999")
    order = room.body(TransferCall)
    assert (order.targets, order.trunk) == (("+31209999999",), "outward")
    room.part(ring, is_transfer=True)
    assert room.state.stays == {}
    _end(room, TryEnd.ANSWERED, talk=90.0)
    room.end_wait(has_talked=True)
    assert isinstance(room.sent[-1].body, HangUp)
    assert room.run().trace[0].detail["talk_seconds"] == 120.0


def test_a_caller_whom_the_number_did_not_take_is_next_for_their_agent() -> None:
    room = QueueRoom()
    ring = _talking(room)
    _ask(room, ring, "sip:%2B31209999999@127.0.0.1")
    room.part(ring, is_transfer=True)
    _end(room, TryEnd.NO_ANSWER)
    assert rung(room.last(RingAgent)) == "ana"
    assert room.last(RingAgent).id != ring.id


@pytest.mark.parametrize("to", ["sip:nobody@127.0.0.1", "0900123", "sip:+@x", "+31209999999;ext=1@evil", ""])
def test_nothing_else_is_called_and_the_talk_goes_on(to: str) -> None:
    room = QueueRoom()
    if to.startswith("+"):
        room.centre.trunks = {name: trunk for name, trunk in room.centre.trunks.items() if not trunk.server}
    ring = _talking(room)
    _ask(room, ring, to)
    assert room.all(TransferCall) == []
    assert room.agent_states()["ana"] == "engaged"


def test_a_caller_who_hangs_up_while_they_are_handed_on_was_answered() -> None:
    room = QueueRoom()
    ring = _talking(room)
    _ask(room, ring, "general")
    room.part(ring, is_transfer=True)
    room.hang_up()
    assert [visit.ended for visit in room.visits] == ["connected", "abandoned"]
    assert [run.outcome for run in room.ended_runs] == ["answered"]


def test_an_agents_phone_may_join_the_caller_with_its_own_other_call() -> None:
    room = QueueRoom()
    ring = _talking(room)
    room.part(ring, talk=50.0, is_transfer=True)
    assert [visit.was_transferred for visit in room.visits] == [True]
    assert room.agent_states()["ana"] == "available"
    _end(room, TryEnd.ANSWERED, talk=10.0)
    room.end_wait(has_talked=True)
    assert room.run().trace[0].detail["talk_seconds"] == 60.0


def test_a_transfer_asked_for_by_somebody_who_does_not_talk_changes_nothing() -> None:
    room = QueueRoom()
    room.sign_in("ana")
    room.call()
    _ask(room, room.last(RingAgent), "general")
    assert room.all(TransferCall) == []


def test_a_talk_that_is_over_before_the_caller_could_be_handed_on_leaves_nobody_in_line() -> None:
    room = QueueRoom()
    ring = _talking(room)
    _ask(room, ring, "sip:general@here")
    room.part(ring, talk=5.0)
    room.end_wait(has_talked=True)
    assert (room.state.stays, room.centre.entries) == ({}, {})
    assert [visit.ended for visit in room.visits] == ["connected", "overflowed"]
