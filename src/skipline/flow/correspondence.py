"""What a message means to a run: the answer to the question that it waits with, or nothing.

A question is answered by what the contact writes after it was asked; what reached us before is part of the
conversation and no more. A question that was sent is not answered yet; one that could not be sent never will be.
"""

from skipline.model.events import ContactAnswered, MessageReceived, MessageSent, Reply
from skipline.model.ids import CallId
from skipline.model.message import MessageKind
from skipline.model.run import Run

_NO_ANSWER = frozenset({MessageKind.REACTION, MessageKind.EDIT, MessageKind.REVOKE})
"""What is done to earlier messages, and says nothing new."""


def take_event(run: Run, event: Reply | MessageReceived) -> Reply | None:
    """The reply that `event` is to the run's question, or `event` itself where it is a reply already; None when it
    changes nothing. A message that answers becomes the run's `message`."""
    if isinstance(event, MessageReceived):
        return _answer_of(run, event)
    if isinstance(event, MessageSent) and run.asked_at is not None and event.command == run.waiting_for:
        return _unasked(event) if event.problem else None
    return event


def _answer_of(run: Run, received: MessageReceived) -> ContactAnswered | None:
    is_late_enough = run.asked_at is not None and received.at >= run.asked_at
    if run.waiting_for is None or not is_late_enough or received.kind in _NO_ANSWER:
        return None
    run.message = received
    return ContactAnswered(
        at=received.at,
        call=CallId(""),
        command=run.waiting_for,
        text=received.text or ", ".join(received.media),
        choice=received.choice,
    )


def _unasked(sent: MessageSent) -> ContactAnswered:
    return ContactAnswered(at=sent.at, call=sent.call, command=sent.command, problem=sent.problem)
