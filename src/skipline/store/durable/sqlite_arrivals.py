"""Events that come in, on SQLite: kept, and at once the beginning of a run or what wakes one."""

import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from skipline.base.fault_points import pass_point
from skipline.model.durable import Arrival, Claim, DurableRun, RunStatus, Verdict
from skipline.model.run import Run
from skipline.store import runs
from skipline.store.durable.sqlite_driver import Moment, do, first, holding, moment_of
from skipline.store.durable.writing import Asked, Ingested, begun_runs, write_run
from skipline.store.statements import driver_of


def ingest_all(transaction: sa.Connection, asked: Sequence[Asked], lease: timedelta) -> list[Ingested]:
    """Keep events and begin or wake their runs, each held by the owner beside it (None: whoever comes first)."""
    driver = driver_of(transaction)
    now = moment_of(driver, lease)
    ingested = [_ingest(driver, arrival, owner, now) for arrival, owner in asked]
    runs.start_all(transaction, begun_runs(asked, ingested))
    return ingested


def _ingest(driver: sqlite3.Connection, arrival: Arrival, owner: str | None, now: Moment) -> Ingested:
    """Nobody else writes meanwhile, so what becomes of the event is known before it is kept."""
    live = first(driver, "find_live", conversation=arrival.conversation)
    verdict = _verdict(arrival, None if live is None else live[1])
    kept = first(driver, "keep_event", present=now.present, **_event_row(arrival, verdict))
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


def _begin(driver: sqlite3.Connection, arrival: Arrival, run: Run, owner: str | None, now: Moment) -> Ingested:
    state = write_run(DurableRun(run=run))
    began: dict[str, Any] = {"run": run.id, "flow": run.flow, "version": run.version, "state": state}
    place = {"conversation": arrival.conversation, "present": now.present}
    do(driver, "begin", **place, **began, **holding(owner, now))
    if owner is None:
        return Ingested(Verdict.STARTED)
    claim = Claim(**began, owner=owner, conversation=arrival.conversation, rev=0, at=now.at)
    return Ingested(Verdict.STARTED, claim)


def _wake(
    driver: sqlite3.Connection, arrival: Arrival, event: int, live: tuple[Any, ...], owner: str | None, now: Moment
) -> Ingested:
    run, _, flow, version, state, rev = live
    do(driver, "wake", run=run, **holding(owner, now))
    if owner is None:
        return Ingested(Verdict.RESUMED)
    found = {"run": run, "flow": flow, "version": version, "state": state, "rev": rev}
    woken_by: dict[str, Any] = {"event_id": event, "event": arrival.payload}
    claim = Claim(owner=owner, conversation=arrival.conversation, at=now.at, **found, **woken_by)
    return Ingested(Verdict.RESUMED, claim)


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
