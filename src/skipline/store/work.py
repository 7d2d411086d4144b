"""Works: plain functions `(transaction, ...) -> result`, queued by those who wait for them."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from skipline.base.sentence import say
from skipline.store.errors import StorageBusy, StorageClosed

Result = TypeVar("Result")
Work = Callable[[sa.Connection], Any]

MOST_IN_A_GROUP = 32
"""Few enough that those who are first never wait long behind a group that was begun."""
MOST_WAITING = 20_000


@dataclass(frozen=True, slots=True)
class Job:
    """A work, and where its result is waited for. `is_urgent`: somebody does wait. `is_first`: somebody outside does,
    who would else try again."""

    work: Work
    done: "asyncio.Future[Any]"
    is_urgent: bool = True
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of a job."""

    done: "asyncio.Future[Any]"
    value: object = None
    problem: Exception | None = None


def refuse_when_closed(is_closed: bool, waiting: int) -> None:
    """Raise `StorageClosed` or `StorageBusy` when no more work is taken in."""
    if is_closed:
        raise StorageClosed(say("the database is closed"))
    if waiting >= MOST_WAITING:
        raise StorageBusy(
            say("{number} writes wait for the disk already: look for a full or failing disk", number=MOST_WAITING)
        )


def settle(settled: Iterable[Settled]) -> None:
    """Tell those who still wait. Call it on their loop's own thread."""
    for one in settled:
        if one.done.cancelled():
            continue
        if one.problem is None:
            one.done.set_result(one.value)
        else:
            one.done.set_exception(one.problem)
