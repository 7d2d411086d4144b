"""Runs that are parked in a database, for those who look after them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from durable_values import arrival, park, publish, turn_of

from skipline.model.contact import Contact
from skipline.model.ids import RunId
from skipline.model.run import Run
from skipline.store import Database
from skipline.store.durable import open_run_store

FLOW = """\
format: 1
name: Orders
triggers: [{type: incoming_call, numbers: ["+31201234567"]}]
start: keep
steps:
  keep: {type: set_variables, with: {values: {settled: "yes"}}, next: {done: bye}}
  bye: {type: hang_up}
"""


async def park_runs(database: Database, *names: str) -> None:
    """Runs of a flow that is published here; each knows a personal value, and has a command that was put off."""
    store = await open_run_store(database)
    version = await publish(database, FLOW)
    for name in names:
        contact = Contact(phone="+31612345678", name="Ana")
        at = datetime(2030, 5, 1, 12, tzinfo=UTC)
        run = Run(id=RunId(name), flow="orders", version=version, started_at=at, contact=contact)
        run.variables, run.personal = {"order": 17, "pin": "4711"}, ("pin",)
        claim = (await store.ingest(arrival(name, f"start {name}", begins=run), "a")).claim
        assert claim is not None
        turn = turn_of(claim, commands=1, due_in_seconds=0)
        kept = turn.kept.run
        kept.step, kept.step_type, kept.step_entered_at, kept.wait_until = "keep", "set_variables", at, claim.at
        assert await store.commit(claim, turn)
        (command,) = await store.take_commands("a", 1)
        await store.put_off(command, "the provider is down", timedelta(days=1))
        (claim,) = (await store.claim("a", 1))[0]
        await park(store, claim, "at step keep (set_variables): RuntimeError: this step is broken")
    await store.close()


async def park_in(place: Path | str, folder: Path, *names: str) -> None:
    """The same in a database that nobody has opened."""
    async with await Database.open(place, folder=folder) as database:
        await park_runs(database, *names)
