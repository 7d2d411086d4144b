"""How runs begin that serve no call."""

from flow_room import NOON, compiled

from skipline.centre.starts import begin_run
from skipline.centre.state import LiveFlow
from skipline.flow.run import start_run
from skipline.model.events import ScheduleDue, WebhookReceived
from skipline.model.ids import RunId
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
