"""Writes calls and runs down behind the calls' backs: no caller waits for a disk, and a full disk drops no call."""

import asyncio
from collections.abc import Callable

import msgspec
import sqlalchemy as sa
import structlog

from skipline.centre.state import Changes
from skipline.model.events import CallArrived, ForwardEnded
from skipline.model.record import EntryRecord
from skipline.model.run import Run
from skipline.store import agent_states, calls, entries, runs, visits, voicemails
from skipline.store.database import Database
from skipline.store.errors import StorageError

log = structlog.get_logger(__name__)


class Records:
    """Turns what changed into rows. A row that could not be written is missed and told, nothing else. `node` names this
    process where several share a database, `voicemail_place` the folder that its callers' messages are kept in."""

    def __init__(self, database: Database, node: str = "", voicemail_place: str = "") -> None:
        self._database, self._node, self._voicemail_place = database, node, voicemail_place
        self._pending: set[asyncio.Future[None]] = set()

    def keep(self, changes: Changes) -> None:
        """Have the rows of `changes` written soon, in this order."""
        works = _works_of(changes, self._node)
        works += [_bound(voicemails.keep, left, self._voicemail_place) for left in changes.voicemails]
        if works:
            self._write(lambda transaction: _do_all(transaction, works))

    async def keep_now(self, record: EntryRecord) -> None:
        """Have an entry on the disk before anybody is told of it. Raises `StorageError`."""
        await self._database.write(entries.keep, record)

    async def settle(self) -> None:
        """Wait until everything handed over so far is on the disk, or was given up."""
        if self._pending:
            await asyncio.wait(self._pending)

    def _write(self, work: Callable[[sa.Connection], None]) -> None:
        try:
            future = self._database.write_soon(work)
        except StorageError as trouble:
            log.error("record_not_kept", why=str(trouble))
            return
        self._pending.add(future)
        future.add_done_callback(self._written)

    def _written(self, future: "asyncio.Future[None]") -> None:
        self._pending.discard(future)
        if not future.cancelled() and (trouble := future.exception()) is not None:
            log.error("record_not_kept", why=str(trouble))


Work = Callable[[sa.Connection], None]


def _works_of(changes: Changes, node: str) -> list[Work]:
    works: list[Work] = []
    for fact in changes.facts:
        if isinstance(fact, CallArrived):
            works.append(_bound(calls.start, fact.call, node))
        elif isinstance(fact, ForwardEnded):
            works.append(_bound(calls.add_tries, fact.call, fact.command, fact.tries))
    works += [_bound(calls.start, call, node) for call in changes.placed]
    works += [_bound(runs.start, _as_it_began(run)) for run in changes.started]
    works += [_bound(runs.end, run) for run in changes.ended_runs]
    works += [_bound(calls.end, ended) for ended in changes.ended_calls]
    works += [_bound(entries.keep, record) for record in changes.entries]
    works += [_bound(agent_states.change, changed) for changed in changes.agent_changes]
    if changes.visits:
        works.append(_bound(visits.add_all, changes.visits))
    return works


def _bound(work: Callable[..., None], *values: object) -> Work:
    return lambda transaction: work(transaction, *values)


def _do_all(transaction: sa.Connection, works: list[Work]) -> None:
    for work in works:
        work(transaction)


def _as_it_began(run: Run) -> Run:
    """A copy that the run's further way does not change while the writer's thread reads it."""
    return msgspec.structs.replace(run, variables={}, trace=[])
