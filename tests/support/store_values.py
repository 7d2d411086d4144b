"""Calls, runs and flows for the tests of storage, each told apart by its number."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from skipline.model.call import Call
from skipline.model.contact import Contact
from skipline.model.flow_version import FlowContent
from skipline.model.ids import CallId, RunId, StepId
from skipline.model.run import Outcome, Run, TraceEntry
from skipline.store.schema import live_numbers

NOON = datetime(2030, 5, 1, 12, 0, tzinfo=UTC)
ANA = "+31611111111"
BEN = "+31622222222"


def make_call(number: int, *, phone: str = ANA, after_seconds: float = 0.0) -> Call:
    arrived_at = NOON + timedelta(seconds=after_seconds)
    return Call(id=CallId(f"call{number}"), arrived_at=arrived_at, from_=phone, to="+31201234567", trunk="carrier")


def make_run(number: int, *, phone: str = ANA, after_seconds: float = 0.0) -> Run:
    call = make_call(number, phone=phone, after_seconds=after_seconds)
    contact = Contact(phone=phone, name="Ana", tier="gold", tags=("vip",))
    started_at = call.arrived_at
    return Run(
        id=RunId(f"run{number:04}"), flow="loyalty", version=3, started_at=started_at, contact=contact, call=call
    )


def finish(run: Run, outcome: Outcome = Outcome.ANSWERED) -> Run:
    """The run as it looks when it is over, with a trace of one step."""
    passed = TraceEntry(
        step=StepId("tier"), type="branch", exit="vip", at=run.started_at, ms=0.25, detail={"why": "loyalty is gold"}
    )
    run.trace = [passed]
    run.variables = {"loyalty_status": "gold", "orders": 12, "spent": 10.5, "seen": ["a", None, True]}
    run.steps_taken = 1
    run.outcome, run.ended_at = outcome, run.started_at + timedelta(seconds=30)
    return run


def make_flow(flow: str, *numbers: str, text: str = "format: 1\n", claims: tuple[str, ...] = ()) -> FlowContent:
    return FlowContent(flow=flow, name=flow.capitalize(), text=text, numbers=numbers, claims=claims)


def find_owner(transaction: sa.Connection, number: str) -> str | None:
    """The key of the live flow that a number starts, as the table itself has it."""
    return transaction.scalar(sa.select(live_numbers.c.flow).where(live_numbers.c.number == number))
