"""Arrivals, turns and databases for the tests of durable runs."""

from datetime import UTC, datetime, timedelta

import msgspec
import sqlalchemy as sa

from skipline.model.commands import Issued, SayText
from skipline.model.contact import Contact
from skipline.model.durable import Arrival, Claim, DurableRun, RunStatus, TurnEnd
from skipline.model.flow_version import FlowContent
from skipline.model.ids import CallId, CommandId, RunId
from skipline.model.run import Outcome, Run
from skipline.store import Database, flows
from skipline.store.durable import RunStore
from skipline.store.schema import durable_runs, inbox, outbox

NOON = datetime(2030, 5, 1, 12, 0, tzinfo=UTC)


async def publish(database: Database, text: str = "format: 1\n", flow: str = "orders") -> int:
    """The number of a new version of a flow."""
    content = FlowContent(flow=flow, name=flow.capitalize(), text=text)
    return (await database.write(flows.publish, content, NOON)).version


def make_run(name: str, version: int = 1, flow: str = "orders") -> Run:
    return Run(id=RunId(name), flow=flow, version=version, started_at=NOON, contact=Contact(phone="+31612345678"))


def arrival(conversation: str, dedup: str, *, begins: Run | None = None, payload: str = "null") -> Arrival:
    return Arrival(channel="test", dedup=dedup, conversation=conversation, begins=begins, payload=payload)


def turn_of(
    claim: Claim,
    status: RunStatus = RunStatus.WAITING,
    *,
    commands: int = 0,
    due_in_seconds: float | None = None,
    asked: Issued | None = None,
) -> TurnEnd:
    """A turn that issues so many commands, counted on from those that the run issued before."""
    kept = msgspec.json.decode(claim.state, type=DurableRun)
    issued = []
    for _ in range(commands):
        kept.run.commands_issued += 1
        issued.append(issue(kept.run))
    if status is RunStatus.DONE:
        kept.run.ended_at, kept.run.outcome = claim.at, Outcome.ENDED
    kept.asked = asked
    due_at = None if due_in_seconds is None else claim.at + timedelta(seconds=due_in_seconds)
    return TurnEnd(kept=kept, status=status, due_at=due_at, commands=tuple(issued), event_id=claim.event_id)


def issue(run: Run) -> Issued:
    number = run.commands_issued
    return Issued(id=CommandId(f"{run.id}:{number}"), run=run.id, call=CallId(""), body=SayText(text=f"words {number}"))


async def park(store: RunStore, claim: Claim, problem: str = "broke") -> None:
    """Let the turns of a claimed run fail until it is parked."""
    while await store.give_back(claim, problem, timedelta(0)) is not RunStatus.PARKED:
        (claim,) = (await store.claim(claim.owner, 1))[0]


async def let_leases_end(database: Database) -> None:
    """As if everybody who holds a run or a command had been silent for too long."""
    past = datetime(2020, 1, 1, tzinfo=UTC)

    def end_them(transaction: sa.Connection) -> None:
        held_runs = durable_runs.c.owner.is_not(None) & durable_runs.c.due_at.is_not(None)
        transaction.execute(sa.update(durable_runs).where(held_runs).values(due_at=past))
        held_commands = outbox.c.owner.is_not(None) & outbox.c.due_at.is_not(None)
        transaction.execute(sa.update(outbox).where(held_commands).values(due_at=past))

    await database.write(end_them)


async def let_times_come(database: Database) -> None:
    """As if every run that waits for a time had waited long enough."""
    past = datetime(2020, 1, 1, tzinfo=UTC)
    waits = (durable_runs.c.due_at.is_not(None), durable_runs.c.status.in_(["waiting", "ready"]))
    await database.write(lambda one: one.execute(sa.update(durable_runs).where(*waits).values(due_at=past)))


def count_open_events(transaction: sa.Connection) -> int:
    return transaction.scalar(sa.select(sa.func.count()).where(inbox.c.run_id.is_(None))) or 0


def command_ids(transaction: sa.Connection) -> list[str]:
    return list(transaction.scalars(sa.select(outbox.c.idem).order_by(outbox.c.id)))
