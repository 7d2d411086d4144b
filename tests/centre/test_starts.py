"""How runs begin that serve no call."""

import pytest
from flow_room import NOON, compiled

from skipline.centre.starts import begin_run, start_for_message
from skipline.centre.state import LiveFlow
from skipline.flow.run import start_run
from skipline.model.contact import Contact
from skipline.model.events import MessageReceived, ScheduleDue, WebhookReceived
from skipline.model.ids import ConversationId, MessageId, RunId
from skipline.model.message import Channel
from skipline.model.run import Outcome, Run, StartedBy

FLOW = compiled(
    """
format: 1
name: Orders
triggers:
  - type: webhook
    name: orders
    secret: orders_key
    phone_from: /phone
    keep:
      - {from: /at, as: ordered_at, type: time}
      - {from: /email, as: email, type: text, personal: true}
      - {from: /tier, as: contact.tier, type: text}
      - {from: /language, as: contact.language, type: text}
  - {type: schedule, cron: "0 9 * * *"}
start: bye
steps:
  bye: {type: hang_up}
"""
)
LIVE = LiveFlow("orders", FLOW)


def _begun(**payload: object) -> Run:
    event = WebhookReceived(at=NOON, webhook="orders", id="d1", payload=payload)
    run = begin_run(LIVE, event, RunId("run1"), NOON)
    assert run is not None
    return run


def test_a_run_begins_with_what_its_trigger_keeps() -> None:
    run = _begun(phone="+31611111111", at="2026-05-01T10:00:00+02:00", email="ana@example.com", tier="gold")
    assert (run.flow, run.version, run.call) == ("orders", 1, None)
    assert run.variables == {"ordered_at": "2026-05-01T08:00:00Z", "email": "ana@example.com"}
    assert (run.contact.phone, run.contact.tier, run.contact.language) == ("+31611111111", "gold", "")
    assert run.started_by == StartedBy(type="webhook", details={"name": "orders", "delivery": "d1"})
    assert run.personal == ("email",)


def test_a_schedule_begins_a_run_without_a_contact() -> None:
    run = begin_run(LIVE, ScheduleDue(at=NOON, cron="0 9 * * *", zone="UTC", planned_at=NOON), RunId("run1"), NOON)
    assert run is not None
    assert (run.contact.phone, run.variables) == ("", {"planned_at": "2026-05-01T12:00:00Z"})


def test_another_ones_event_begins_nothing() -> None:
    event = WebhookReceived(at=NOON, webhook="returns", id="d1")
    assert begin_run(LIVE, event, RunId("run1"), NOON) is None


def test_a_run_without_a_call_hangs_nothing_up() -> None:
    run = _begun()
    turn = start_run(FLOW, run, NOON)
    assert (turn.commands, turn.is_over, run.outcome) == ((), True, Outcome.ENDED)


def _live(key: str, *triggers: str) -> LiveFlow:
    listed = "".join(f"  - {{type: incoming_message, {one}}}\n" for one in triggers)
    text = f"format: 1\nname: {key}\ntriggers:\n{listed}start: bye\nsteps:\n  bye: {{type: hang_up}}\n"
    return LiveFlow(key, compiled(text))


def _written(text: str, *, is_first_contact: bool = False) -> MessageReceived:
    return MessageReceived(
        at=NOON,
        conversation=ConversationId("conversation1"),
        message=MessageId("message1"),
        channel=Channel.SMS,
        account="support",
        contact=Contact(phone="+31611111111"),
        text=text,
        is_first_contact=is_first_contact,
    )


MESSAGE_FLOWS = (
    _live("anything", "accounts: [support]"),
    _live("new", "accounts: [support], first_contact: true"),
    _live("orders", "accounts: [support], keywords: [order, my order]", "accounts: [support], keywords: [parcel]"),
    _live("sales", "accounts: [sales]"),
    _live("urgent", "accounts: [support], keywords: [my order is late]"),
)


@pytest.mark.parametrize(
    ("text", "is_first_contact", "flow"),
    [
        ("Hello", False, "anything"),
        ("Hello", True, "new"),
        ("ORDER 12", True, "orders"),
        ("my order, please", False, "orders"),
        ("Parcel", False, "orders"),
        ("my order is late!", False, "urgent"),
    ],
)
def test_a_message_starts_the_flow_that_asks_for_most(text: str, is_first_contact: bool, flow: str) -> None:
    received = _written(text, is_first_contact=is_first_contact)
    for flows in (MESSAGE_FLOWS, MESSAGE_FLOWS[::-1]):
        run = start_for_message(flows, received, RunId("run1"), NOON)
        assert run is not None
        assert (run.flow, run.message, run.contact.phone) == (flow, received, "+31611111111")


def test_a_message_to_an_account_without_a_flow_starts_nothing() -> None:
    assert start_for_message(MESSAGE_FLOWS[2:4], _written("Hello"), RunId("run1"), NOON) is None
