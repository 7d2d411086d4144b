"""Flows that no call starts: what counts for callers does not count for them."""

import msgspec
import pytest
from flow_room import WORKSPACE, compiled, real_catalogue

from skipline.base.sentence import in_language
from skipline.flow.loading import load_flow
from skipline.model.configuration import Configuration

UNWRITTEN = msgspec.structs.replace(WORKSPACE, channels=())
WRITTEN = "{type: incoming_message, accounts: [support]}"
CALL = '{type: incoming_call, numbers: ["+31201234567"]}'
WEBHOOK = "{type: webhook, name: orders, secret: orders_key, keep: [{from: /email, as: email, personal: true}]}"
SCHEDULE = '{type: schedule, cron: "0 9 * * *"}'
FLOW = """
format: 1
name: Orders
triggers: [TRIGGERS]
start: look_up
steps:
  look_up:
    type: fetch_variables
    with: {source: loyalty, path: /x, time_limit: 6s}
    next: {found: rest, failed: bye}
  rest: {type: wait, with: {duration: 2d}, next: {done: again}}
  again:
    type: fetch_variables
    with: {source: loyalty, path: /y, time_limit: 6s}
  bye: {type: hang_up}
"""
MESSAGE = """
format: 1
name: Orders
start: tell
steps:
  tell: {type: send_message, with: {text: Hello}}
"""


def _codes(
    text: str, *triggers: str, workspace: Configuration = WORKSPACE, carried: frozenset[str] | None = None
) -> list[str]:
    text = text.replace("TRIGGERS", ", ".join(triggers))
    return [one.code for one in load_flow(text, "flow.yaml", real_catalogue(), workspace, carried).issues]


@pytest.mark.parametrize("triggers", [(WEBHOOK,), (SCHEDULE,), (WEBHOOK, SCHEDULE)])
def test_nobody_is_cut_off_or_kept_waiting_where_nobody_calls(triggers: tuple[str, ...]) -> None:
    assert _codes(FLOW, *triggers) == []


def test_with_a_call_among_the_triggers_a_caller_may_be_there() -> None:
    assert set(_codes(FLOW, WEBHOOK, CALL)) >= {"dead_end", "long_wait", "failure_hangs_up"}


def test_a_message_is_carried_where_a_channel_does() -> None:
    assert "not_carried" not in _codes(MESSAGE)
    assert "not_carried" in _codes(MESSAGE, workspace=UNWRITTEN)
    assert "not_carried" not in _codes(MESSAGE, workspace=UNWRITTEN, carried=frozenset({"message"}))
    with_call = MESSAGE.replace("start:", f"triggers: [{CALL}]\nstart:")
    assert "wrong_channel" in _codes(with_call)


def test_a_flow_that_is_checked_by_itself_is_carried_anywhere() -> None:
    issues = load_flow(MESSAGE, "flow.yaml", real_catalogue()).issues
    assert "not_carried" not in {one.code for one in issues}


def test_a_message_that_nothing_carries_says_why() -> None:
    issues = load_flow(MESSAGE, "flow.yaml", real_catalogue(), UNWRITTEN).issues
    (issue,) = [one for one in issues if one.code == "not_carried"]
    assert issue.sentence == "nothing carries `send_message`: no messaging account is configured"
    assert "add an account under `channels` in skipline.yaml" in issue.fix
    assert "send_request" in issue.fix


@pytest.mark.parametrize(
    ("step", "way_round", "told"),
    [
        (
            '{type: forward_call, with: {targets: ["sip:a@example.com"]}}',
            "add_to_queue",
            "haga que quien escribe",
        ),
        ("{type: voicemail}", "ask", "deje que quien escribe deje su recado"),
        ("{type: play, with: {audio: welcome}}", "send_message", "envíe a quien escribe un enlace"),
    ],
)
def test_what_only_callers_can_have_tells_what_writers_can_have_instead(step: str, way_round: str, told: str) -> None:
    flow = f"format: 1\nname: Orders\ntriggers: [{WRITTEN}]\nstart: it\nsteps:\n  it: {step}\n"
    (issue,) = load_flow(flow, "flow.yaml", real_catalogue(), WORKSPACE).issues
    assert (issue.code, way_round in issue.fix) == ("wrong_channel", True)
    assert (
        in_language(issue.sentence, "es") == "`it` solo funciona con: llamada; y este flujo puede empezar con: mensaje"
    )
    assert in_language(issue.fix, "es").startswith(told)


def test_what_a_trigger_keeps_may_be_personal() -> None:
    text = FLOW.replace("TRIGGERS", WEBHOOK)
    assert compiled(text).personal == ("email",)
