"""What each fact means for a call, told in order, late, twice, or in the wrong moment."""

from datetime import timedelta

import pytest
from centre_room import (
    GENERAL,
    VIP,
    Room,
    arrived,
    bodies,
    call_from,
    connected,
    ended,
    forwarded,
    found,
    loyalty_flow,
    new_centre,
    spoken,
    with_broken,
)
from flow_room import NOON

from skipline.centre.calls import RunBroke, go_on_after_time
from skipline.centre.state import Changes, LiveFlow
from skipline.model.call import EndedBy, TryEnd
from skipline.model.commands import ForwardCall, HangUp, LookUp, SayText
from skipline.model.events import CallArrived, TargetHealthChanged, TargetRang
from skipline.model.ids import CallId, CommandId
from skipline.model.live_events import RunEnded, RunStarted
from skipline.model.run import Outcome

RESCUE = "sip:night@127.0.0.1:5099"


def _kinds(changes: Changes) -> list[str]:
    return [type(fact).__name__ for fact in changes.facts]


def test_a_call_is_led_from_its_arrival_to_its_end() -> None:
    room = Room()
    first = room.tell(arrived())
    assert isinstance(bodies(first)[0], LookUp)
    assert _kinds(first) == ["CallArrived", "RunStarted"]
    assert [run.id for run in first.started] == ["call1"]

    second = room.tell(found(first.commands[0].id, loyalty_status="gold"))
    assert bodies(second) == [SayText(text="Hello")]
    third = room.tell(spoken(second.commands[0].id))
    forward = bodies(third)[0]
    assert isinstance(forward, ForwardCall)
    assert forward.targets == (VIP,)

    room.tell(connected(third.commands[0].id))
    over = room.tell(forwarded(third.commands[0].id, TryEnd.ANSWERED, 200))
    assert isinstance(bodies(over)[0], HangUp)
    assert _kinds(over) == ["ForwardEnded", "RunEnded"]
    assert over.ended_runs[0].outcome is Outcome.ANSWERED
    assert room.run().ended_at == room.now

    last = room.tell(ended(EndedBy.TARGET))
    assert [end.by for end in last.ended_calls] == [EndedBy.TARGET]
    assert last.ended_runs == []
    assert room.centre.runs == {}


def test_commands_of_a_run_have_ids_that_follow_from_it() -> None:
    room = Room()
    assert room.reach_vip() == "call1:3"


def test_the_started_fact_names_flow_and_version() -> None:
    room = Room(new_centre(loyalty_flow(version=7)))
    started = room.tell(arrived()).facts[1]
    assert isinstance(started, RunStarted)
    assert (started.run, started.flow, started.version) == ("call1", "loyalty", 7)


def test_a_number_that_nobody_owns_is_refused_and_written_down() -> None:
    room = Room()
    changes = room.tell(arrived(call_from(to="+31209999999")))
    assert bodies(changes) == [HangUp(code=404)]
    assert _kinds(changes) == ["CallArrived"]
    assert (changes.started, room.centre.runs) == ([], {})
    assert len(room.tell(ended(EndedBy.FLOW)).ended_calls) == 1


def test_an_arrival_told_twice_starts_one_run() -> None:
    room = Room()
    room.tell(arrived())
    assert room.tell(arrived()) == Changes()
    assert list(room.centre.runs) == ["call1"]


def test_an_answer_told_twice_moves_the_run_once() -> None:
    room = Room()
    [look_up] = room.tell(arrived()).commands
    room.tell(found(look_up.id, loyalty_status="gold"))
    again = room.tell(found(look_up.id, loyalty_status="silver"))
    assert again.commands == []
    assert room.run().variables["loyalty_status"] == "gold"


def test_an_answer_to_another_command_moves_nothing() -> None:
    room = Room()
    room.tell(arrived())
    assert room.tell(found(CommandId("call1:99"), loyalty_status="gold")).commands == []
    assert room.run().waiting_for == "call1:1"


@pytest.mark.parametrize(
    "fact",
    [
        found(CommandId("call1:1")),
        spoken(CommandId("call1:1")),
        connected(CommandId("call1:1")),
        forwarded(CommandId("call1:1"), TryEnd.ANSWERED),
    ],
    ids=lambda fact: type(fact).__name__,
)
def test_a_fact_about_a_call_that_is_over_changes_nothing(fact: CallArrived) -> None:
    room = Room()
    room.tell(arrived())
    room.tell(ended())
    changes = room.tell(fact)
    assert (changes.commands, changes.started, changes.ended_runs) == ([], [], [])
    assert changes.facts == [fact]
    assert room.centre.runs == {}


def test_a_call_that_ends_twice_is_written_down_twice_and_its_run_once() -> None:
    room = Room()
    room.tell(arrived())
    assert len(room.tell(ended()).ended_runs) == 1
    assert room.tell(ended()).ended_runs == []


def test_a_caller_who_leaves_during_the_look_up_has_abandoned() -> None:
    room = Room()
    room.tell(arrived())
    [run] = room.tell(ended()).ended_runs
    assert run.outcome is Outcome.ABANDONED
    assert (run.trace[-1].step, run.trace[-1].exit) == ("look_up", "")
    assert "hung up before anybody answered" in run.trace[-1].detail["why"]


def test_a_caller_who_leaves_while_targets_ring_has_abandoned() -> None:
    room = Room()
    room.reach_vip()
    [run] = room.tell(ended()).ended_runs
    assert run.outcome is Outcome.ABANDONED


def test_a_caller_who_leaves_after_nobody_answered_has_abandoned_too() -> None:
    room = Room()
    first = room.reach_vip()
    again = room.tell(forwarded(first, TryEnd.NO_ANSWER, 408))
    assert bodies(again) == [ForwardCall(targets=(GENERAL,), ring_seconds=20.0, headers=_headers(again))]
    [run] = room.tell(ended()).ended_runs
    assert run.outcome is Outcome.ABANDONED


def _headers(changes: Changes) -> dict[str, str]:
    [forward] = bodies(changes)
    assert isinstance(forward, ForwardCall)
    assert forward.headers["X-Skipline-Run"] == "call1"
    return forward.headers


def test_a_caller_who_hangs_up_during_the_talk_was_answered() -> None:
    room = Room()
    room.tell(connected(room.reach_vip()))
    [run] = room.tell(ended()).ended_runs
    assert run.outcome is Outcome.ANSWERED


def test_a_call_lost_by_our_own_fault_is_called_so_even_after_it_was_answered() -> None:
    room = Room()
    room.tell(connected(room.reach_vip()))
    changes = room.tell(ended(EndedBy.LOST, reason="the voice worker ended"))
    [run] = changes.ended_runs
    assert run.outcome is Outcome.LOST
    assert "the voice worker ended" in run.trace[-1].detail["why"]
    assert [fact.outcome for fact in changes.facts if isinstance(fact, RunEnded)] == ["lost"]


def test_a_call_that_nobody_answered_ends_with_the_status_of_the_last_target() -> None:
    room = Room()
    again = room.tell(forwarded(room.reach_vip(), TryEnd.FAILED, 404))
    over = room.tell(forwarded(again.commands[0].id, TryEnd.BUSY, 486))
    assert bodies(over) == [HangUp(code=486)]
    assert over.ended_runs[0].outcome is Outcome.NOT_ANSWERED


def test_two_calls_do_not_mix() -> None:
    room = Room()
    [first] = room.tell(arrived(call_from(id_="call1"))).commands
    [second] = room.tell(arrived(call_from(id_="call2"))).commands
    room.tell(found(second.id, "call2", loyalty_status="silver"))
    room.tell(found(first.id, "call1", loyalty_status="gold"))
    assert room.run("call1").variables["loyalty_status"] == "gold"
    assert room.run("call2").variables["loyalty_status"] == "silver"
    assert room.run("call1").id != room.run("call2").id


def test_a_call_stays_on_the_version_it_began_on() -> None:
    room = Room(new_centre(loyalty_flow(version=1)))
    [look_up] = room.tell(arrived()).commands
    room.centre.flows = {"+31201234567": LiveFlow("loyalty", with_broken(loyalty_flow(version=2), "tier"))}
    assert bodies(room.tell(found(look_up.id, loyalty_status="gold"))) == [SayText(text="Hello")]
    assert room.run().version == 1


def test_facts_that_move_no_call_are_passed_on() -> None:
    room = Room()
    rang = TargetRang(at=NOON, call=CallId("call1"), command=CommandId("call1:1"), target=VIP)
    health = TargetHealthChanged(at=NOON, target=VIP, is_up=False)
    assert room.tell(rang) == Changes(facts=[rang])
    assert room.tell(health) == Changes(facts=[health])


def _broken_after_look_up(fallback: str = "") -> tuple[Room, Changes]:
    room = Room(new_centre(with_broken(loyalty_flow(), "tier"), fallback=fallback))
    [look_up] = room.tell(arrived()).commands
    with pytest.raises(RunBroke) as broke:
        room.tell(found(look_up.id, loyalty_status="gold"))
    return room, broke.value.changes


def test_a_broken_step_parks_its_run_and_the_caller_gets_the_fall_back_target() -> None:
    room, changes = _broken_after_look_up(RESCUE)
    assert bodies(changes) == [ForwardCall(targets=(RESCUE,), ring_seconds=60)]
    assert [run.outcome for run in changes.ended_runs] == [Outcome.FAILED]
    assert "a fault of ours" in changes.ended_runs[0].trace[-1].detail["why"]
    assert _kinds(changes) == ["LookupAnswered", "RunEnded"]
    assert list(room.centre.runs) == ["call1"]


def test_a_broken_step_without_fall_back_refuses_the_caller_so_that_the_carrier_may_try_elsewhere() -> None:
    _, changes = _broken_after_look_up()
    assert bodies(changes) == [HangUp(code=503)]


def test_the_first_step_may_be_the_broken_one() -> None:
    room = Room(new_centre(with_broken(loyalty_flow(), "look_up")))
    with pytest.raises(RunBroke) as broke:
        room.tell(arrived())
    changes = broke.value.changes
    assert [run.id for run in changes.started] == [run.id for run in changes.ended_runs] == ["call1"]
    assert bodies(changes) == [HangUp(code=503)]


def test_a_rescued_call_is_ended_once_when_its_forward_is_over() -> None:
    room, changes = _broken_after_look_up(RESCUE)
    [rescue] = changes.commands
    over = room.tell(forwarded(rescue.id, TryEnd.ANSWERED, 200))
    assert [type(body) for body in bodies(over)] == [HangUp]
    assert over.ended_runs == []
    assert room.tell(forwarded(rescue.id, TryEnd.ANSWERED, 200)).commands == []


def test_a_rescued_caller_whom_nobody_took_gets_a_final_status() -> None:
    room, changes = _broken_after_look_up(RESCUE)
    [rescue] = changes.commands
    assert bodies(room.tell(forwarded(rescue.id, TryEnd.FAILED, 0))) == [HangUp(code=480)]


def test_a_late_forward_of_a_run_that_is_over_hangs_up_no_second_time() -> None:
    room = Room()
    forward = room.reach_vip()
    assert len(room.tell(forwarded(forward, TryEnd.ANSWERED, 200)).commands) == 1
    assert room.tell(forwarded(forward, TryEnd.ANSWERED, 200)).commands == []


def test_time_that_has_not_passed_wakes_nobody() -> None:
    room = Room()
    room.tell(arrived())
    assert go_on_after_time(room.centre, CallId("call1"), room.now).commands == []
    assert go_on_after_time(room.centre, CallId("unknown"), room.now) == Changes()


def test_a_look_up_that_never_answers_is_given_up_when_its_time_is_over() -> None:
    room = Room()
    room.tell(arrived())
    until = room.run().wait_until
    assert until is not None
    changes = go_on_after_time(room.centre, CallId("call1"), until + timedelta(milliseconds=1))
    [forward] = bodies(changes)
    assert isinstance(forward, ForwardCall)
    assert forward.targets == (GENERAL,)
    assert room.run().trace[0].exit == "failed"
