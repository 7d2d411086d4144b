"""Runs with their trace: a row when one starts, made whole when it ends. In between a run lives in memory."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Unpack

import msgspec
import sqlalchemy as sa

from skipline.flow.masks import masked_variables
from skipline.model.call import Call
from skipline.model.contact import Contact
from skipline.model.durable import RunStatus
from skipline.model.ids import CallId, RunId
from skipline.model.record import INCOMING_CALL, PassedStep, RunPage, RunSummary
from skipline.model.run import Outcome, Run, StartedBy, TraceEntry
from skipline.store.paging import newest_first, page_size, write_cursor
from skipline.store.run_search import Wanted, conditions_of
from skipline.store.schema import calls, durable_runs, run_passages, runs
from skipline.store.statements import load_statements

_STATEMENTS = load_statements("runs", runs)
_PASSAGES = load_statements("run_passages", run_passages)
LISTED = (
    runs.c.id,
    runs.c.flow,
    runs.c.version,
    runs.c.phone,
    runs.c.contact,
    runs.c.call_id,
    runs.c.started_by,
    runs.c.started_at,
    runs.c.ended_at,
    runs.c.outcome,
    runs.c.trace,
    durable_runs.c.status,
    durable_runs.c.problem,
)


def start(transaction: sa.Connection, run: Run) -> None:
    """Write down that a run began; told again it changes nothing.

    Variables and trace are written at the end only: meanwhile the run goes on, and this is another thread.
    """
    start_all(transaction, [run])


def start_all(transaction: sa.Connection, begun: Sequence[Run]) -> None:
    """The same for several runs."""
    nothing_yet = {"variables": {}, "trace": [], "steps_taken": 0}
    _STATEMENTS["start"].write(transaction, [{**_first_row(run), **nothing_yet} for run in begun])


def end(transaction: sa.Connection, run: Run) -> None:
    """Write down a run that is over, whole. A later end changes nothing, unless the run was only taken for lost."""
    keep_all(transaction, [run])


def keep_all(transaction: sa.Connection, kept: Sequence[Run]) -> None:
    """Write down how far runs have come that are saved at each turn, over or not."""
    _STATEMENTS["end"].write(transaction, [row_of(run) for run in kept])
    passages = sorted(passage for run in kept for passage in passages_of(run))
    _PASSAGES["add"].write(transaction, [{"step": step, "exit": exit_, "run_id": run} for step, exit_, run in passages])


def row_of(run: Run) -> dict[str, Any]:
    """A run as its row, with the personal values masked."""
    return {**_first_row(run), **_last_row(run)}


def passages_of(run: Run) -> set[tuple[str, str, str]]:
    """The steps that a run left so far with their exits, and the run."""
    return {(entry.step, entry.exit, run.id) for entry in run.trace}


def forget_passages(transaction: sa.Connection, traces: Sequence[tuple[str, list[dict[str, Any]]]]) -> None:
    """Delete by which steps and exits runs went, told by their traces as they are written down."""
    gone = ({"step": entry["step"], "exit": entry["exit"], "run_id": run} for run, trace in traces for entry in trace)
    _PASSAGES["remove"].write(transaction, list(gone))


def read(transaction: sa.Connection, run: RunId) -> Run | None:
    """One run with its variables, trace and call; None when there is no such run."""
    joined = runs.outerjoin(calls, calls.c.id == runs.c.call_id)
    wanted = sa.select(runs, calls.c.body.label("call")).select_from(joined).where(runs.c.id == run)
    row = transaction.execute(wanted).one_or_none()
    return None if row is None else _run(row)


def read_summaries(transaction: sa.Connection, wanted: Collection[RunId]) -> tuple[RunSummary, ...]:
    """These runs as lists show them, those that there are."""
    listed = runs.outerjoin(durable_runs, durable_runs.c.id == runs.c.id)
    found: sa.Select[Any] = sa.select(*LISTED).select_from(listed).where(runs.c.id.in_(list(wanted)))
    return tuple(summary_of(row) for row in transaction.execute(found))


def find(
    transaction: sa.Connection, *, cursor: str | None = None, limit: int = 50, **wanted: Unpack[Wanted]
) -> RunPage:
    """Runs that are all that is wanted, newest first; `cursor` is the `next_cursor` of the page before."""
    listed = runs.outerjoin(durable_runs, durable_runs.c.id == runs.c.id)
    rows_wanted = sa.select(*LISTED).select_from(listed).where(*conditions_of(wanted))
    page_wanted = newest_first(rows_wanted, runs.c.started_at, runs.c.id, cursor=cursor, limit=limit)
    rows = transaction.execute(page_wanted).all()
    page = rows[: page_size(limit)]
    next_cursor = write_cursor(page[-1].started_at, page[-1].id) if len(rows) > len(page) else None
    return RunPage(runs=tuple(summary_of(row) for row in page), next_cursor=next_cursor)


def close_lost(
    transaction: sa.Connection, except_ids: Collection[RunId], now: datetime, *, started_before: datetime | None = None
) -> tuple[RunId, ...]:
    """End, with outcome lost, each open run that no worker holds any more; gives their ids."""
    # The time is compared here, so that the database takes the index of open rows, however many there are in all.
    # A run without a call needs nobody to hold it: it is a row that waits.
    is_open = sa.select(runs.c.id, runs.c.started_at).where(runs.c.ended_at.is_(None), runs.c.call_id.is_not(None))
    rows, held = transaction.execute(is_open).all(), frozenset(except_ids)
    lost = tuple(RunId(id_) for id_, started_at in rows if started_at < (started_before or now) and id_ not in held)
    for run in lost:
        transaction.execute(sa.update(runs).where(runs.c.id == run).values(ended_at=now, outcome=Outcome.LOST))
    return lost


def _first_row(run: Run) -> dict[str, object]:
    return {
        "id": run.id,
        "flow": run.flow,
        "version": run.version,
        "call_id": None if run.call is None else run.call.id,
        "phone": run.contact.phone,
        "contact": run.contact,
        "started_at": run.started_at,
        "started_by": run.started_by,
    }


def _last_row(run: Run) -> dict[str, object]:
    return {
        "ended_at": run.ended_at,
        "outcome": run.outcome,
        "variables": masked_variables(run),
        "trace": run.trace,
        "steps_taken": run.steps_taken,
    }


def _run(row: sa.Row[Any]) -> Run:
    return Run(
        id=RunId(row.id),
        flow=row.flow,
        version=row.version,
        started_at=row.started_at,
        contact=msgspec.convert(row.contact, Contact),
        call=None if row.call is None else msgspec.convert(row.call, Call),
        started_by=_started_by(row),
        variables=row.variables,
        steps_taken=row.steps_taken,
        trace=msgspec.convert(row.trace, list[TraceEntry]),
        ended_at=row.ended_at,
        outcome=None if row.outcome is None else Outcome(row.outcome),
    )


def summary_of(row: sa.Row[Any]) -> RunSummary:
    """A run in a list, from a row of `LISTED`."""
    contact, started_by = msgspec.convert(row.contact, Contact), _started_by(row)
    return RunSummary(
        id=RunId(row.id),
        flow=row.flow,
        version=row.version,
        phone=row.phone,
        contact_name=contact.name,
        tier=contact.tier,
        call=None if row.call_id is None else CallId(row.call_id),
        started_at=row.started_at,
        trigger=INCOMING_CALL if started_by is None else started_by.type,
        ended_at=row.ended_at,
        outcome=None if row.outcome is None else Outcome(row.outcome),
        status=None if row.status is None else RunStatus(row.status),
        problem=row.problem or "",
        channel="" if started_by is None else started_by.details.get("channel", ""),
        steps=tuple(PassedStep(one["step"], one["type"], one["exit"]) for one in row.trace),
        waited_seconds=waited_seconds_in(one.get("detail", {}) for one in row.trace),
    )


def waited_seconds_in(details: Iterable[Mapping[str, Any]]) -> float:
    """How long a run waited in queues, all stays together, by the details of its trace."""
    figures = (detail.get("waited_seconds") for detail in details)
    return round(sum(one for one in figures if isinstance(one, int | float)), 1)


def _started_by(row: sa.Row[Any]) -> StartedBy | None:
    return None if row.started_by is None else msgspec.convert(row.started_by, StartedBy)
