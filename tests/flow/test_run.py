"""How a run walks: turns, waits, time-outs, late replies, ends."""

from collections import Counter
from datetime import timedelta

import pytest
from flow_pieces import small_catalogue
from flow_room import NOON, Caller, compiled, fresh_run

from skipline.flow.run import STEP_BUDGET, StepBroken, end_run, resume_run, start_run
from skipline.model.call import TryEnd
from skipline.model.commands import HangUp, SayText
from skipline.model.events import ForwardEnded, PromptEnded
from skipline.model.ids import CallId, CommandId
from skipline.model.run import Outcome

TALK = """
format: 1
name: Talk
triggers: [{type: always}]
start: first
steps:
  first: {type: tell, with: {text: "Hello {{ contact.phone }}"}, next: {heard: second, silence: note}}
  second: {type: tell, with: {text: Bye}}
  note: {type: keep, with: {as: was_silent, value: "{{ true }}"}, next: {done: second}}
"""


def _caller(steps: str = TALK) -> Caller:
    flow = compiled(steps, small_catalogue())
    return Caller(flow, fresh_run(flow))


def _one_step(step: str) -> Caller:
    return _caller(f"format: 1\nname: One\ntriggers: [{{type: always}}]\nstart: one\nsteps:\n  one: {step}\n")


def _heard(caller: Caller) -> PromptEnded:
    assert caller.run.waiting_for is not None
    return PromptEnded(at=caller.now, call=CallId("call1"), command=caller.run.waiting_for)


def test_a_run_walks_from_wait_to_wait_and_hangs_up_at_its_end() -> None:
    caller = _caller()
    (said,) = caller.start()
    assert said.body == SayText(text="Hello +31612345678")
    assert (said.run, said.call) == ("run1", "call1")
    assert not caller.turns[-1].is_over
    (bye,) = caller.reply(_heard(caller))
    assert bye.body == SayText(text="Bye")
    (end,) = caller.reply(_heard(caller))
    assert end.body == HangUp()
    assert caller.turns[-1].is_over
    assert caller.way == [("first", "heard"), ("second", "heard")]
    assert (caller.run.outcome, caller.run.ended_at) == (Outcome.ENDED, caller.now)


def test_the_trace_tells_when_a_step_began_and_how_long_it_took() -> None:
    caller = _caller()
    caller.start()
    caller.reply(_heard(caller), after_seconds=1.5)
    (entry,) = caller.run.trace
    assert (entry.at, entry.ms, entry.type) == (NOON, 1500.0, "tell")


def test_a_wait_ends_when_its_time_is_up_and_not_before() -> None:
    caller = _caller()
    caller.start()
    assert caller.reply(None, after_seconds=9.9) == ()
    assert caller.way == []
    (bye,) = caller.reply(None, after_seconds=0.1)
    assert bye.body == SayText(text="Bye")
    assert caller.way == [("first", "silence"), ("note", "done")]
    assert caller.run.variables["was_silent"] is True


def test_late_repeated_and_foreign_replies_change_nothing() -> None:
    caller = _caller()
    caller.start()
    early = _heard(caller)
    caller.reply(early)
    before = caller.run
    foreign = PromptEnded(at=caller.now, call=CallId("call1"), command=CommandId("other:1"))
    for reply in (early, foreign, None):
        turn = resume_run(caller.flow, caller.run, reply, caller.now)
        assert (turn.commands, turn.is_over) == ((), False)
        assert caller.run == before


def test_a_run_that_is_over_stays_over() -> None:
    caller = _caller()
    caller.start()
    late = _heard(caller)
    end_run(caller.run, Outcome.ABANDONED, "The caller hung up.", caller.now)
    assert resume_run(caller.flow, caller.run, late, caller.now).is_over
    end_run(caller.run, Outcome.FAILED, "again", caller.now)
    assert start_run(caller.flow, caller.run, caller.now).commands == ()
    assert caller.run.outcome is Outcome.ABANDONED
    (entry,) = caller.run.trace
    assert (entry.step, entry.exit, entry.detail["why"]) == ("first", "", "The caller hung up.")


def test_a_run_is_started_once() -> None:
    caller = _caller()
    caller.start()
    assert start_run(caller.flow, caller.run, caller.now).commands == ()


def test_command_ids_follow_from_the_run_alone() -> None:
    first, second = _caller(), _caller()
    assert [one.id for one in first.start()] == [one.id for one in second.start()] == ["run1:1"]
    assert [one.id for one in first.reply(_heard(first))] == ["run1:2"]


@pytest.mark.parametrize(
    ("end", "code", "outcome", "final_code"),
    [
        (TryEnd.ANSWERED, 0, Outcome.ANSWERED, 480),
        (TryEnd.BUSY, 486, Outcome.NOT_ANSWERED, 486),
        (TryEnd.BUSY, 600, Outcome.NOT_ANSWERED, 600),
        (TryEnd.NO_ANSWER, 408, Outcome.NOT_ANSWERED, 480),
        (TryEnd.FAILED, 404, Outcome.NOT_ANSWERED, 480),
        (TryEnd.FAILED, 503, Outcome.NOT_ANSWERED, 480),
    ],
)
def test_what_a_forward_came_to_is_what_the_caller_hears(
    end: TryEnd, code: int, outcome: Outcome, final_code: int
) -> None:
    caller = _one_step("{type: tell, with: {text: Hello}}")
    caller.start()
    command = caller.run.waiting_for
    assert command is not None
    (last,) = caller.reply(ForwardEnded(at=NOON, call=CallId("call1"), command=command, end=end, code=code))
    assert last.body == HangUp(code=final_code)
    assert caller.run.outcome is outcome


def test_a_step_that_hangs_up_itself_is_not_repeated() -> None:
    caller = _one_step("{type: part}")
    (only,) = caller.start()
    assert only.body == HangUp(code=486)
    assert caller.run.outcome is Outcome.HUNG_UP


def test_a_run_that_goes_in_circles_is_stopped() -> None:
    caller = _one_step("{type: spin, next: {on: one}}")
    (last,) = caller.start()
    assert isinstance(last.body, HangUp)
    assert caller.run.outcome is Outcome.FAILED
    assert len(caller.run.trace) == STEP_BUDGET + 1
    assert str(STEP_BUDGET) in caller.run.trace[-1].detail["why"]


def test_a_formula_that_fails_leaves_by_failed() -> None:
    caller = _caller(
        """
format: 1
name: Formula
triggers: [{type: always}]
start: keep
steps:
  keep: {type: keep, with: {as: orders, value: many}, next: {done: count}}
  count: {type: count, with: {formula: orders * 2.0}, next: {done: thanks, failed: sorry}}
  thanks: {type: tell, with: {text: Thanks}}
  sorry: {type: tell, with: {text: Sorry}}
"""
    )
    (said,) = caller.start()
    assert said.body == SayText(text="Sorry")
    assert caller.way == [("keep", "done"), ("count", "failed")]
    assert "A formula failed" in caller.run.trace[-1].detail["why"]


def test_a_hole_that_fails_prints_nothing_and_warns() -> None:
    caller = _one_step('{type: tell, with: {text: "Hello {{ call.headers.x_name }}!"}}')
    (said,) = caller.start()
    assert said.body == SayText(text="Hello !")
    assert len(caller.run.step_detail["warnings"]) == 1


@pytest.mark.parametrize("how", ["waits_for_nothing", "leaves_by_no_exit"])
def test_a_broken_step_is_our_bug_and_rises(how: str) -> None:
    with pytest.raises(StepBroken, match="step one"):
        _one_step(f"{{type: broken, with: {{how: {how}}}}}").start()


def test_what_is_kept_of_the_contact_changes_the_contact() -> None:
    caller = _caller(
        """
format: 1
name: Contact
triggers: [{type: always}]
start: keep
steps:
  keep: {type: keep, with: {as: contact.name, value: Ana}, next: {done: tell}}
  tell: {type: tell, with: {text: "Hello {{ contact.name }} of {{ flow.name }}"}}
"""
    )
    (said,) = caller.start()
    assert said.body == SayText(text="Hello Ana of Contact")
    assert caller.run.contact.name == "Ana"
    assert "contact.name" not in caller.run.variables


def test_a_time_kept_by_one_step_is_a_time_for_the_next() -> None:
    caller = _caller(
        """
format: 1
name: Times
triggers: [{type: always}]
start: keep
steps:
  keep: {type: keep, with: {as: began, value: "{{ now }}"}, next: {done: wait}}
  wait: {type: tell, with: {text: One moment}, next: {heard: tell}}
  tell: {type: tell, with: {text: "{{ timestamp(began) < now }}"}}
"""
    )
    caller.start()
    (said,) = caller.reply(_heard(caller), after_seconds=2)
    assert said.body == SayText(text="yes")
    assert caller.now - NOON == timedelta(seconds=2)


def test_rows_about_one_and_about_true_are_told_apart() -> None:
    flow = compiled(
        """
format: 1
name: Rows
triggers: [{type: incoming_call, numbers: ["+31201234567"]}]
start: keep
steps:
  keep: {type: set_variables, with: {values: {paid: "yes"}}, next: {done: choose}}
  choose:
    type: branch
    with:
      paths:
        - {id: one, all: [{variable: paid, operator: is, value: 1}]}
        - {id: true_, all: [{variable: paid, operator: is, value: true}]}
    next: {one: bye, true_: bye, else: bye}
  bye: {type: hang_up}
"""
    )
    caller = Caller(flow, fresh_run(flow))
    caller.start()
    assert caller.way == [("keep", "done"), ("choose", "true_"), ("bye", "")]


HALVES = """
format: 1
name: Halves
triggers: [{type: incoming_call, numbers: ["+31201234567"]}]
start: first
steps:
  first: {type: split, with: {paths: [{id: a, share: 50}]}, next: {a: second, else: third}}
  second: {type: split, with: {SEEDpaths: [{id: b, share: 50}]}, next: {b: bye, else: bye}}
  third: {type: split, with: {SEEDpaths: [{id: b, share: 50}]}, next: {b: bye, else: bye}}
  bye: {type: hang_up}
"""


def _ways(flow: str) -> Counter[tuple[str, ...]]:
    made = compiled(flow)
    callers = [Caller(made, fresh_run(made, f"+316{number:08}")) for number in range(400)]
    for caller in callers:
        caller.start()
    return Counter(tuple(exit_ for _, exit_ in caller.way[:2]) for caller in callers)


def test_splits_part_contacts_independently_of_each_other_unless_they_share_a_seed() -> None:
    quarters = _ways(HALVES.replace("SEED", ""))
    assert sorted(quarters) == [("a", "b"), ("a", "else"), ("else", "b"), ("else", "else")]
    assert min(quarters.values()) > 60
    agreeing = _ways(HALVES.replace("SEED", "seed: x, ").replace("{paths: [{id: a", "{seed: x, paths: [{id: a"))
    assert sorted(agreeing) == [("a", "b"), ("else", "else")]
