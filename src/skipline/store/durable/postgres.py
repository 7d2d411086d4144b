"""The run store's works on PostgreSQL: each takes a batch in one round trip or two, however long it is.

They speak to the driver itself: by way of SQLAlchemy a batch of twenty would cost three times as much.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from skipline.base.fault_points import pass_point
from skipline.model.durable import Arrival, Claim, DurableRun, Outgoing, RunStatus, Verdict
from skipline.model.ids import RunId
from skipline.store import runs
from skipline.store.clock import FOREVER
from skipline.store.columns import write_json
from skipline.store.durable.writing import Asked, Ended, Ingested, Settlement, read_outgoing, write_command, write_run
from skipline.store.postgres_driver import load_queries

CHANNEL = "skipline_runs"
_SQL = load_queries("durable_postgres")
_AWAKE = frozenset({Verdict.STARTED, Verdict.RESUMED})
_RECORD_JSON = ("contact", "started_by", "variables", "trace")


async def ingest_all(connection: Any, asked: Sequence[Asked], lease: timedelta) -> list[Ingested]:
    """Keep events and begin or wake their runs, each held by the owner beside it (None: whoever comes first)."""
    order = sorted(range(len(asked)), key=lambda place: asked[place][0].conversation)
    rows = await _SQL["ingest"].ask(connection, lease=lease, **_event_columns(asked, order))
    results: list[Ingested] = [Ingested(Verdict.REPEATED)] * len(asked)
    for row in rows:
        results[row["number"]] = _ingested(row, *asked[row["number"]])
    pass_point("event_kept")
    if any(one.verdict in _AWAKE and owner is None for one, (_, owner) in zip(results, asked, strict=True)):
        await _SQL["tell"].ask(connection)
    return results


async def commit_all(connection: Any, ended: Sequence[Ended], lease: timedelta) -> list[tuple[bool, bool]]:
    """Save turns; for each whether it was saved, and whether a run is ready now."""
    order = sorted(range(len(ended)), key=lambda place: ended[place][0].conversation)
    columns = {**_turn_columns(ended, order), **_command_columns(ended), **_record_columns(ended, order)}
    rows = await _SQL["commit"].ask(connection, lease=lease, **columns, **_passage_columns(ended))
    verdicts = {row["number"]: row["verdict"] for row in rows}
    pass_point("turn_written")
    if "ready" in verdicts.values():
        await _SQL["tell"].ask(connection)
    return [(verdicts[place] != "lost", verdicts[place] == "ready") for place in range(len(ended))]


async def claim(connection: Any, owner: str, most: int, lease: timedelta) -> list[Claim]:
    """Up to `most` runs that are due, now held by `owner`."""
    rows = await _SQL["claim"].ask(connection, owner=owner, most=most, lease=lease)
    # A run that never took a turn begins with its own state; events of its conversation come after that.
    woken = [row["conversation"] for row in rows if row["rev"]]
    found = await _SQL["next_events"].ask(connection, conversations=woken) if woken else ()
    events = {row["conversation"]: row for row in found}
    return [_claimed(row, owner, events.get(row["conversation"])) for row in rows]


async def renew(connection: Any, held: Sequence[Claim], lease: timedelta) -> set[RunId]:
    """Put the ends of leases off; gives the runs that are still held."""
    columns = {"runs": [one.run for one in held], "owners": [one.owner for one in held]}
    return {RunId(row["id"]) for row in await _SQL["renew"].ask(connection, lease=lease, **columns)}


async def take_commands(connection: Any, owner: str, most: int, lease: timedelta) -> list[Outgoing]:
    """Up to `most` commands that are due, now held by `owner`."""
    rows = await _SQL["take_commands"].ask(connection, owner=owner, most=most, lease=lease)
    return [read_outgoing(tuple(row), owner) for row in sorted(rows)]


async def settle_all(connection: Any, settled: Sequence[Settlement]) -> list[bool]:
    """Mark commands as carried out or given up; for each whether it was still its owner's."""
    columns = {
        "ids": [outgoing.id for outgoing, _ in settled],
        "owners": [outgoing.owner for outgoing, _ in settled],
        "problems": [problem for _, problem in settled],
    }
    done = {row["id"] for row in await _SQL["settle"].ask(connection, **columns)}
    return [outgoing.id in done for outgoing, _ in settled]


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
        "phones": [run and run.contact.phone for run in begins],
        "contacts": [run and write_json(run.contact) for run in begins],
        "started_ats": [run and run.started_at for run in begins],
        "started_bys": [
            None if run is None or run.started_by is None else write_json(run.started_by) for run in begins
        ],
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


def _command_columns(ended: Sequence[Ended]) -> dict[str, list[Any]]:
    issued = [(place, *one, command) for place, one in enumerate(ended) for command in one[1].commands]
    return {
        "command_turns": [place for place, _, _, _ in issued],
        "command_ids": [command.id for _, _, _, command in issued],
        "command_runs": [held.run for _, held, _, _ in issued],
        "command_conversations": [held.conversation for _, held, _, _ in issued],
        "commands": [write_command(command, turn.kept.run) for _, _, turn, command in issued],
    }


def _record_columns(ended: Sequence[Ended], order: Sequence[int]) -> dict[str, list[Any]]:
    rows = [_as_json(runs.row_of(ended[place][1].kept.run), _RECORD_JSON) for place in order]
    return {f"record_{name}": [row[name] for row in rows] for name in rows[0]}


def _as_json(row: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {**row, **{name: None if row[name] is None else write_json(row[name]) for name in names}}


def _passage_columns(ended: Sequence[Ended]) -> dict[str, list[Any]]:
    found = [(place, *one) for place, (_, turn) in enumerate(ended) for one in sorted(runs.passages_of(turn.kept.run))]
    return {
        "passage_turns": [place for place, _, _, _ in found],
        "passage_steps": [step for _, step, _, _ in found],
        "passage_exits": [exit_ for _, _, exit_, _ in found],
        "passage_runs": [run for _, _, _, run in found],
    }


def _ingested(row: Any, arrival: Arrival, owner: str | None) -> Ingested:
    verdict = Verdict(row["verdict"])
    if owner is None or verdict not in _AWAKE:
        return Ingested(verdict)
    is_new = verdict is Verdict.STARTED
    return Ingested(
        verdict,
        Claim(
            run=RunId(row["run_id"]),
            owner=owner,
            conversation=arrival.conversation,
            flow=row["flow"],
            version=row["version"],
            state=row["state"],
            rev=row["rev"],
            at=row["at"],
            event_id=None if is_new else row["event_id"],
            event=None if is_new else arrival.payload,
        ),
    )


def _claimed(row: Any, owner: str, event: Any) -> Claim:
    found = {name: row[name] for name in ("conversation", "flow", "version", "state", "rev", "at", "attempts")}
    woken_by = {} if event is None else {"event_id": event["id"], "event": event["payload"]}
    return Claim(run=RunId(row["id"]), owner=owner, **found, **woken_by)
