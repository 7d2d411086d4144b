"""The run store's works on SQLite. They run on the one writer thread and share its commits.

They speak to the driver itself: by way of SQLAlchemy each statement would cost more than the work it does.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from skipline.base.fault_points import pass_point
from skipline.model.durable import Arrival, Claim, DurableRun, Outgoing, RunStatus, TurnEnd, Verdict
from skipline.model.ids import RunId
from skipline.store import runs
from skipline.store.clock import FOREVER
from skipline.store.durable.writing import (
    Asked,
    Ended,
    Ingested,
    Settlement,
    begun_runs,
    read_outgoing,
    write_command,
    write_run,
)
from skipline.store.statements import driver_of, load_plain

_SQL = load_plain("durable_sqlite")


def ingest_all(transaction: sa.Connection, asked: Sequence[Asked], lease: timedelta) -> list[Ingested]:
    """Keep events and begin or wake their runs, each held by the owner beside it (None: whoever comes first)."""
    driver = driver_of(transaction)
    present = _present(driver)
    ingested = [_ingest(driver, arrival, owner, present, lease) for arrival, owner in asked]
    runs.start_all(transaction, begun_runs(asked, ingested))
    return ingested


def _ingest(
    driver: sqlite3.Connection, arrival: Arrival, owner: str | None, present: datetime, lease: timedelta
) -> Ingested:
    kept = _one(driver, "keep_event", present=_written(present), **_event_row(arrival))
    if kept is None:
        return Ingested(Verdict.REPEATED)
    pass_point("event_kept")
    holding = _holding(owner, present, lease)
    live = _one(driver, "find_live", conversation=arrival.conversation)
    if live is None:
        return _begin(driver, arrival, kept[0], holding, present)
    run, status, flow, version, state, rev = live
    if status != RunStatus.WAITING:
        _queue(driver, arrival, kept[0])
        return Ingested(Verdict.QUEUED)
    _do(driver, "wake", run=run, **holding)
    if owner is None:
        return Ingested(Verdict.RESUMED)
    found = {"run": run, "flow": flow, "version": version, "state": state, "rev": rev}
    woken_by = {"event_id": kept[0], "event": arrival.payload}
    claim = Claim(owner=owner, conversation=arrival.conversation, at=present, **found, **woken_by)
    return Ingested(Verdict.RESUMED, claim)


def claim(transaction: sa.Connection, owner: str, most: int, lease: timedelta) -> list[Claim]:
    """Up to `most` runs that are due, now held by `owner`."""
    driver = driver_of(transaction)
    present = _present(driver)
    times = {"present": _written(present), "lease_end": _written(present + lease)}
    taken = driver.execute(_SQL["claim"], {"owner": owner, "most": most, **times}).fetchall()
    return [_claimed(driver, row, owner, present) for row in taken]


def commit_all(transaction: sa.Connection, ended: Sequence[Ended], lease: timedelta) -> list[tuple[bool, bool]]:
    """Save turns; for each whether it was saved, and whether a run is ready now."""
    driver = driver_of(transaction)
    present = _present(driver)
    results = [_commit(driver, held, turn, present, lease) for held, turn in ended]
    saved = [one for one, (is_saved, _) in zip(ended, results, strict=True) if is_saved]
    _put_commands(driver, saved, present)
    runs.keep_all(transaction, [turn.kept.run for _, turn in saved])
    return results


def _commit(
    driver: sqlite3.Connection, held: Claim, turn: TurnEnd, present: datetime, lease: timedelta
) -> tuple[bool, bool]:
    goes_on = turn.status is RunStatus.RUNNING
    saved = {
        "run": held.run,
        "rev": held.rev,
        "owner": held.owner,
        "next_owner": held.owner if goes_on else None,
        "status": turn.status,
        "state": write_run(turn.kept),
        "due_at": _written(present + lease) if goes_on else _due_of(turn),
        "present": _written(present),
    }
    if _one(driver, "save", **saved) is None:
        return False, False
    pass_point("turn_written")
    if turn.event_id is not None:
        _do(driver, "use_event", run=held.run, event=turn.event_id)
    return True, not goes_on and _look_for_events(driver, held, turn.status, present)


def take_commands(transaction: sa.Connection, owner: str, most: int, lease: timedelta) -> list[Outgoing]:
    """Up to `most` commands that are due, now held by `owner`."""
    driver = driver_of(transaction)
    present = _present(driver)
    times = {"present": _written(present), "lease_end": _written(present + lease)}
    taken = driver.execute(_SQL["take_commands"], {"owner": owner, "most": most, **times}).fetchall()
    return [read_outgoing(row, owner) for row in sorted(taken)]


def renew(transaction: sa.Connection, held: Sequence[Claim], lease: timedelta) -> set[RunId]:
    """Put the ends of leases off; gives the runs that are still held."""
    driver = driver_of(transaction)
    lease_end = _written(_present(driver) + lease)
    rows = (_one(driver, "renew", run=one.run, owner=one.owner, lease_end=lease_end) for one in held)
    return {RunId(row[0]) for row in rows if row is not None}


def settle_all(transaction: sa.Connection, settled: Sequence[Settlement]) -> list[bool]:
    """Mark commands as carried out or given up; for each whether it was still its owner's."""
    driver = driver_of(transaction)
    present = _written(_present(driver))
    return [_settle(driver, outgoing, problem, present) for outgoing, problem in settled]


def _settle(driver: sqlite3.Connection, outgoing: Outgoing, problem: str, present: str) -> bool:
    settled = {"command": outgoing.id, "owner": outgoing.owner, "problem": problem, "present": present}
    return driver.execute(_SQL["settle"], settled).rowcount > 0


def _begin(
    driver: sqlite3.Connection, arrival: Arrival, event: int, holding: dict[str, Any], present: datetime
) -> Ingested:
    run = arrival.begins
    _do(driver, "use_event", run="" if run is None else run.id, event=event)
    if run is None:
        return Ingested(Verdict.UNWANTED)
    state = write_run(DurableRun(run=run))
    began: dict[str, Any] = {"run": run.id, "flow": run.flow, "version": run.version, "state": state}
    _do(driver, "begin", conversation=arrival.conversation, present=_written(present), **began, **holding)
    if holding["owner"] is None:
        return Ingested(Verdict.STARTED)
    held: dict[str, Any] = {"owner": holding["owner"], "conversation": arrival.conversation, "rev": 0, "at": present}
    return Ingested(Verdict.STARTED, Claim(**began, **held))


def _queue(driver: sqlite3.Connection, arrival: Arrival, event: int) -> None:
    run = arrival.begins
    if run is not None:
        state = write_run(DurableRun(run=run))
        _do(driver, "queue_event", run=run.id, flow=run.flow, version=run.version, state=state, event=event)


def _look_for_events(driver: sqlite3.Connection, held: Claim, status: RunStatus, present: datetime) -> bool:
    """Events that came during the turn: they wake the run again, or begin the next one when this one is over."""
    while event := _one(driver, "next_event", conversation=held.conversation):
        id_, _, run, flow, version, state = event
        if status is not RunStatus.DONE:
            _do(driver, "make_ready", run=held.run, present=_written(present))
            return True
        _do(driver, "use_event", run=run or "", event=id_)
        if run is not None:
            began = {"run": run, "flow": flow, "version": version, "state": state, "conversation": held.conversation}
            ready = {"status": RunStatus.READY, "due_at": _written(present), "owner": None, "attempts": 0}
            _do(driver, "begin", present=_written(present), **began, **ready)
            return True
    return False


def _put_commands(driver: sqlite3.Connection, saved: Sequence[Ended], present: datetime) -> None:
    due_at = _written(present)
    issued = [(held, command, turn.kept.run) for held, turn in saved for command in turn.commands]
    rows = [
        (command.id, held.run, held.conversation, write_command(command, run), due_at) for held, command, run in issued
    ]
    driver.executemany(_SQL["put_command"], rows)


def _claimed(driver: sqlite3.Connection, row: tuple[Any, ...], owner: str, present: datetime) -> Claim:
    run, conversation, flow, version, state, rev, attempts = row
    # A run that never took a turn begins with its own state; events of its conversation come after that.
    event = _one(driver, "next_event", conversation=conversation) if rev else None
    event_id, payload = event[:2] if event else (None, None)
    found = {"run": run, "conversation": conversation, "flow": flow, "version": version, "state": state, "rev": rev}
    return Claim(**found, owner=owner, at=present, event_id=event_id, event=payload, attempts=attempts)


def _holding(owner: str | None, present: datetime, lease: timedelta) -> dict[str, Any]:
    """The columns of a run that is held from now on, or that anybody may take."""
    if owner is None:
        return {"status": RunStatus.READY, "due_at": _written(present), "owner": None, "attempts": 0}
    return {"status": RunStatus.RUNNING, "due_at": _written(present + lease), "owner": owner, "attempts": 1}


def _event_row(arrival: Arrival) -> dict[str, Any]:
    return {
        "channel": arrival.channel,
        "dedup": arrival.dedup,
        "conversation": arrival.conversation,
        "payload": arrival.payload,
    }


def _due_of(turn: TurnEnd) -> str | None:
    return None if turn.status is RunStatus.DONE else _written(turn.due_at or FOREVER)


def _do(driver: sqlite3.Connection, name: str, **values: Any) -> None:
    driver.execute(_SQL[name], values)


def _one(driver: sqlite3.Connection, name: str, **values: Any) -> tuple[Any, ...] | None:
    rows: Iterator[tuple[Any, ...]] = iter(driver.execute(_SQL[name], values).fetchall())
    return next(rows, None)


def _present(driver: sqlite3.Connection) -> datetime:
    (written,) = driver.execute(_SQL["clock"]).fetchone()
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
