"""What a run hears of a command that nobody can carry out: it never waits for an answer that cannot come."""

import pytest
from durable_values import NOON

from skipline.host.durable_outbox import refusal
from skipline.model.commands import AnyCommand, AskContact, EnterQueue, Issued, RequestCallBack, SayText, SendMessage
from skipline.model.events import CallBackTaken, ContactAnswered, MessageSent, PromptEnded, QueueEnd, QueueEnded
from skipline.model.ids import CallId, CommandId, RunId
from skipline.model.queueing import Place

PLACE = Place(queue="vip")


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (SayText(text="Hello"), PromptEnded),
        (SendMessage(text="Hello"), MessageSent),
        (AskContact(question="Yes?"), ContactAnswered),
        (RequestCallBack(place=PLACE, phone="+31612345678"), CallBackTaken),
    ],
)
def test_who_waits_hears_why(body: AnyCommand, answer: type) -> None:
    told = refusal(Issued(id=CommandId("run1:1"), run=RunId("run1"), call=CallId(""), body=body), "because", NOON)
    assert isinstance(told, answer)
    assert (getattr(told, "command", ""), getattr(told, "problem", "")) == ("run1:1", "because")


def test_who_was_to_wait_in_a_queue_hears_that_nobody_can() -> None:
    issued = Issued(id=CommandId("run1:1"), run=RunId("run1"), call=CallId(""), body=EnterQueue(place=PLACE))
    told = refusal(issued, "because", NOON)
    assert isinstance(told, QueueEnded)
    assert (told.end, told.queue, told.reason) == (QueueEnd.FAILED, "vip", "because")
