"""The run store's works on SQLite. They run on the one writer thread and share its commits.

They speak to the driver itself: by way of SQLAlchemy each statement would cost more than the work it does.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from skipline.base.fault_points import pass_point
from skipline.model.durable import Arrival, Claim, DurableRun, Outgoing, RunStatus, TurnEnd, Verdict
from skipline.model.ids import RunId
from skipline.model.run import Run
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


@dataclass(frozen=True, slots=True)
class _Moment:
    """The database's present at a work, and the end of a lease that begins now, also as they are written."""

    at: datetime
    present: str
    lease_end: str


def ingest_all(transaction: sa.Connection, asked: Sequence[Asked], lease: timedelta) -> list[Ingested]:
    """Keep events and begin or wake their runs, each held by the owner beside it (None: whoever comes first)."""
    driver = driver_of(transaction)
    now = _moment(driver, lease)
    ingested = [_ingest(driver, arrival, owner, now) for arrival, owner in asked]
    runs.start_all(transaction, begun_runs(asked, ingested))
    return ingested


def _ingest(driver: sqlite3.Connection, arrival: Arrival, owner: str | None, now: _Moment) -> Ingested:
    """Nobody else writes meanwhile, so what becomes of the event is known before it is kept."""
    live = _one(driver, "find_live", conversation=arrival.conversation)
    verdict = _verdict(arrival, None if live is None else live[1])
    kept = _one(driver, "keep_event", present=now.present, **_event_row(arrival, verdict))
    if kept is None:
        return Ingested(Verdict.REPEATED)
    pass_point("event_kept")
    if verdict is Verdict.STARTED and arrival.begins is not None:
        return _begin(driver, arrival, arrival.begins, owner, now)
    if verdict is Verdict.RESUMED and live is not None:
        return _wake(driver, arrival, kept[0], live, owner, now)
    return Ingested(verdict)


def _verdict(arrival: Arrival, status_of_live: str | None) -> Verdict:
    if status_of_live is None:
        return Verdict.UNWANTED if arrival.begins is None else Verdict.STARTED
    return Verdict.RESUMED if status_of_live == RunStatus.WAITING else Verdict.QUEUED


def _begin(driver: sqlite3.Connection, arrival: Arrival, run: Run, owner: str | None, now: _Moment) -> Ingested:
    state = write_run(DurableRun(run=run))
    began: dict[str, Any] = {"run": run.id, "flow": run.flow, "version": run.version, "state": state}
    place = {"conversation": arrival.conversation, "present": now.present}
    _do(driver, "begin", **place, **began, **_holding(owner, now))
    if owner is None:
        return Ingested(Verdict.STARTED)
    claim = Claim(**began, owner=owner, conversation=arrival.conversation, rev=0, at=now.at)
    return Ingested(Verdict.STARTED, claim)


def _wake(
    driver: sqlite3.Connection, arrival: Arrival, event: int, live: tuple[Any, ...], owner: str | None, now: _Moment
) -> Ingested:
    run, _, flow, version, state, rev = live
    _do(driver, "wake", run=run, **_holding(owner, now))
    if owner is None:
        return Ingested(Verdict.RESUMED)
    found = {"run": run, "flow": flow, "version": version, "state": state, "rev": rev}
    woken_by: dict[str, Any] = {"event_id": event, "event": arrival.payload}
    claim = Claim(owner=owner, conversation=arrival.conversation, at=now.at, **found, **woken_by)
    return Ingested(Verdict.RESUMED, claim)


def claim(transaction: sa.Connection, owner: str, most: int, lease: timedelta) -> list[Claim]:
    """Up to `most` runs that are due, now held by `owner`."""
    driver = driver_of(transaction)
    now = _moment(driver, lease)
    asked = {"owner": owner, "most": most, "present": now.present, "lease_end": now.lease_end}
    taken = driver.execute(_SQL["claim"], asked).fetchall()
    return [_claimed(driver, row, owner, now.at) for row in taken]


def commit_all(transaction: sa.Connection, ended: Sequence[Ended], lease: timedelta) -> list[tuple[bool, bool]]:
    """Save turns; for each whether it was saved, and whether a run is ready now."""
    driver = driver_of(transaction)
    now = _moment(driver, lease)
    is_saved = [_save(driver, held, turn, now) for held, turn in ended]
    saved = [one for one, is_one in zip(ended, is_saved, strict=True) if is_one]
    is_ready = _wake_for_events(driver, saved, now)
    _put_commands(driver, saved, now)
    runs.keep_all(transaction, [turn.kept.run for _, turn in saved])
    return [(is_one, is_one and held.run in is_ready) for (held, _), is_one in zip(ended, is_saved, strict=True)]


def _save(driver: sqlite3.Connection, held: Claim, turn: TurnEnd, now: _Moment) -> bool:
    goes_on = turn.status is RunStatus.RUNNING
    saved = {
        "run": held.run,
        "rev": held.rev,
        "owner": held.owner,
        "next_owner": held.owner if goes_on else None,
        "status": turn.status,
        "state": write_run(turn.kept),
        "due_at": now.lease_end if goes_on else _due_of(turn),
        "present": now.present,
    }
    if _one(driver, "save", **saved) is None:
        return False
    pass_point("turn_written")
    if turn.event_id is not None:
        _do(driver, "use_event", run=held.run, event=turn.event_id)
    return True


def _wake_for_events(driver: sqlite3.Connection, saved: Sequence[Ended], now: _Moment) -> set[RunId]:
    """Of these turns' runs, those after which a run is ready, because an event came meanwhile (rule 2)."""
    over = [(held, turn.status) for held, turn in saved if turn.status is not RunStatus.RUNNING]
    conversations = [held.conversation for held, _ in over]
    waiting = {row[0] for row in driver.execute(_SQL["with_events"], (json.dumps(conversations),))}
    waiting |= {one for one in conversations if "\0" in one}  # where SQLite's JSON ends a text
    return {
        held.run
        for held, status in over
        if held.conversation in waiting and _look_for_events(driver, held, status, now)
    }


def take_commands(transaction: sa.Connection, owner: str, most: int, lease: timedelta) -> list[Outgoing]:
    """Up to `most` commands that are due, now held by `owner`."""
    driver = driver_of(transaction)
    now = _moment(driver, lease)
    asked = {"owner": owner, "most": most, "present": now.present, "lease_end": now.lease_end}
    return [read_outgoing(row, owner) for row in sorted(driver.execute(_SQL["take_commands"], asked).fetchall())]


def renew(transaction: sa.Connection, held: Sequence[Claim], lease: timedelta) -> set[RunId]:
    """Put the ends of leases off; gives the runs that are still held."""
    driver = driver_of(transaction)
    lease_end = _moment(driver, lease).lease_end
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


def _look_for_events(driver: sqlite3.Connection, held: Claim, status: RunStatus, now: _Moment) -> bool:
    """Events that came during the turn: they wake the run again, or begin the next one when this one is over."""
    while event := _one(driver, "next_event", conversation=held.conversation):
        id_, _, run, flow, version, state = event
        if status is not RunStatus.DONE:
            _do(driver, "make_ready", run=held.run, present=now.present)
            return True
        _do(driver, "use_event", run=run or "", event=id_)
        if run is not None:
            began = {"run": run, "flow": flow, "version": version, "state": state, "conversation": held.conversation}
            _do(driver, "begin", present=now.present, **began, **_holding(None, now))
            return True
    return False


def _put_commands(driver: sqlite3.Connection, saved: Sequence[Ended], now: _Moment) -> None:
    issued = [(held, command, turn.kept.run) for held, turn in saved for command in turn.commands]
    rows = [
        (command.id, held.run, held.conversation, write_command(command, run), now.present)
        for held, command, run in issued
    ]
    driver.executemany(_SQL["put_command"], rows)


def _claimed(driver: sqlite3.Connection, row: tuple[Any, ...], owner: str, present: datetime) -> Claim:
    run, conversation, flow, version, state, rev, attempts = row
    # A run that never took a turn begins with its own state; events of its conversation come after that.
    event = _one(driver, "next_event", conversation=conversation) if rev else None
    event_id, payload = event[:2] if event else (None, None)
    found = {"run": run, "conversation": conversation, "flow": flow, "version": version, "state": state, "rev": rev}
    return Claim(**found, owner=owner, at=present, event_id=event_id, event=payload, attempts=attempts)


def _holding(owner: str | None, now: _Moment) -> dict[str, Any]:
    """The columns of a run that is held from now on, or that anybody may take."""
    if owner is None:
        return {"status": RunStatus.READY, "due_at": now.present, "owner": None, "attempts": 0}
    return {"status": RunStatus.RUNNING, "due_at": now.lease_end, "owner": owner, "attempts": 1}


def _event_row(arrival: Arrival, verdict: Verdict) -> dict[str, Any]:
    """The event with what becomes of it: a run uses it at once, nobody wants it, it wakes one (None: not used yet), or
    it waits for its turn, with the run that begins then unless one is live."""
    run = arrival.begins
    is_queued = verdict is Verdict.QUEUED and run is not None
    used_by = {Verdict.STARTED: run and run.id, Verdict.UNWANTED: ""}
    return {
        "channel": arrival.channel,
        "dedup": arrival.dedup,
        "conversation": arrival.conversation,
        "payload": arrival.payload,
        "run": used_by.get(verdict),
        "next_run": run.id if is_queued and run else None,
        "next_flow": run.flow if is_queued and run else None,
        "next_version": run.version if is_queued and run else None,
        "next_state": write_run(DurableRun(run=run)) if is_queued and run else None,
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


def _moment(driver: sqlite3.Connection, lease: timedelta) -> _Moment:
    at = _present(driver)
    return _Moment(at, _written(at), _written(at + lease))


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
