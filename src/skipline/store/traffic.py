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


class Span(NamedTuple):
    """Runs that started from `since` on, and before `until`; None: up to now."""

    since: datetime
    until: datetime | None = None

    def covers(self, started_at: datetime) -> bool:
        """Whether a run that started then counts."""
        return started_at >= self.since and (self.until is None or started_at < self.until)


def count_passages(
    transaction: sa.Connection, flow: str, passages: Collection[Passage], span: Span, besides: Collection[str] = ()
) -> dict[Passage, int]:
    """How many runs of a flow that started then went by each of these, but for the runs `besides`; passages that none
    took are left out."""
    first, last = _first_run(transaction, span.since), _last_run(transaction, span)
    counts: dict[Passage, int] = {}
    for step in dict.fromkeys(one.step for one in passages) if first is not None else ():
        exits = [one.exit for one in passages if one.step == step]
        its = (run_passages.c.step == step) & run_passages.c.exit.in_(exits) & (run_passages.c.run_id >= first)
        if last is not None:
            its &= run_passages.c.run_id <= last
        counted = (
            sa.select(run_passages.c.exit, sa.func.count())
            .select_from(run_passages.join(runs, runs.c.id == run_passages.c.run_id))
            .where(its, *_started(flow, span), run_passages.c.run_id.not_in(list(besides)))
            .group_by(run_passages.c.exit)
        )
        counts |= {Passage(step, exit_): count for exit_, count in transaction.execute(counted)}
    return counts


def count_versions(transaction: sa.Connection, flow: str, span: Span) -> dict[int, int]:
    """How many runs of a flow that started then are on each of its versions."""
    counted = sa.select(runs.c.version, sa.func.count()).where(*_started(flow, span)).group_by(runs.c.version)
    return {row[0]: row[1] for row in transaction.execute(counted.order_by(runs.c.version))}


def read_passages(
    transaction: sa.Connection, flow: str, passage: Passage, span: Span, *, limit: int
) -> tuple[RunSummary, ...]:
    """The newest runs of a flow, of those that started then, that went by an exit."""
    wanted = _went_by(sa.select(*LISTED), flow, passage, span, limit, _first_run(transaction, span.since))
    return tuple(map(summary_of, transaction.execute(wanted)))


def _started(flow: str, span: Span) -> list[sa.ColumnElement[bool]]:
    ended = [] if span.until is None else [runs.c.started_at < span.until]
    return [runs.c.flow == flow, runs.c.started_at >= span.since, *ended]


def read_variables(
    transaction: sa.Connection, flow: str, passages: Iterable[Passage], since: datetime, *, limit: int
) -> list[dict[str, Any]]:
    """The variables of the newest runs that went by each of these exits, personal values masked."""
    first = _first_run(transaction, since)
    found: list[dict[str, Any]] = []
    for passage in passages:
        wanted = _went_by(sa.select(runs.c.variables), flow, passage, Span(since), limit, first)
        found += [row.variables or {} for row in transaction.execute(wanted)]
    return found


def _went_by(
    selected: sa.Select[Any], flow: str, passage: Passage, span: Span, limit: int, first: str | None
) -> sa.Select[Any]:
    listed = run_passages.join(runs, runs.c.id == run_passages.c.run_id)
    its = (run_passages.c.step == passage.step) & (run_passages.c.exit == passage.exit)
    return (
        selected.select_from(listed.outerjoin(durable_runs, durable_runs.c.id == runs.c.id))
        .where(its, run_passages.c.run_id >= (first or ""), *_started(flow, span))
        .order_by(run_passages.c.run_id.desc())
        .limit(limit)
    )


def _first_run(transaction: sa.Connection, since: datetime) -> str | None:
    """The id from which on the runs that started since a time are found; None: there is none."""
    early = sa.select(runs.c.id).where(runs.c.started_at >= since - _CLOCKS_DIFFER)
    return transaction.scalar(early.order_by(runs.c.started_at, runs.c.id).limit(1))


def _last_run(transaction: sa.Connection, span: Span) -> str | None:
    """The id up to which the runs of a span are found; None: up to the newest."""
    return None if span.until is None else _first_run(transaction, span.until + 2 * _CLOCKS_DIFFER)
