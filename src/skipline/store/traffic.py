"""By which steps and exits contacts went lately: what is drawn on a live flow. Run ids are ordered by time, so the
passages of a span are one stretch of the index for each exit."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from skipline.model.record import RunSummary
from skipline.store.runs import LISTED, summary_of
from skipline.store.schema import durable_runs, run_passages, runs

_CLOCKS_DIFFER = timedelta(minutes=1)
"""How far apart the clocks of nodes that make ids may be."""


class Passage(NamedTuple):
    """A way out of a step; an empty exit: runs ended there."""

    step: str
    exit: str


def count_passages(
    transaction: sa.Connection, flow: str, passages: Collection[Passage], since: datetime
) -> dict[Passage, int]:
    """How many runs of a flow that started since then went by each of these; those that none took are left out."""
    first = _first_run(transaction, since)
    counts: dict[Passage, int] = {}
    for step in dict.fromkeys(one.step for one in passages) if first is not None else ():
        exits = [one.exit for one in passages if one.step == step]
        its = (run_passages.c.step == step) & run_passages.c.exit.in_(exits) & (run_passages.c.run_id >= first)
        counted = (
            sa.select(run_passages.c.exit, sa.func.count())
            .select_from(run_passages.join(runs, runs.c.id == run_passages.c.run_id))
            .where(its, runs.c.flow == flow, runs.c.started_at >= since)
            .group_by(run_passages.c.exit)
        )
        counts |= {Passage(step, exit_): count for exit_, count in transaction.execute(counted)}
    return counts


def read_passages(
    transaction: sa.Connection, flow: str, passage: Passage, since: datetime, *, limit: int
) -> tuple[RunSummary, ...]:
    """The newest runs of a flow, of those that started since then, that went by an exit."""
    wanted = _went_by(sa.select(*LISTED), flow, passage, since, limit, _first_run(transaction, since))
    return tuple(map(summary_of, transaction.execute(wanted)))


def read_variables(
    transaction: sa.Connection, flow: str, passages: Iterable[Passage], since: datetime, *, limit: int
) -> list[dict[str, Any]]:
    """The variables of the newest runs that went by each of these exits, personal values masked."""
    first = _first_run(transaction, since)
    found: list[dict[str, Any]] = []
    for passage in passages:
        wanted = _went_by(sa.select(runs.c.variables), flow, passage, since, limit, first)
        found += [row.variables or {} for row in transaction.execute(wanted)]
    return found


def _went_by(
    selected: sa.Select[Any], flow: str, passage: Passage, since: datetime, limit: int, first: str | None
) -> sa.Select[Any]:
    listed = run_passages.join(runs, runs.c.id == run_passages.c.run_id)
    its = (run_passages.c.step == passage.step) & (run_passages.c.exit == passage.exit)
    return (
        selected.select_from(listed.outerjoin(durable_runs, durable_runs.c.id == runs.c.id))
        .where(its, run_passages.c.run_id >= (first or ""), runs.c.flow == flow, runs.c.started_at >= since)
        .order_by(run_passages.c.run_id.desc())
        .limit(limit)
    )


def _first_run(transaction: sa.Connection, since: datetime) -> str | None:
    """The id from which on the runs that started since a time are found; None: there is none."""
    early = sa.select(runs.c.id).where(runs.c.started_at >= since - _CLOCKS_DIFFER)
    return transaction.scalar(early.order_by(runs.c.started_at, runs.c.id).limit(1))
