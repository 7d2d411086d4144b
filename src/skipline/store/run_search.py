"""What runs can be looked for by: who, when, which flow, how it ended, and which steps and exits it went by."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypedDict

import sqlalchemy as sa

from skipline.model.durable import RunStatus
from skipline.model.ids import CallId
from skipline.model.record import INCOMING_CALL
from skipline.model.run import Outcome
from skipline.store.schema import durable_runs, run_passages, runs


class Wanted(TypedDict, total=False):
    """Runs that are all of this; what is left out or None does not matter. `contact` is a part of a number or name,
    `path` holds steps with or without an exit (`tier` or `tier.vip`), all of which the run took, `status` is that of a
    durable run. `trigger` is the type of what started it, `channel` that of who wrote."""

    phone: str | None
    contact: str | None
    outcome: Outcome | None
    flow: str | None
    version: int | None
    call: CallId | None
    trigger: str | None
    channel: str | None
    status: RunStatus | None
    path: Sequence[str]
    started_after: datetime | None
    started_before: datetime | None


_Condition = sa.ColumnElement[bool]
_CONDITIONS: dict[str, Callable[[Any], _Condition]] = {
    "phone": lambda phone: runs.c.phone == phone,
    "contact": lambda part: _is_called(part),
    "outcome": lambda outcome: runs.c.outcome == outcome,
    "flow": lambda flow: runs.c.flow == flow,
    "version": lambda version: runs.c.version == version,
    "call": lambda call: runs.c.call_id == call,
    "trigger": lambda type_: _began_by(type_),
    "channel": lambda channel: runs.c.started_by["details"]["channel"].as_string() == channel,
    "status": lambda status: _stands(status),
    "path": lambda path: sa.and_(sa.true(), *map(_took, path)),
    "started_after": lambda at: runs.c.started_at > at,
    "started_before": lambda at: runs.c.started_at < at,
}


def conditions_of(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    """What the database is asked."""
    return [_CONDITIONS[name](value) for name, value in wanted.items() if value is not None]


def _is_called(part: str) -> _Condition:
    # PostgreSQL gives no text out of JSON that has a NUL in it, and fails: such a name is found by its number only.
    has_nul = sa.cast(runs.c.contact, sa.Text).contains("\\u0000", autoescape=True)
    name = sa.case((has_nul, ""), else_=runs.c.contact["name"].as_string())
    return sa.or_(runs.c.phone.contains(part, autoescape=True), name.icontains(part, autoescape=True))


def _began_by(type_: str) -> _Condition:
    if type_ == INCOMING_CALL:
        return runs.c.started_by.is_(None)
    is_so: _Condition = runs.c.started_by["type"].as_string() == type_
    return is_so


def _stands(status: RunStatus) -> _Condition:
    # Written out and no parameter, so that the index over parked runs serves.
    is_so = durable_runs.c.status == sa.literal_column(f"'{status.value}'")
    return runs.c.id.in_(sa.select(durable_runs.c.id).where(is_so))


def _took(passage: str) -> _Condition:
    step, _, exit_ = passage.partition(".")
    took = sa.select(run_passages.c.run_id).where(run_passages.c.step == step)
    return runs.c.id.in_(took.where(run_passages.c.exit == exit_) if exit_ else took)
