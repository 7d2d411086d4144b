"""Turns of runs and their commands, on SQLite. These works run on the one writer thread and share its commits.

They speak to the driver itself: by way of SQLAlchemy each statement would cost more than the work it does.
"""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from skipline.base.fault_points import pass_point
from skipline.model.durable import Claim, Outgoing, RunStatus, TurnEnd
from skipline.model.ids import RunId
from skipline.store import runs
from skipline.store.clock import FOREVER
from skipline.store.durable.sqlite_driver import SQL, Moment, do, first, holding, moment_of, written
from skipline.store.durable.writing import Ended, Settlement, read_outgoing, write_command, write_run
from skipline.store.statements import driver_of


def claim(transaction: sa.Connection, owner: str, most: int, lease: timedelta) -> list[Claim]:
    """Up to `most` runs that are due, now held by `owner`."""
    driver = driver_of(transaction)
    now = moment_of(driver, lease)
    asked = {"owner": owner, "most": most, "present": now.present, "lease_end": now.lease_end}
    taken = driver.execute(SQL["claim"], asked).fetchall()
    return [_claimed(driver, row, owner, now.at) for row in taken]


def commit_all(transaction: sa.Connection, ended: Sequence[Ended], lease: timedelta) -> list[tuple[bool, bool]]:
    """Save turns; for each whether it was saved, and whether a run is ready now."""
    driver = driver_of(transaction)
    now = moment_of(driver, lease)
    is_saved = [_save(driver, held, turn, now) for held, turn in ended]
    saved = [one for one, is_one in zip(ended, is_saved, strict=True) if is_one]
    is_ready = _wake_for_events(driver, saved, now)
    _put_commands(driver, saved, now)
    runs.keep_all(transaction, [turn.kept.run for _, turn in saved])
    return [(is_one, is_one and held.run in is_ready) for (held, _), is_one in zip(ended, is_saved, strict=True)]


def _save(driver: sqlite3.Connection, held: Claim, turn: TurnEnd, now: Moment) -> bool:
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
    if first(driver, "save", **saved) is None:
        return False
    pass_point("turn_written")
    if turn.event_id is not None:
        do(driver, "use_event", run=held.run, event=turn.event_id)
    return True


def _wake_for_events(driver: sqlite3.Connection, saved: Sequence[Ended], now: Moment) -> set[RunId]:
    """Of these turns' runs, those after which a run is ready, because an event came meanwhile (rule 2)."""
    over = [(held, turn.status) for held, turn in saved if turn.status is not RunStatus.RUNNING]
    conversations = [held.conversation for held, _ in over]
    waiting = {row[0] for row in driver.execute(SQL["with_events"], (json.dumps(conversations),))}
    waiting |= {one for one in conversations if "\0" in one}  # where SQLite's JSON ends a text
    return {
        held.run
        for held, status in over
        if held.conversation in waiting and _look_for_events(driver, held, status, now)
    }


def take_commands(transaction: sa.Connection, owner: str, most: int, lease: timedelta) -> list[Outgoing]:
    """Up to `most` commands that are due, now held by `owner`."""
    driver = driver_of(transaction)
    now = moment_of(driver, lease)
    asked = {"owner": owner, "most": most, "present": now.present, "lease_end": now.lease_end}
    return [read_outgoing(row, owner) for row in sorted(driver.execute(SQL["take_commands"], asked).fetchall())]


def renew(transaction: sa.Connection, held: Sequence[Claim], lease: timedelta) -> set[RunId]:
    """Put the ends of leases off; gives the runs that are still held."""
    driver = driver_of(transaction)
    lease_end = moment_of(driver, lease).lease_end
    rows = (first(driver, "renew", run=one.run, owner=one.owner, lease_end=lease_end) for one in held)
    return {RunId(row[0]) for row in rows if row is not None}


def settle_all(transaction: sa.Connection, settled: Sequence[Settlement]) -> list[bool]:
    """Mark commands as carried out or given up; for each whether it was still its owner's."""
    driver = driver_of(transaction)
    present = moment_of(driver, timedelta(0)).present
    return [_settle(driver, outgoing, problem, present) for outgoing, problem in settled]


def _settle(driver: sqlite3.Connection, outgoing: Outgoing, problem: str, present: str) -> bool:
    settled = {"command": outgoing.id, "owner": outgoing.owner, "problem": problem, "present": present}
    return driver.execute(SQL["settle"], settled).rowcount > 0


def _look_for_events(driver: sqlite3.Connection, held: Claim, status: RunStatus, now: Moment) -> bool:
    """Events that came during the turn: they wake the run again, or begin the next one when this one is over."""
    while event := first(driver, "next_event", conversation=held.conversation):
        id_, _, run, flow, version, state = event
        if status is not RunStatus.DONE:
            do(driver, "make_ready", run=held.run, present=now.present)
            return True
        do(driver, "use_event", run=run or "", event=id_)
        if run is not None:
            began = {"run": run, "flow": flow, "version": version, "state": state, "conversation": held.conversation}
            do(driver, "begin", present=now.present, **began, **holding(None, now))
            return True
    return False


def _put_commands(driver: sqlite3.Connection, saved: Sequence[Ended], now: Moment) -> None:
    issued = [(held, command, turn.kept.run) for held, turn in saved for command in turn.commands]
    rows = [
        (command.id, held.run, held.conversation, write_command(command, run), now.present)
        for held, command, run in issued
    ]
    driver.executemany(SQL["put_command"], rows)


def _claimed(driver: sqlite3.Connection, row: tuple[Any, ...], owner: str, present: datetime) -> Claim:
    run, conversation, flow, version, state, rev, attempts = row
    # A run that never took a turn begins with its own state; events of its conversation come after that.
    event = first(driver, "next_event", conversation=conversation) if rev else None
    event_id, payload = event[:2] if event else (None, None)
    found = {"run": run, "conversation": conversation, "flow": flow, "version": version, "state": state, "rev": rev}
    return Claim(**found, owner=owner, at=present, event_id=event_id, event=payload, attempts=attempts)


def _due_of(turn: TurnEnd) -> str | None:
    return None if turn.status is RunStatus.DONE else written(turn.due_at or FOREVER)
