"""The run store's works on PostgreSQL: each takes a batch in a few round trips, however long it is."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from skipline.base.fault_points import pass_point
from skipline.model.durable import Arrival, Claim, DurableRun, Outgoing, RunStatus, Verdict
from skipline.model.ids import RunId
from skipline.store import runs
from skipline.store.clock import FOREVER
from skipline.store.durable.writing import Asked, Ended, Ingested, read_outgoing, write_command, write_run
from skipline.store.statements import load_plain

CHANNEL = "skipline_runs"
_SQL = {name: sa.text(statement) for name, statement in load_plain("durable_postgres").items()}
_AWAKE = frozenset({Verdict.STARTED, Verdict.RESUMED})


def ingest_all(transaction: sa.Connection, asked: Sequence[Asked], lease: timedelta) -> list[Ingested]:
    """Keep events and begin or wake their runs, each held by the owner beside it (None: whoever comes first)."""
    order = sorted(range(len(asked)), key=lambda place: asked[place][0].conversation)
    rows = transaction.execute(_SQL["ingest"], {"lease": lease, **_event_columns(asked, order)})
    results: list[Ingested] = [Ingested(Verdict.REPEATED)] * len(asked)
    for row in rows:
        results[row.number] = _ingested(row, *asked[row.number])
    pass_point("event_kept")
    if any(one.verdict in _AWAKE and owner is None for one, (_, owner) in zip(results, asked, strict=True)):
        transaction.execute(_SQL["tell"])
    return results


def commit_all(transaction: sa.Connection, ended: Sequence[Ended], lease: timedelta) -> list[tuple[bool, bool]]:
    """Save turns; for each whether it was saved, and whether a run is ready now."""
    order = sorted(range(len(ended)), key=lambda place: ended[place][0].conversation)
    rows = transaction.execute(_SQL["commit"], {"lease": lease, **_turn_columns(ended, order)})
    verdicts = {row.number: row.verdict for row in rows}
    pass_point("turn_written")
    saved = [ended[place] for place in order if verdicts[place] != "lost"]
    _put_commands(transaction, saved)
    runs.keep_all(transaction, [turn.kept.run for _, turn in saved])
    if "ready" in verdicts.values():
        transaction.execute(_SQL["tell"])
    return [(verdicts[place] != "lost", verdicts[place] == "ready") for place in range(len(ended))]


def claim(
    transaction: sa.Connection, owner: str, most: int, lease: timedelta, most_attempts: int
) -> tuple[list[Claim], list[RunId]]:
    """Up to `most` runs that are due, now held by `owner`; and those that were parked instead."""
    hopeless = {"forever": FOREVER, "most_attempts": most_attempts, "most": most}
    parked = [RunId(id_) for id_ in transaction.scalars(_SQL["park_hopeless"], hopeless)]
    rows = transaction.execute(_SQL["claim"], {"owner": owner, "most": most, "lease": lease}).all()
    # A run that never took a turn begins with its own state; events of its conversation come after that.
    woken = [row.conversation for row in rows if row.rev]
    events = {row.conversation: row for row in _next_events(transaction, woken)}
    return [_claimed(row, owner, events.get(row.conversation)) for row in rows], parked


def take_commands(transaction: sa.Connection, owner: str, most: int, lease: timedelta) -> list[Outgoing]:
    """Up to `most` commands that are due, now held by `owner`."""
    rows = transaction.execute(_SQL["take_commands"], {"owner": owner, "most": most, "lease": lease})
    return [read_outgoing((row.id, row.conversation, row.command, row.attempts), owner) for row in sorted(rows)]


def _event_columns(asked: Sequence[Asked], order: Sequence[int]) -> dict[str, list[Any]]:
    arrivals = [asked[place][0] for place in order]
    begins = [one.begins for one in arrivals]
    return {
        "numbers": list(order),
        "channels": [one.channel for one in arrivals],
        "dedups": [one.dedup for one in arrivals],
        "conversations": [one.conversation for one in arrivals],
        "payloads": [one.payload for one in arrivals],
        "runs": [run and run.id for run in begins],
        "flows": [run and run.flow for run in begins],
        "versions": [run and run.version for run in begins],
        "states": [run and write_run(DurableRun(run=run)) for run in begins],
        "owners": [asked[place][1] for place in order],
    }


def _turn_columns(ended: Sequence[Ended], order: Sequence[int]) -> dict[str, list[Any]]:
    held, turns = [ended[place][0] for place in order], [ended[place][1] for place in order]
    return {
        "numbers": list(order),
        "runs": [one.run for one in held],
        "revs": [one.rev for one in held],
        "owners": [one.owner for one in held],
        "statuses": [turn.status.value for turn in turns],
        "states": [write_run(turn.kept) for turn in turns],
        "dues": [None if turn.status is RunStatus.DONE else turn.due_at or FOREVER for turn in turns],
        "events": [turn.event_id for turn in turns],
    }


def _put_commands(transaction: sa.Connection, saved: Sequence[Ended]) -> None:
    issued = [(claim, command, turn.kept.run) for claim, turn in saved for command in turn.commands]
    if not issued:
        return
    columns = {
        "idems": [command.id for _, command, _ in issued],
        "runs": [claim.run for claim, _, _ in issued],
        "conversations": [claim.conversation for claim, _, _ in issued],
        "commands": [write_command(command, run) for _, command, run in issued],
    }
    transaction.execute(_SQL["put_commands"], columns)


def _next_events(transaction: sa.Connection, conversations: list[str]) -> Sequence[sa.Row[Any]]:
    return transaction.execute(_SQL["next_events"], {"conversations": conversations}).all() if conversations else []


def _ingested(row: sa.Row[Any], arrival: Arrival, owner: str | None) -> Ingested:
    verdict = Verdict(row.verdict)
    if owner is None or verdict not in _AWAKE:
        return Ingested(verdict)
    is_new = verdict is Verdict.STARTED
    return Ingested(
        verdict,
        Claim(
            run=RunId(row.run_id),
            owner=owner,
            conversation=arrival.conversation,
            flow=row.flow,
            version=row.version,
            state=row.state,
            rev=row.rev,
            at=row.at,
            event_id=None if is_new else row.event_id,
            event=None if is_new else arrival.payload,
        ),
    )


def _claimed(row: sa.Row[Any], owner: str, event: sa.Row[Any] | None) -> Claim:
    found = {name: getattr(row, name) for name in ("conversation", "flow", "version", "state", "rev", "at", "attempts")}
    woken_by = {} if event is None else {"event_id": event.id, "event": event.payload}
    return Claim(run=RunId(row.id), owner=owner, **found, **woken_by)
