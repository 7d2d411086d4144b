"""A flow that runs another one inside itself must be able to take it all the way."""

import pytest

from skipline.workspace.reading import read_workspace

OUTER = """
format: 1
name: Outer
triggers:
  - TRIGGER
start: inner
steps:
  inner: {type: run_flow, with: {flow: middle}, next: {done: bye, failed: bye}}
  bye: {type: hang_up}
"""
MIDDLE = """
format: 1
name: Middle
start: inner
steps:
  inner: {type: run_flow, with: {flow: inner}}
"""
INNER = """
format: 1
name: Inner
start: it
steps:
  it: STEP
"""
CALL = '{type: incoming_call, numbers: ["+31201234567"]}'
MESSAGE = "{type: incoming_message, accounts: [support]}"
FORWARD = '{type: forward_call, with: {targets: ["sip:a@example.com"]}}'
SEND = "{type: send_message, with: {text: Hello}}"
SAY = "{type: say, with: {text: Hello}}"


@pytest.mark.parametrize(
    ("trigger", "step", "sentences"),
    [
        (CALL, FORWARD, []),
        (MESSAGE, SEND, []),
        (MESSAGE, SAY, []),
        (CALL, SAY, []),
        (
            MESSAGE,
            FORWARD,
            ["`inner` leads to `it` of flow `inner`, which works on a call only, and a message may start this flow"],
        ),
        (
            CALL,
            SEND,
            ["`inner` leads to `it` of flow `inner`, which works on a message only, and a call may start this flow"],
        ),
    ],
)
def test_steps_inside_must_work_for_what_starts_the_flow(trigger: str, step: str, sentences: list[str]) -> None:
    files = {
        "flows/outer.yaml": OUTER.replace("TRIGGER", trigger),
        "flows/middle.yaml": MIDDLE,
        "flows/inner.yaml": INNER.replace("STEP", step),
    }
    found = [one for one in read_workspace(files).issues if one.code == "wrong_channel"]
    assert [one.sentence for one in found] == sentences
    assert all((one.file, one.line) == ("flows/outer.yaml", 8) for one in found)
