"""What a message means to a run: an answer when it was asked before, and else nothing."""

from datetime import timedelta

import pytest
from flow_room import NOON, compiled
from message_room import received

from skipline.flow.correspondence import take_event
from skipline.flow.run import freeze_run, resume_run, start_run, thaw_run
from skipline.model.contact import Contact
from skipline.model.events import ContactAnswered, MessageSent
from skipline.model.ids import CallId, CommandId, RunId
from skipline.model.message import MessageKind
from skipline.model.run import Run

FLOW = compiled(
    """
format: 1
name: Orders
triggers:
  - {type: incoming_message, accounts: [support]}
start: ask
steps:
  ask:
    type: ask
    with: {question: "Which order?", keep_as: order}
    next: {answered: note}
  note: {type: note, with: {text: "{{ message.text }}"}}
"""
)
LATER = NOON + timedelta(seconds=5)


def _asking() -> Run:
    first = received("Hello", NOON)
    run = Run(id=RunId("run1"), flow="orders", version=1, started_at=NOON, contact=Contact(), message=first)
    start_run(FLOW, run, NOON)
    return thaw_run(freeze_run(run))


def test_a_message_after_the_question_answers_it() -> None:
    run = _asking()
    answer = take_event(run, received("12", LATER, choice="b1"))
    assert isinstance(answer, ContactAnswered)
    assert (answer.command, answer.text, answer.choice) == (run.waiting_for, "12", "b1")
    resume_run(FLOW, run, answer, LATER)
    assert (run.variables["order"], run.trace[-1].detail["note"]) == ("12", "12")
    assert (run.asked_at, run.ended_at) == (None, LATER)


def test_what_reached_us_before_the_question_is_no_answer() -> None:
    run = _asking()
    assert take_event(run, received("and another thing", NOON - timedelta(milliseconds=1))) is None
    assert run.message is not None and run.message.text == "Hello"


@pytest.mark.parametrize("kind", [MessageKind.REACTION, MessageKind.EDIT, MessageKind.REVOKE])
def test_what_is_done_to_earlier_messages_is_no_answer(kind: MessageKind) -> None:
    assert take_event(_asking(), received("👍", LATER, kind=kind)) is None


def test_a_picture_without_words_is_an_answer() -> None:
    answer = take_event(_asking(), received("", LATER, kind=MessageKind.MEDIA, media=("image",)))
    assert isinstance(answer, ContactAnswered) and answer.text == "image"


def test_a_message_to_a_run_that_asks_nothing_changes_nothing() -> None:
    run = _asking()
    run.asked_at = None
    assert take_event(run, received("12", LATER)) is None


def test_a_question_that_was_sent_still_waits_for_its_answer() -> None:
    run = _asking()
    command = run.waiting_for or CommandId("")
    assert take_event(run, MessageSent(at=LATER, call=CallId(""), command=command)) is None
    failed = take_event(run, MessageSent(at=LATER, call=CallId(""), command=command, problem="blocked"))
    assert isinstance(failed, ContactAnswered) and failed.problem == "blocked"


def test_other_replies_pass_as_they_are() -> None:
    sent = MessageSent(at=LATER, call=CallId(""), command=CommandId("run1:9"))
    assert take_event(_asking(), sent) is sent
