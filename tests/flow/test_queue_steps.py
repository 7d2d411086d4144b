"""Steps that lead to a queue, together: what a contact has waited, why they come, how busy the queues are."""

from pathlib import Path
from typing import Any

import pytest
from flow_room import WORKSPACE, Caller, compiled, fresh_run, real_catalogue

from skipline.flow.issue import format_issue
from skipline.flow.loading import compile_flow, load_flow
from skipline.flow.names import queue_figures
from skipline.flow.run import Turn, start_run
from skipline.model.commands import EnterQueue, RequestCallBack
from skipline.model.events import (
    CallBackTaken,
    LookupAnswered,
    LookupStatus,
    QueueEnd,
    QueueEnded,
    Reply,
    VoicemailRecorded,
)
from skipline.model.ids import CallId, CommandId
from skipline.model.run import Outcome

FLOWS = Path(__file__).parent.parent / "flows"
HEAD = 'format: 1\nname: It\ntriggers: [{type: incoming_call, numbers: ["+31201234567"]}]\n'
CONTRACT = """
start: look_up
steps:
  look_up:
    type: fetch_variables
    name: Look up customer
    with:
      source: loyalty
      path: "/customers/{{ contact.phone }}"
      keep: [{from: /loyalty_status, as: loyalty_status, type: text, default: standard}]
    next: {found: tier, not_found: tier, failed: tier}
  tier:
    type: branch
    with:
      paths:
        - id: vip
          name: Gold & platinum
          all: [{variable: loyalty_status, operator: is_one_of, value: [gold, platinum]}]
        - {id: silver, name: Silver, all: [{variable: loyalty_status, operator: is, value: silver}]}
    next: {vip: to_vip, silver: to_silver, else: to_general}
  to_vip:
    type: forward_call
    with: {targets: ["sip:vip@127.0.0.1:5071"], ring_time: 20s}
    next: {busy: to_general, no_answer: to_general, failed: to_general}
  to_silver:  {type: add_to_queue, with: {queue: vip, tier: gold}, next: {overflowed: to_general}}
  to_general: {type: forward_call, with: {targets: ["sip:general@127.0.0.1:5073", "sip:general@127.0.0.1:5074"]}}
"""
KEYS = """
start: wait
steps:
  wait:
    type: add_to_queue
    with: {queue: vip, keys: {"1": again}}
    next: {overflowed: other, again: other, answered: other}
  other:
    type: add_to_queue
    with: {queue: general, keys: {"1": message}}
    next: {message: message, overflowed: message}
  message: {type: voicemail, with: {greeting: ""}}
"""


def _caller(text: str) -> Caller:
    flow = compiled(HEAD + text)
    return Caller(flow, fresh_run(flow))


def _about(caller: Caller, kind: type[Any], **more: Any) -> Any:
    command = caller.run.waiting_for
    assert command is not None
    return kind(at=caller.now, call=CallId("call1"), command=command, **more)


def _ended(caller: Caller, end: QueueEnd, waited: float = 0.0, talked: float = 0.0, key: str = "") -> QueueEnded:
    ended: QueueEnded = _about(
        caller, QueueEnded, end=end, waited_seconds=waited, talk_seconds=talked, key=key, queue="vip", agent="ana"
    )
    return ended


def _entering(turn: tuple[Any, ...]) -> EnterQueue:
    (issued,) = turn
    assert isinstance(issued.body, EnterQueue)
    return issued.body


def test_the_queue_is_told_what_was_looked_up_and_which_rule_matched() -> None:
    caller = _caller(CONTRACT)
    caller.start()
    answered = _about(
        caller, LookupAnswered, status=LookupStatus.STALE, value={"loyalty_status": "silver"}, age_seconds=60.0,
        reason="loyalty did not answer in 2 s, so its answer of 60 s ago counts",
    )  # fmt: skip
    asked = _entering(caller.reply(answered))
    assert (asked.place.queue, asked.place.tier) == ("vip", "gold")
    assert asked.reasons == (
        "Look up customer: loyalty did not answer in 2 s, so its answer of 60 s ago counts: loyalty_status is silver.",
        "tier: Silver: loyalty_status is silver.",
    )
    commands = caller.run.step_detail["commands"]
    assert "reasons" not in commands[0], "the trace above says it already"


def test_what_was_waited_before_counts_until_somebody_answers() -> None:
    caller = _caller(KEYS)
    assert _entering(caller.start()).place.credit_seconds == 0
    asked = _entering(caller.reply(_ended(caller, QueueEnd.KEY, waited=42.5, key="1")))
    assert (asked.place.queue, asked.place.credit_seconds) == ("general", 42.5)
    assert "having waited 42 s before" in caller.run.step_detail["why"]
    other = _caller(KEYS)
    other.start()
    assert _entering(other.reply(_ended(other, QueueEnd.ANSWERED, waited=42.5, talked=10))).place.credit_seconds == 0


def test_a_call_back_keeps_the_time_waited() -> None:
    text = """
start: wait
steps:
  wait:
    type: add_to_queue
    with: {queue: vip, keys: {"1": promise}}
    next: {promise: promise, overflowed: promise}
  promise: {type: call_back, with: {queue: vip}}
"""
    flow = compile_flow(load_flow(HEAD + text, "flow.yaml", real_catalogue()), 1, {})
    caller = Caller(flow, fresh_run(flow))
    caller.start()
    (promised,) = caller.reply(_ended(caller, QueueEnd.KEY, waited=30, key="1"))
    assert isinstance(promised.body, RequestCallBack)
    assert promised.body.place.credit_seconds == 30
    caller.reply(_about(caller, CallBackTaken, entry="call1:2"))
    assert caller.run.outcome_so_far is Outcome.CALL_BACK


@pytest.mark.parametrize(
    ("end", "outcome", "code"),
    [
        (QueueEnd.ANSWERED, Outcome.ANSWERED, 603),
        (QueueEnd.OVERFLOWED, Outcome.NOT_ANSWERED, 480),
        (QueueEnd.FAILED, Outcome.NOT_ANSWERED, 480),
    ],
)
def test_a_run_that_ends_with_its_queue_says_how(end: QueueEnd, outcome: Outcome, code: int) -> None:
    caller = _caller("start: wait\nsteps: {wait: {type: add_to_queue, with: {queue: general}}}\n")
    caller.start()
    (hang_up,) = caller.reply(_ended(caller, end, waited=3, talked=5))
    assert (caller.run.outcome, hang_up.body.code) == (outcome, code)  # type: ignore[union-attr]


def test_a_message_left_is_an_outcome_of_its_own() -> None:
    caller = _caller(KEYS)
    caller.start()
    caller.reply(_ended(caller, QueueEnd.OVERFLOWED, waited=120))
    caller.reply(_ended(caller, QueueEnd.KEY, waited=5, key="1"))
    caller.reply(_about(caller, VoicemailRecorded, file="a.wav", seconds=3.0))
    assert caller.run.outcome is Outcome.VOICEMAIL


BUSY = """
start: busy
steps:
  busy:
    type: branch
    with:
      paths:
        - {id: long, all: [{variable: queues.vip.longest_wait, operator: at_least, value: 60}]}
        - {id: likely, formula: "has(queues.vip.estimated_wait) && queues.vip.estimated_wait > 90"}
        - id: unknown
          all:
            - {variable: queues.vip.estimated_wait, operator: is_not_set}
            - {variable: queues.vip.waiting, operator: is_set}
        - {id: free, formula: 'queues["general"].agents_ready > 0'}
    next: {long: told, likely: told, unknown: told, free: told, else: told}
  told: {type: say, with: {text: "{{ queues.vip.waiting }} wait"}}
"""


def _view(**figures: Any) -> dict[str, dict[str, Any]]:
    usual: dict[str, Any] = {"waiting": 3, "longest_wait_seconds": 10, "agents_ready": 0, "estimated_wait_seconds": 30}
    return {"vip": queue_figures(**{**usual, **figures}), "general": queue_figures(**{**usual, "agents_ready": 1})}


@pytest.mark.parametrize(
    ("figures", "exit_"),
    [
        ({"longest_wait_seconds": 60}, "long"),
        ({"estimated_wait_seconds": 91.2}, "likely"),
        ({"estimated_wait_seconds": None}, "unknown"),
        ({}, "free"),
    ],
)
def test_conditions_see_how_busy_the_queues_are(figures: dict[str, Any], exit_: str) -> None:
    flow = compiled(HEAD + BUSY)
    run = fresh_run(flow)
    turn: Turn = start_run(flow, run, run.started_at, _view(**figures))
    assert run.trace[0].exit == exit_
    assert turn.commands[0].body.text == "3 wait"  # type: ignore[union-attr]


def test_nothing_is_known_of_queues_that_nobody_tells_of() -> None:
    caller = _caller(BUSY)
    (said,) = caller.start()
    assert caller.run.trace[0].exit == "else"
    assert said.body.text == "wait"  # type: ignore[union-attr]
    assert caller.run.step_detail["warnings"]


def test_an_answer_to_another_command_moves_nothing() -> None:
    caller = _caller(KEYS)
    caller.start()
    late: Reply = QueueEnded(at=caller.now, call=CallId("call1"), command=CommandId("run1:99"), end=QueueEnd.OVERFLOWED)
    assert caller.reply(late) == ()
    assert caller.run.outcome_so_far is Outcome.ENDED


def test_a_whole_flow_of_waits_is_sound() -> None:
    loaded = load_flow((FLOWS / "waiting.yaml").read_text(), "waiting.yaml", real_catalogue(), WORKSPACE)
    assert [format_issue(issue) for issue in loaded.issues] == []
